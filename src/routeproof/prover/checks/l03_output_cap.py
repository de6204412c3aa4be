"""L03: an answer ends at its limit, and says so."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial
from routeproof.prover.judges.usage_counts import reported_usage
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_CAP: Final = 6
_PROMPT: Final = "Begin with the word @@nonce@@. Then describe a harbour at dawn in ten long sentences."
_NEXT: Final = "Don't rely on max_tokens or on finish reasons at this endpoint: answers may be longer, or cut unseen."


def cases(setup: Setup) -> Sequence[Case]:
    """A long answer with room for a few tokens, streamed and not."""
    controls = {"max_tokens": _CAP, **thinking_off(setup.dialect)}
    return [
        case(setup, "cap-whole", "L03", chat(setup, [user(_PROMPT)], **controls)),
        case(setup, "cap-stream", "L03", stream(setup, [user(_PROMPT)], **controls)),
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Finish reason `length`, and no more completion tokens than were allowed."""

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        finish = None if message is None else message.finish_reason
        if finish != "length":
            words = f"the finish reason at the limit of {_CAP} tokens is {finish!r}, not 'length'"
            yield Trouble(observation=trial.last, words=words, next_step=_NEXT)
        written = count_of(reported_usage(plan, trial.last), "completion_tokens")
        if written is not None and written > _CAP:
            words = f"{written} completion tokens where {_CAP} were allowed"
            yield Trouble(observation=trial.last, words=words, next_step=_NEXT)

    return rule_det(plan, check, observations, look, held="Answers end at their limit, and say so.")


CHECK = Check(
    id="L03",
    title="output-cap",
    proves="the limit of an answer is kept",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
