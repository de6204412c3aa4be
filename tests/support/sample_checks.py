"""Small checks of our own, for tests of what carries checks out."""

from collections.abc import Callable, Sequence

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Credential, Plan, PlannedCheck, Step
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import chat, user
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import rule_det
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup


def asks(
    name: str = "ask",
    text: str = "hello @@nonce@@",
    *,
    repeats: int = 3,
    credential: Credential = Credential.ROUTE,
    steps: Sequence[Step] = (),
) -> Callable[[Setup], Sequence[Case]]:
    """The cases of a check that asks this, in as many trials."""

    def cases(setup: Setup) -> Sequence[Case]:
        asked = steps or (Step(body=chat(setup, [user(text)], max_tokens=64), credential=credential),)
        return (Case(id=name, checks=("Z01",), steps=tuple(asked), repeats=repeats, arms=setup.arms),)

    return cases


def judge_answered(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """PASS where everything was answered."""
    return rule_det(plan, check, observations, lambda _: (), held="All is answered.")


def judge_raising(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """A judge with a fault of its own."""
    raise ZeroDivisionError("a-secret-of-the-answer")


def judge_as_pass(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """One that says PASS whatever it sees, and names nothing."""
    return CheckResult(check=check.id, verdict=Verdict.PASS, summary="So it is.")


CHECK = Check(
    id="Z01",
    title="answered",
    proves="it answers",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=asks(),
    judge=judge_answered,
)


def check(**changes: object) -> Check:
    """The sample check with these changes; its cases are named for it."""
    return msgspec.structs.replace(CHECK, **changes)
