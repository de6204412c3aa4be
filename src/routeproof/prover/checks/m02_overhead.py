"""M02: what the gateway adds: how much longer the client waited than the gateway did for the same generation.

Both waits are durations by the clock of whoever waited; the difference holds the network between client and gateway.
The quantiles are those of the sample: what is measured is each exchange itself, not a rate of a larger whole.
"""

from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import conclude, undecided
from routeproof.prover.judges.tap_times import overhead_ns, quantile_of
from routeproof.prover.judges.tapped import gateways_fault, gather_tapped
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

SAMPLES_MIN: Final = 20
"""Fewer say nothing about one in twenty."""
_EACH: Final = 30
_NS_PER_MS: Final = 1_000_000
_NS_PER_US: Final = 1_000
_QUANTILES: Final = {"overhead p95": 950_000, "overhead p99": 990_000}


def cases(setup: Setup) -> Sequence[Case]:
    """Plain and streamed answers."""
    return (plain_case(setup, "M02", repeats=_EACH), stream_case(setup, "M02", repeats=_EACH))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Both quantiles against their limits."""
    seen = gather_tapped(plan, observations)
    waits = [wait for trial in seen.trials if (wait := overhead_ns(trial.last)) is not None]
    figures: list[Figure] = []
    for name, ppm in _QUANTILES.items():
        value = quantile_of(waits, ppm)
        if value is None:
            continue
        figures.append(Figure(name=name, value=max(value, 0) // _NS_PER_US, unit="us", samples=len(waits)))
        if value > check.threshold(name) * _NS_PER_MS:
            words = f"{name} is {value / _NS_PER_MS:.1f} ms, its limit is {check.threshold(name)} ms"
            seen.troubles.append(gateways_fault(seen.trials[0].last, words, excerpt=""))
    result = conclude(check, observations, seen, held="The gateway adds less than its limits.", figures=figures)
    if result.verdict is Verdict.PASS and len(waits) < SAMPLES_MIN:
        why = f"{len(waits)} exchanges are too few to speak of one in twenty."
        return undecided(check, observations, why, "Run the qualify pack.", figures=figures)
    return result


CHECK = Check(
    id="M02",
    title="overhead",
    proves="what the gateway adds",
    severity=Severity.M,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(
        Threshold(name="overhead p95", value=100, unit="ms"),
        Threshold(name="overhead p99", value=250, unit="ms"),
    ),
    needs_tap=True,
)
