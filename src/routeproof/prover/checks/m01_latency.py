"""M01: how long users wait: for the first meaningful delta, for the next one, for the whole answer.

Of each stream three numbers are taken: the time to the first delta, the longest gap between two deltas, and the total.
Their p50 and p95 have intervals from order statistics, in microseconds; one number a stream, because gaps within a
stream are not independent. A planned stream that never got so far counts as slower than all others. A quantile passes
where its interval ends within its limit, fails where it begins above, and says nothing between; to be sure of a p95
takes 73 streams. The limits are a policy: those here are what a person at a chat puts up with; a plan may have others.
The p50 and p95 of all gaps are shown besides, without an interval.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult, Figure, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict, worst
from routeproof.prover.cases.common_cases import stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.latencies import Latency, latency_of
from routeproof.prover.judges.rulings import Trouble, failed, gather, not_run, undecided
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import CONFIDENCE_PPM, PPM, Quantile, quantile

STREAMS: Final = 73
"""The fewest at which the largest sample bounds a p95 with 97.5 % on that side: 0.95^73 < 0.025."""
_US: Final = 1_000
_QUANTILES: Final = {"p50": 500_000, "p95": 950_000}
_LIMITS_MS: Final = {
    "first-delta p50": 5_000,
    "first-delta p95": 20_000,
    "longest-gap p50": 2_000,
    "longest-gap p95": 10_000,
    "total p50": 30_000,
    "total p95": 120_000,
}
_SLOW: Final = "Compare the arms and the hours; a route that is slow now needs another region, or another limit."
_MORE: Final = "Run the qualify pack, or more streams."


class _Series(NamedTuple):
    """One number of each stream of an arm."""

    name: str
    suffix: str
    samples_us: tuple[int, ...]
    missing: int


class _Measured(NamedTuple):
    """One quantile of a series."""

    name: str
    samples: int
    found: Quantile
    limit_us: int

    @property
    def verdict(self) -> Verdict:
        if self.found.lower is not None and self.found.lower > self.limit_us:
            return Verdict.FAIL
        if self.found.upper is not None and self.found.upper <= self.limit_us:
            return Verdict.PASS
        return Verdict.INCONCLUSIVE

    @property
    def words(self) -> str:
        value = self.found.value
        shown = "no number" if value is None else f"{value / _US:.1f} ms"
        return f"{self.name} is {shown}, its limit is {self.limit_us // _US} ms"


def cases(setup: Setup) -> Sequence[Case]:
    """Streams, as many as a p95 needs."""
    return (stream_case(setup, "M01", repeats=STREAMS),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every quantile against its limit."""
    seen = gather(plan, observations)
    if not seen.trials:
        if seen.troubles:
            return failed(check, observations, seen.troubles)
        return not_run(check, observations, seen.obstacles)
    latencies = {one.id: latency_of(plan, one) for one in observations}
    if not any(latency.first_ns is not None for latency in latencies.values()):
        words = "not one stream brought a delta with anything in it"
        return failed(check, observations, [_trouble(seen.trials[0].last, words)])
    measured = [one for series in _all_series(observations, latencies) for one in _quantiles(check, series)]
    figures = (*_figures(measured), *_gap_figures(observations, latencies))
    slow = [_trouble(seen.trials[0].last, one.words) for one in measured if one.verdict is Verdict.FAIL]
    if slow:
        return failed(check, observations, slow, figures=figures)
    if worst(one.verdict for one in measured) is not Verdict.PASS:
        open_ones = [one.name for one in measured if one.verdict is not Verdict.PASS]
        why = f"The streams are too few, or too far apart, to be sure of {', '.join(open_ones)}."
        return undecided(check, observations, why, _MORE, figures=figures)
    held = "First deltas, gaps and whole answers keep their limits."
    return refers_to(CheckResult(check=check.id, verdict=Verdict.PASS, summary=held, figures=figures), observations)


def _all_series(observations: Sequence[Observation], latencies: dict[str, Latency]) -> Iterator[_Series]:
    """Three for each arm."""
    for arm in dict.fromkeys(one.arm for one in observations):
        own = [latencies[one.id] for one in observations if one.arm is arm]
        begun = [one for one in own if one.first_ns is not None]
        numbers: dict[str, list[int | None]] = {
            "first-delta": [one.first_ns for one in begun],
            "longest-gap": [max(one.gaps_ns, default=0) for one in begun],
            "total": [one.total_ns for one in own],
        }
        for name, samples in numbers.items():
            known = tuple(sample // _US for sample in samples if sample is not None)
            yield _Series(name, "" if arm is Arm.DIRECT else f" by {arm}", known, len(own) - len(known))


def _quantiles(check: PlannedCheck, series: _Series) -> Iterator[_Measured]:
    for word, ppm in _QUANTILES.items():
        name = f"{series.name} {word}"
        found = quantile(series.samples_us, ppm, series.missing)
        limit_us = check.threshold(name) * _US
        yield _Measured(name + series.suffix, len(series.samples_us) + series.missing, found, limit_us)


def _figures(measured: Sequence[_Measured]) -> Iterator[Figure]:
    for one in measured:
        if one.found.value is not None:
            yield Figure(
                name=one.name,
                value=one.found.value,
                unit="us",
                samples=one.samples,
                lower=one.found.lower,
                upper=one.found.upper,
                confidence_ppm=CONFIDENCE_PPM,
            )


def _gap_figures(observations: Sequence[Observation], latencies: dict[str, Latency]) -> Iterator[Figure]:
    gaps = sorted(gap // _US for one in observations for gap in latencies[one.id].gaps_ns)
    for word, ppm in _QUANTILES.items():
        if gaps:
            value = gaps[max(-(-len(gaps) * ppm // PPM), 1) - 1]
            yield Figure(name=f"gap {word}", value=value, unit="us", samples=len(gaps))


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PROVIDER, next_step=_SLOW)


CHECK = Check(
    id="M01",
    title="latency",
    proves="what users feel",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=tuple(Threshold(name=name, value=value, unit="ms") for name, value in _LIMITS_MS.items()),
)
