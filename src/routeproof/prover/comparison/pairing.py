"""Finds what differs between two ways, net of what differs between two answers of the same way.

Each trial has three answers: direct (A), direct again (A') and through the gateway (B). A path at which A and A' never
differ is one that the model does not change: a single difference of B there is a finding. Where they do differ, B has
to differ more often than chance explains: McNemar's exact test over the trials, at 5 %.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Cause
from routeproof.prover.comparison.asking import is_meant_to_fail
from routeproof.prover.comparison.facets import Difference
from routeproof.prover.comparison.features import Features
from routeproof.prover.judges.trials import obstacle_of, trials_of
from routeproof.prover.statistics import PPM, Pairs, mcnemar_p_value

_CHANCE_PPM: Final = 50_000
_NO_ANSWER: Final = frozenset((Ending.CONNECT_FAILED, Ending.NOT_SENT, Ending.INTERRUPTED))
_NOT_ABOUT_THE_WAY: Final = frozenset((Cause.KEY, Cause.QUOTA))


class Triple(NamedTuple):
    """The three answers of one trial."""

    case: str
    direct: Observation
    again: Observation
    gateway: Observation


class Sorted(NamedTuple):
    """Trials of a comparison: those that can be compared, and why the others can't."""

    triples: tuple[Triple, ...]
    reasons: tuple[str, ...]


def triples_of(plan: Plan, observations: Sequence[Observation]) -> Sorted:
    """The trials that have an answer by each way."""
    by_trial: dict[tuple[str, int], dict[Arm, Observation]] = {}
    for trial in trials_of(observations):
        by_trial.setdefault((trial.case, trial.number), {})[trial.arm] = trial.last
    found: list[Triple] = []
    reasons: dict[str, None] = {}
    for (case, _), arms in by_trial.items():
        met = [why for arm, one in arms.items() if (why := _why_not(plan, arm, one)) is not None]
        if met or len(arms) < len(Arm):
            reasons.update(dict.fromkeys(met or ["not every way was asked"]))
        else:
            found.append(Triple(case, arms[Arm.DIRECT], arms[Arm.DIRECT_AGAIN], arms[Arm.GATEWAY]))
    return Sorted(tuple(found), tuple(reasons))


def differences(triples: Sequence[Triple], read: Mapping[str, Features]) -> Iterator[Difference]:
    """What differs, case by case and path by path. `read` has the features of each observation by its id."""
    for case in dict.fromkeys(triple.case for triple in triples):
        own = [triple for triple in triples if triple.case == case]
        paths = {path for triple in own for one in triple[1:] for path in read[one.id]}
        for path in sorted(paths):
            found = _difference(case, path, own, read)
            if found is not None:
                yield found


def _difference(case: str, path: str, triples: Sequence[Triple], read: Mapping[str, Features]) -> Difference | None:
    rows = [
        (triple, read[triple.direct.id].get(path), read[triple.again.id].get(path), read[triple.gateway.id].get(path))
        for triple in triples
    ]
    differing = [row for row in rows if row[1] != row[3]]
    noise = sum(first != again for _, first, again, _ in rows)
    if not differing or (noise and not _more_than_chance(rows)):
        return None
    triple, direct, _, gateway = differing[0]
    return Difference(
        case=case,
        path=path,
        direct=direct,
        gateway=gateway,
        times=len(differing),
        pairs=len(rows),
        noise=noise,
        observation=triple.gateway.id,
    )


def _more_than_chance(rows: Sequence[tuple[Triple, str | None, str | None, str | None]]) -> bool:
    agreed = [(direct == again, direct == gateway) for _, direct, again, gateway in rows]
    pairs = Pairs(*(agreed.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))
    return pairs.only_first > pairs.only_second and mcnemar_p_value(pairs) * PPM < _CHANCE_PPM


def _why_not(plan: Plan, arm: Arm, one: Observation) -> str | None:
    """Why an answer can't be compared; None where it can. An error may be what a case is about."""
    transcript = one.transcript
    if transcript.ending in _NO_ANSWER:
        detail = f": {transcript.detail}" if transcript.detail else ""
        return f"{arm}: {transcript.ending}{detail}"
    if is_meant_to_fail(one.case) or transcript.status == 200:
        return None
    obstacle = obstacle_of(plan, one)
    if obstacle is None or (arm is Arm.GATEWAY and obstacle.cause not in _NOT_ABOUT_THE_WAY):
        return None
    return f"{arm}: {obstacle.words}. {obstacle.next_step}"
