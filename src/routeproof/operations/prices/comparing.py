"""Compares routes for a workload: what each costs, which is cheapest, and what would change that."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from routeproof.catalog.amounts import percent, rounded_decimal, units_of
from routeproof.catalog.comparing.comparison import Amount, Quote, TypeCost, Unknown, offers_of, quote_of
from routeproof.catalog.comparing.inputs import SHARES, Scene
from routeproof.catalog.comparing.sensitivity import Flip, Reach, cheapest, nearest, sensitivity
from routeproof.catalog.comparing.week import WEEK_NS, phases_of, spread_of
from routeproof.catalog.comparing.workload import RequestType, Workload
from routeproof.catalog.staleness import StaleFact
from routeproof.clock import format_instant
from routeproof.operations.prices.answers import stale_lines
from routeproof.operations.prices.candidates import Candidate, Conversion, conversion_of, currency_of
from routeproof.operations.prices.priced_routes import PriceDesk

_PLACES = 9


class TypePrice(msgspec.Struct, frozen=True):
    """What one type of request costs on one route. Amounts are decimals of the comparison's currency."""

    type: str
    requests: int
    cost_per_request: str | None
    cost: str | None
    reason: str | None


class TierShare(msgspec.Struct, frozen=True):
    """How many of the requests a tier bills."""

    input_tokens_max: int | None
    percent: str


class RoutePrice(msgspec.Struct, frozen=True):
    """What the workload costs on one route. None is unknown, and then there is a reason."""

    route: str
    model: str | None
    """The model whose price it is."""
    own_currency: str | None
    cost: str | None
    reason: str | None
    detail: str | None
    types: list[TypePrice]
    input_miss_per_1m: str | None
    cache_hit_per_1m: str | None
    output_per_1m: str | None
    all_tokens_per_1m: str | None
    tier_mix: list[TierShare]
    peak_percent: str | None
    facts: list[str]


class FlipPoint(msgspec.Struct, frozen=True):
    """Where another route becomes the cheapest."""

    when: str
    """`falls_below`, `falls_to` or `rises_over`."""
    threshold: str
    """Percent for shares, else tokens per request; rounded."""
    threshold_exact: str
    """A fraction, of one for shares."""
    route: str


class InputReach(msgspec.Struct, frozen=True):
    """One input of the workload, and what would flip the answer."""

    input: str
    unit: str
    value: str
    looked_from: str
    looked_to: str
    flips: list[FlipPoint]


class WorkloadSummary(msgspec.Struct, frozen=True):
    """The workload in figures; shares in percent."""

    source: str
    requests: int
    requests_by_type: dict[str, int]
    input_tokens_per_request: str
    output_tokens_per_request: str
    cache_percent: str
    thinking_percent: str
    notes: list[str]


class Decision(msgspec.Struct, frozen=True):
    """The flip that takes the least change: the input that decides."""

    input: str
    flip: FlipPoint


class Comparison(msgspec.Struct, frozen=True):
    """The whole answer."""

    at: str
    until: str
    """The workload is priced over the week from `at` to here."""
    currency: str
    workload: WorkloadSummary
    routes: list[RoutePrice]
    """The cheapest first, those of unknown cost last."""
    cheapest: str | None
    dearer_by_percent: str | None
    """How much more the next route costs; None where there is none, or the cheapest is free."""
    inputs: list[InputReach]
    decides: Decision | None
    """None where nothing within the ranges flips the answer, or there is nothing to choose."""
    stale: list[str]


class _Bid(msgspec.Struct, frozen=True):
    """A candidate that takes part: it has a price all week, in a currency that can be compared."""

    candidate: Candidate
    conversion: Conversion


def compare_routes(desk: PriceDesk, candidates: Sequence[Candidate], workload: Workload, wall_ns: int) -> Comparison:
    """Price a workload on every route over the week from an instant on."""
    currency = currency_of(candidates)
    bids, losers = _bids(desk, candidates, currency, wall_ns)
    phases = phases_of([bid.candidate.spans for bid in bids])
    scene = Scene(tuple(spread_of(load, phases) for load in workload.loads) if bids else (), phases)
    names = [bid.candidate.route.name for bid in bids]
    offers = offers_of(names, [bid.conversion.rate for bid in bids], phases)
    quotes = [quote_of(offer, scene.spreads) for offer in offers]
    reaches = sensitivity(scene, offers) if bids else ()
    decisive = nearest(reaches)
    return Comparison(
        at=format_instant(wall_ns),
        until=format_instant(wall_ns + WEEK_NS),
        currency=currency,
        workload=_summary(workload),
        routes=[*_in_order(bids, quotes), *losers],
        cheapest=cheapest((quote.route, quote.cost) for quote in quotes),
        dearer_by_percent=_margin(quotes),
        inputs=[_reach(reach) for reach in reaches],
        decides=None if decisive is None else Decision(decisive[0].input.value, _flip(*decisive)),
        stale=stale_lines(_stale(bids)),
    )


