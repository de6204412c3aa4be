"""S03: the life of a stream: a role, then fragments, then exactly one finish reason, then nothing, for each choice."""

from collections.abc import Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.stream_rulings import rule_streams
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.setup import Setup

_NEXT = "Look for a layer that drops, doubles or reorders chunks: compare with the provider's own stream."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question, answered as a stream."""
    return (stream_case(setup, "S03"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The automaton of each choice comes to its end."""
    held = "Every choice begins with its role and ends with one finish reason, in this order."
    return rule_streams(plan, check, observations, held=held, next_step=_NEXT)


CHECK = Check(
    id="S03",
    title="automaton",
    proves="a stream begins, goes on and ends in order",
    severity=Severity.B,
    method=Method.DET,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
)
