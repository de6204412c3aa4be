"""S01: a stream is parseable: events framed by the WHATWG rules, one [DONE], and nothing after it.

Comments and keep-alives are allowed. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

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

_NEXT = "Ask whoever runs the endpoint for SSE by the standard; until then streams of it will break some clients."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question, answered as a stream."""
    return (stream_case(setup, "S01"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Bytes and framing, to the end."""
    held = "Every stream is framed by the standard and ends with one [DONE]."
    return rule_streams(plan, check, observations, held=held, next_step=_NEXT)


CHECK = Check(
    id="S01",
    title="framing",
    proves="a stream is parseable",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