def _bids(
    desk: PriceDesk, candidates: Iterable[Candidate], currency: str, wall_ns: int
) -> tuple[list[_Bid], list[RoutePrice]]:
    """Who takes part, and the answer for those who can't."""
    bids: list[_Bid] = []
    losers: list[RoutePrice] = []
    for candidate in candidates:
        if candidate.reason is not None:
            losers.append(_unpriced(candidate, candidate.reason, candidate.detail))
            continue
        conversion = conversion_of(desk, candidate, currency, wall_ns)
        if isinstance(conversion, str):
            detail = f"it is priced in {candidate.currency}, and no fresh exchange_rate fact turns that into {currency}"
            losers.append(_unpriced(candidate, conversion, detail))
        else:
            bids.append(_Bid(candidate, conversion))
    return bids, losers


def _stale(bids: Iterable[_Bid]) -> Iterable[StaleFact]:
    found = {fact.id: fact for bid in bids for fact in (*bid.candidate.stale, *bid.conversion.stale)}
    return found.values()


def _in_order(bids: Sequence[_Bid], quotes: Sequence[Quote]) -> Iterator[RoutePrice]:
    def known_then_cost(pair: tuple[_Bid, Quote]) -> tuple[bool, Fraction]:
        cost = pair[1].cost
        return (True, Fraction(0)) if isinstance(cost, Unknown) else (False, cost)

    for bid, quote in sorted(zip(bids, quotes, strict=True), key=known_then_cost):
        yield _priced(bid, quote)


def _priced(bid: _Bid, quote: Quote) -> RoutePrice:
    candidate, per_million = bid.candidate, quote.per_million
    return RoutePrice(
        route=quote.route,
        model=candidate.model,
        own_currency=candidate.currency,
        cost=_units(quote.cost),
        reason=_reason(quote.cost),
        detail=None,
        types=[_type(one) for one in quote.types],
        input_miss_per_1m=_units(per_million.input_miss),
        cache_hit_per_1m=_units(per_million.cache_hit),
        output_per_1m=_units(per_million.output),
        all_tokens_per_1m=_units(per_million.all_tokens),
        tier_mix=[TierShare(bound, percent(share)) for bound, share in quote.tier_mix],
        peak_percent=percent(quote.peak_share),
        facts=sorted({fact.id for fact in (*candidate.facts, *bid.conversion.facts)}),
    )


def _unpriced(candidate: Candidate, reason: str, detail: str | None) -> RoutePrice:
    route, facts = candidate.route.name, [fact.id for fact in candidate.facts]
    return RoutePrice(
        route, candidate.model, candidate.currency, None, reason, detail, [], None, None, None, None, [], None, facts
    )


def _type(one: TypeCost) -> TypePrice:
    each = one.cost if isinstance(one.cost, Unknown) else one.cost / one.requests
    return TypePrice(one.type.value, one.requests, _units(each), _units(one.cost), _reason(one.cost))


def _margin(quotes: Iterable[Quote]) -> str | None:
    costs = sorted(quote.cost for quote in quotes if not isinstance(quote.cost, Unknown))
    return percent(costs[1] / costs[0] - 1) if len(costs) > 1 and costs[0] else None


def _reach(reach: Reach) -> InputReach:
    return InputReach(
        input=reach.input.value,
        unit="percent" if reach.input in SHARES else "tokens per request",
        value=_shown(reach, reach.value),
        looked_from=_shown(reach, reach.low),
        looked_to=_shown(reach, reach.high),
        flips=[_flip(reach, flip) for flip in (reach.below, reach.above) if flip is not None],
    )


def _flip(reach: Reach, flip: Flip) -> FlipPoint:
    when = "rises_over" if flip.rises else "falls_to" if flip.included else "falls_below"
    return FlipPoint(when, _shown(reach, flip.threshold), str(flip.threshold), flip.route)


def _shown(reach: Reach, value: Fraction) -> str:
    return percent(value) if reach.input in SHARES else rounded_decimal(value, 1)


def _summary(workload: Workload) -> WorkloadSummary:
    loads, requests = workload.loads, workload.requests
    inputs = sum((load.input_tokens for load in loads), Fraction(0))
    outputs = sum((load.output_tokens for load in loads), Fraction(0))
    hits = sum((load.hit_tokens for load in loads), Fraction(0))
    thought = sum((load.thinking * load.output_tokens for load in loads), Fraction(0))
    by_type = {kind: sum(load.requests for load in loads if load.type is kind) for kind in RequestType}
    return WorkloadSummary(
        source=workload.source,
        requests=requests,
        requests_by_type={kind.value: count for kind, count in by_type.items() if count},
        input_tokens_per_request=rounded_decimal(inputs / requests, 1),
        output_tokens_per_request=rounded_decimal(outputs / requests, 1),
        cache_percent=percent(hits / inputs),
        thinking_percent=percent(thought / outputs) if outputs else "0",
        notes=list(workload.notes),
    )


def _units(amount: Amount | None) -> str | None:
    """Nano-units as a decimal of the currency, rounded to a nano-unit; None where unknown."""
    return None if amount is None or isinstance(amount, Unknown) else rounded_decimal(units_of(amount), _PLACES)


def _reason(amount: Amount) -> str | None:
    return amount.reason if isinstance(amount, Unknown) else None
