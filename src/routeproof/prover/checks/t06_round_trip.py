"""T06: what a tool answers is used, and an answer to a call that nobody made is refused."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.refused_cases import rule_mixed
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.cases.tool_sets import PARCEL
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_ASKED: Final = user(
    'Track the parcel "@@nonce:parcel@@" and tell me the name of the depot where it is. '
    "Answer with that name and nothing else."
)
_RESULT: Final = '{"depot": "@@nonce:depot@@"}'
_RIGHT_ID, _WRONG_ID = "tool-result", "tool-result-wrong-id"
_NO_CALL: Final = "call_that_nobody_made"


def cases(setup: Setup) -> Sequence[Case]:
    """A call, and its result under the call's id; the same under an id that no call has."""
    return [
        case(setup, name, "T06", _body(setup), _body(setup, "@@message:1@@", _result(call_id)))
        for name, call_id in ((_RIGHT_ID, "@@call_id:1@@"), (_WRONG_ID, _NO_CALL))
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The answer holds the word that stood in the result alone; the wrong id gets a 4xx."""

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        if message is None or nonce_of(plan.seed, trial.case, trial.number, "depot") not in message.content:
            yield Trouble(
                observation=trial.last,
                words="the answer does not say what the tool's result says",
                next_step="Look at what becomes of messages of the role tool on their way to the model.",
            )

    return rule_mixed(
        plan,
        check,
        observations,
        refused=lambda trial: trial.case == _WRONG_ID,
        what=lambda _case: "a tool result for a call that nobody made",
        answered=look,
        held="Tool results are used, and results of unknown calls are refused.",
    )


def _body(setup: Setup, *later: object) -> bytes:
    return chat(setup, [_ASKED, *later], tools=[PARCEL], **thinking_off(setup.dialect))


def _result(call_id: str) -> dict[str, str]:
    return {"role": "tool", "tool_call_id": call_id, "content": _RESULT}


CHECK = Check(
    id="T06",
    title="round-trip",
    proves="tool results are used",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.tools",),
)
