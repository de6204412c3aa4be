"""S04: a stream can be billed: one usage at its end where that was asked for, and none where it was not."""

from collections.abc import Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.cases.common_cases import stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.stream_rulings import rule_streams
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_NEXT = "Without a usage a stream's cost is unknown: ask for `stream_options`, or declare what this provider does."
_ASK = user("Say the word @@nonce@@ and nothing else.")


def cases(setup: Setup) -> Sequence[Case]:
    """A stream with `include_usage`, and one without."""
    without = case(setup, "stream-without-usage", "S04", stream(setup, [_ASK], include_usage=False))
    return (stream_case(setup, "S04"), without)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The usage comes as asked for."""
    held = "A usage comes once and last where it was asked for, and as documented where it was not."
    return rule_streams(plan, check, observations, held=held, next_step=_NEXT)


CHECK = Check(
    id="S04",
    title="usage-chunk",
    proves="a stream can be billed",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
