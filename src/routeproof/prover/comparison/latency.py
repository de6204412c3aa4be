"""How much longer the gateway takes than the direct way: paired by question, with intervals from order statistics."""

from collections.abc import Sequence
from typing import Final

from routeproof.evidence.plan import Plan
from routeproof.prover.comparison.asking import PREFIX
from routeproof.prover.comparison.facets import ComparedFacet, FacetComparison, Outcome, not_comparable
from routeproof.prover.comparison.pairing import Triple
from routeproof.prover.judges.latencies import latency_of
from routeproof.prover.statistics import quantile

MARGIN_MS: Final = 50
"""Of the time to the first delta: what a person does not notice."""
_CASE: Final = f"{PREFIX}stream"
_MEDIAN: Final = 500_000
_NS_PER_MS: Final = 1_000_000


def compare_latency(plan: Plan, triples: Sequence[Triple]) -> FacetComparison:
    """The median difference in the time to the first delta, beside that of direct against direct."""
    first = [
        (
            latency_of(plan, one.direct).first_ns,
            latency_of(plan, one.again).first_ns,
            latency_of(plan, one.gateway).first_ns,
        )
        for one in triples
        if one.case == _CASE
    ]
    added = [gateway - direct for direct, _, gateway in first if gateway is not None and direct is not None]
    noise = [again - direct for direct, again, _ in first if again is not None and direct is not None]
    found = quantile(added, _MEDIAN) if added else None
    if found is None or found.lower is None or found.upper is None:
        return not_comparable(ComparedFacet.LATENCY, f"{len(added)} pairs of streams are too few for an interval")
    apart = quantile(noise, _MEDIAN) if noise else None
    words = f"first delta {_shown(found.value)} later, 95 % between {_shown(found.lower)} and {_shown(found.upper)}"
    if apart is not None and apart.lower is not None and apart.upper is not None:
        words += f"; direct against direct between {_shown(apart.lower)} and {_shown(apart.upper)}"
    if found.upper <= MARGIN_MS * _NS_PER_MS:
        outcome = Outcome.SAME
    elif found.lower > MARGIN_MS * _NS_PER_MS:
        outcome = Outcome.DIFFERENT
    else:
        outcome = Outcome.NOT_COMPARABLE
        words += f"; more pairs are needed to tell whether that is over {MARGIN_MS} ms"
    return FacetComparison(facet=ComparedFacet.LATENCY, outcome=outcome, pairs=len(added), words=words)


def _shown(nanoseconds: int | None) -> str:
    return "?" if nanoseconds is None else f"{nanoseconds / _NS_PER_MS:.1f} ms"
