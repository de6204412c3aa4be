"""S02: every chunk of a stream is valid, and its id, creation time and model stay the same."""

from collections.abc import Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.stream_rulings import rule_streams
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_NEXT = "Choose the dialect that this endpoint speaks; where it is the right one, the chunks are wrong."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question, answered as a stream."""
    return (stream_case(setup, "S02"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The schema with the dialect's overlay, and what must be constant."""
    held = "Every chunk has the documented shape, with one id and one model a stream."
    return rule_streams(plan, check, observations, held=held, next_step=_NEXT)


CHECK = Check(
    id="S02",
    title="chunk-schema",
    proves="every chunk is valid",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
