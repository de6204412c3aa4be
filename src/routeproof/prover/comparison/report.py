"""From the observations of a comparison to its report: one row a facet."""

from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.comparison.asking import facet_of_case, why_not_asked
from routeproof.prover.comparison.facets import (
    ComparedFacet,
    Difference,
    FacetComparison,
    Outcome,
    not_comparable,
)
from routeproof.prover.comparison.features import USAGE, features_of, header_features
from routeproof.prover.comparison.latency import compare_latency
from routeproof.prover.comparison.pairing import Sorted, Triple, differences, triples_of
from routeproof.prover.comparison.pruning import told_once
from routeproof.prover.judges.declared_changes import request_differences

_COST: Final = "what a gateway charges is not in its answers; U08 and `routeproof prices compare` look at that"
_NO_TAP: Final = "what it sends on can't be seen from outside; only our own gateway has a tap"
_USAGE_PATHS: Final = (f"{USAGE}.", "stream usage", "finding usage")


def compare(plan: Plan, observations: Sequence[Observation]) -> tuple[FacetComparison, ...]:
    """A row for each facet, in the order of `ComparedFacet`."""
    found = triples_of(plan, [one for one in observations if facet_of_case(one.case) is not None])
    seen = [one for triple in found.triples for one in triple[1:]]
    told = list(told_once(tuple(differences(found.triples, {one.id: features_of(plan, one) for one in seen}))))
    heads = list(differences(found.triples, {one.id: header_features(one) for one in seen}))
    return tuple(_row(facet, plan, found, told, heads) for facet in ComparedFacet)


def outcome_of(rows: Sequence[FacetComparison]) -> Outcome:
    """DIFFERENT where any row is; NOT_COMPARABLE where none is the same."""
    outcomes = {row.outcome for row in rows}
    return next((one for one in (Outcome.DIFFERENT, Outcome.SAME) if one in outcomes), Outcome.NOT_COMPARABLE)


def _row(
    facet: ComparedFacet, plan: Plan, found: Sorted, told: Sequence[Difference], heads: Sequence[Difference]
) -> FacetComparison:
    triples = found.triples
    if facet is ComparedFacet.COST:
        row = not_comparable(facet, _COST)
    elif facet is ComparedFacet.REQUEST:
        row = _request_row(plan, triples)
    elif facet is ComparedFacet.LATENCY and triples:
        row = compare_latency(plan, triples)
    elif facet in (ComparedFacet.HEADERS, ComparedFacet.LATENCY):
        row = _compared(facet, found, triples, _once_a_path(heads))
    elif facet is ComparedFacet.USAGE:
        own = [one for one in triples if one.direct.transcript.status == 200]
        row = _compared(facet, found, own, _once_a_path([one for one in told if _is_usage(one)]))
    elif not any(facet_of_case(case.id) is facet for case in plan.cases):
        row = not_comparable(facet, why_not_asked(facet, plan.declared))
    else:
        own = [one for one in triples if facet_of_case(one.case) is facet]
        mine = [one for one in told if facet_of_case(one.case) is facet and not _is_usage(one)]
        row = _compared(facet, found, own, mine)
    return row


def _compared(
    facet: ComparedFacet, found: Sorted, triples: Sequence[Triple], differing: Sequence[Difference]
) -> FacetComparison:
    if not triples:
        return not_comparable(facet, "; ".join(found.reasons[:3]) or "nothing was answered")
    outcome = Outcome.DIFFERENT if differing else Outcome.SAME
    return FacetComparison(facet=facet, outcome=outcome, pairs=len(triples), differences=tuple(differing))


def _request_row(plan: Plan, triples: Sequence[Triple]) -> FacetComparison:
    """Only with a tap is it known what went on upstream."""
    tapped = [one for one in triples if one.gateway.tap and one.gateway.transcript.request.body.size]
    if not tapped:
        return not_comparable(ComparedFacet.REQUEST, _NO_TAP)
    rows: dict[tuple[str, str], list[Observation]] = {}
    for triple in tapped:
        sent, given = triple.gateway.tap[-1].request.body.data, triple.gateway.transcript.request.body.data
        for words in request_differences(given, sent, plan.route.model):
            rows.setdefault((triple.case, words), []).append(triple.gateway)
    differing = tuple(
        Difference(
            case=case,
            path=words,
            direct="as sent",
            gateway="changed",
            times=len(ones),
            pairs=sum(triple.case == case for triple in tapped),
            noise=0,
            observation=ones[0].id,
        )
        for (case, words), ones in rows.items()
    )
    outcome = Outcome.DIFFERENT if differing else Outcome.SAME
    return FacetComparison(facet=ComparedFacet.REQUEST, outcome=outcome, pairs=len(tapped), differences=differing)


def _is_usage(one: Difference) -> bool:
    return one.path == USAGE or one.path.startswith(_USAGE_PATHS)


def _once_a_path(found: Sequence[Difference]) -> list[Difference]:
    """The same difference in many cases is one; that of the most pairs is shown."""
    best: dict[tuple[str, str | None, str | None], Difference] = {}
    for one in found:
        key = (one.path, one.direct, one.gateway)
        if key not in best or best[key].pairs < one.pairs:
            best[key] = one
    return list(best.values())
