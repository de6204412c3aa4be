"""X04: the gateway differs from the direct way no more than the direct way differs from itself.

Every question is asked directly, directly again, and through the gateway. Two answers agree where they have the same
features (comparison/features.py: the shape by JSON path, and of values those that programs branch on). The share of
agreeing pairs through the gateway must not be lower by the margin than that of direct against direct: it passes where
that is shown for all features together, and fails where the contrary is shown for them or for a single path. Questions
that a gateway answers by itself are left out: what it says of keys and names is for `routeproof compare` to show.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.check import Check
from routeproof.prover.comparison.asking import asks_the_provider, comparison_cases
from routeproof.prover.comparison.features import Features, features_of
from routeproof.prover.comparison.pairing import Triple, differences, triples_of
from routeproof.prover.judges.rulings import Trouble, failed, not_run
from routeproof.prover.judges.trials import obstacle_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import Pairs, decide_not_worse

_OF_ONE_PATH_PPM: Final = 990_000
_NEXT: Final = "`routeproof compare` shows the differences by facet; decide for each whether clients can live with it."


def cases(setup: Setup) -> Sequence[Case]:
    """The questions of a comparison that a provider answers, three ways."""
    return tuple(one for one in comparison_cases(setup, "X04") if asks_the_provider(one.id))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Agreement through the gateway against agreement of direct with direct, paired by trial."""
    triples = tuple(one for one in triples_of(plan, observations).triples if asks_the_provider(one.case))
    if not triples:
        obstacles = [one for seen in observations if (one := obstacle_of(plan, seen)) is not None]
        return not_run(check, observations, obstacles)
    read = {one.id: features_of(plan, one) for triple in triples for one in triple[1:]}
    margin_ppm = check.threshold("margin")
    pairs = _pairs(triples, read)
    planned = sum(case.repeats for case in plan.cases_of(check.id) if asks_the_provider(case.id))
    verdict, interval = decide_not_worse(pairs, planned, margin_ppm)
    if _some_path_is_worse(triples, read, margin_ppm):
        verdict = Verdict.FAIL
    troubles = list(_troubles(triples, read))
    if troubles:
        result = failed(check, observations, troubles)
    else:
        result = CheckResult(check=check.id, verdict=verdict, summary="")
    summary = (
        f"{pairs.both + pairs.only_second} of {pairs.total} pairs agree through the gateway, "
        f"{pairs.both + pairs.only_first} direct with direct; the difference is between {interval.lower_ppm / 1e4:.1f} "
        f"and {interval.upper_ppm / 1e4:.1f} points, {margin_ppm / 1e4:.1f} points less are allowed"
    )
    if verdict is Verdict.PASS:
        result = msgspec.structs.replace(result, cause=None, next_step="")
    return refers_to(msgspec.structs.replace(result, verdict=verdict, summary=summary), observations)


def _some_path_is_worse(triples: Sequence[Triple], read: dict[str, Features], margin_ppm: int) -> bool:
    """Whether one path agrees less often through the gateway, over all questions that have it; there are many paths."""
    for path in {path for features in read.values() for path in features}:
        rows = [[read[one.id].get(path) for one in triple[1:]] for triple in triples]
        told = [(first == again, first == gateway) for first, again, gateway in rows if any((first, again, gateway))]
        pairs = _counted(told)
        if decide_not_worse(pairs, pairs.total, margin_ppm, _OF_ONE_PATH_PPM)[0] is Verdict.FAIL:
            return True
    return False


def _pairs(triples: Sequence[Triple], read: dict[str, Features]) -> Pairs:
    agreed = [
        (read[one.direct.id] == read[one.again.id], read[one.direct.id] == read[one.gateway.id]) for one in triples
    ]
    return _counted(agreed)


def _counted(agreed: Sequence[tuple[bool, bool]]) -> Pairs:
    return Pairs(*(agreed.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def _troubles(triples: Sequence[Triple], read: dict[str, Features]) -> Iterator[Trouble]:
    seen = {one.gateway.id: one.gateway for one in triples}
    for one in differences(triples, read):
        yield Trouble(observation=seen[one.observation], words=one.words, cause=Cause.GATEWAY, next_step=_NEXT)


CHECK = Check(
    id="X04",
    title="a-a-b",
    proves="the gateway makes no difference beyond the noise",
    severity=Severity.W,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="margin", value=100_000, unit="ppm"),),
    needs_arms=True,
)
