"""L02: a prompt over the declared limit is refused by a code that clients can act on, and costs nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.errors import UpstreamKind
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.long_prompts import declared_context
from routeproof.prover.cases.refused_cases import rule_mixed
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.refusals import error_of
from routeproof.prover.judges.rows import exchange_rows
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial, kind_of_refusal
from routeproof.prover.judges.undeclared import undeclared_limit
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_OVER: Final = "context-over-limit"
_TOO_LARGE: Final = 413
_NEXT: Final = "Count prompts before they are sent: the endpoint does not say that one is too long."


def cases(setup: Setup) -> Sequence[Case]:
    """One word more than the limit has tokens; beside it a short question, which must be answered."""
    limit = declared_context(setup.declared)
    if limit is None:
        return ()
    text = f"@@nonce@@@@words:{limit + 1}@@\nWhat is the first word?"
    body = chat(setup, [user(text)], max_tokens=16, **thinking_off(setup.dialect))
    return [case(setup, _OVER, "L02", body), plain_case(setup, "L02")]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """A 4xx with an error object that has a code or a type, says that it is the length, and is billed nowhere."""
    if declared_context(plan.declared) is None:
        return undeclared_limit(check, "context-tokens", "the context")

    def answered(trial: Trial) -> Iterator[Trouble]:
        if message_in(plan, trial.last) is None:
            yield Trouble(observation=trial.last, words="a short question gets no message that can be read")

    return rule_mixed(
        plan,
        check,
        observations,
        refused=lambda trial: trial.case == _OVER,
        what=lambda _case: "a prompt over the declared limit",
        answered=answered,
        refusal=lambda trial: _refusal(plan, trial),
        held="A prompt over the limit is refused by a code, and costs nothing.",
    )


def _refusal(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    told = error_of(plan, trial.last)
    if not told.code and not told.type:
        yield _trouble(trial, "the refusal of a long prompt has neither a code nor a type")
    is_length = kind_of_refusal(plan, trial.last) is UpstreamKind.CONTEXT_LENGTH
    if not is_length and trial.last.transcript.status != _TOO_LARGE:
        yield _trouble(trial, "the refusal of a long prompt does not say that it is too long")
    for row in exchange_rows(trial.last):
        if row.columns.get("cost_nanousd") != 0:
            yield Trouble(observation=trial.last, words="a refused prompt does not cost 0 in its row", part=Part.LEDGER)


def _trouble(trial: Trial, words: str) -> Trouble:
    return Trouble(observation=trial.last, words=words, next_step=_NEXT)


CHECK = Check(
    id="L02",
    title="over-limit",
    proves="prompts that are too long are refused cleanly",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
