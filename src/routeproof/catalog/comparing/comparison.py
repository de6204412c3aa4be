"""What a workload costs on each of several routes: exactly, by request type, and per 1,000,000 tokens."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from routeproof.catalog.comparing.week import Phase, Spread
from routeproof.catalog.comparing.workload import Load, RequestType
from routeproof.catalog.pricing.rates import Rate, TierRates, tier_for
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.money import TOKENS_PER_PRICE_UNIT


class Unknown(msgspec.Struct, frozen=True):
    """An amount that is not known; never zero."""

    reason: str
    """A stable word, the same as `Tariff.unknown_reason` gives."""


Amount = Fraction | Unknown
"""In nano-units of the comparison's currency."""


class Offer(msgspec.Struct, frozen=True):
    """One route's prices over the phases of the week."""

    route: str
    tariffs: tuple[Tariff, ...]
    """By phase."""
    peaks: tuple[bool, ...]
    """By phase: whether it bills its peak price."""
    rate: Fraction = Fraction(1)
    """Units of the comparison's currency for one of the tariffs'."""


class TypeCost(msgspec.Struct, frozen=True):
    """What all requests of one type cost."""

    type: RequestType
    requests: int
    cost: Amount


class PerMillion(msgspec.Struct, frozen=True):
    """Prices per 1,000,000 tokens with the workload's tiers, hours and thinking in them, in nano-units.

    None where the workload has no such tokens.
    """

    input_miss: Amount
    cache_hit: Amount
    """By the input's tiers and hours, whether or not the workload has hits."""
    output: Amount | None
    all_tokens: Amount
    """The whole cost over input and output: the only one that the cache share is in."""


class Quote(msgspec.Struct, frozen=True):
    """What the workload costs on one route."""

    route: str
    cost: Amount
    types: tuple[TypeCost, ...]
    per_million: PerMillion
    tier_mix: tuple[tuple[int | None, Fraction], ...]
    """The share of requests in each tier, by its bound, where some requests are in it."""
    peak_share: Fraction
    """The share of requests that are billed at a peak price."""


def offers_of(routes: Sequence[str], rates: Sequence[Fraction], phases: Sequence[Phase]) -> tuple[Offer, ...]:
    """The phases seen from each route; all three are in one order of routes."""
    return tuple(
        Offer(route, tuple(phase.tariffs[at] for phase in phases), tuple(phase.peaks[at] for phase in phases), rate)
        for at, (route, rate) in enumerate(zip(routes, rates, strict=True))
    )


def quote_of(offer: Offer, spreads: Sequence[Spread]) -> Quote:
    """What every type and the whole cost on a route; the whole is unknown where a type is."""
    by_type: dict[RequestType, list[Spread]] = {}
    for spread in spreads:
        by_type.setdefault(spread.load.type, []).append(spread)
    types = tuple(
        TypeCost(kind, sum(spread.load.requests for spread in by_type[kind]), cost_of(offer, by_type[kind]))
        for kind in RequestType
        if kind in by_type
    )
    cost = added(one.cost for one in types)
    return Quote(
        offer.route, cost, types, _per_million(offer, spreads, cost), _tier_mix(offer, spreads), _peak(offer, spreads)
    )


def cost_of(offer: Offer, spreads: Iterable[Spread]) -> Amount:
    """The expected cost of loads on a route, not rounded; unknown where a price that they need is."""
    return added(
        part if isinstance(part, Unknown) else part * weight * offer.rate
        for load, tariff, weight in _parts(offer, spreads)
        for part in (load_cost(load, tariff),)
    )


def load_cost(load: Load, tariff: Tariff) -> Amount:
    """What all requests of a load cost under one tariff, in nano-units of its currency, not rounded."""
    tier = tier_for(tariff.tiers, load.input_tokens_each)
    if tier is None:
        return Unknown("input_over_last_tier")
    hit = tier.hit_explicit if load.explicit_cache else tier.hit_implicit
    if load.hit_tokens and hit is None:
        return Unknown("cache_hit_price_unknown")
    if load.write_tokens and tier.write is None:
        return Unknown("cache_write_price_unknown")
    total = load.plain_tokens * tier.input.nano + load.output_tokens * _output(load, tier)
    total += Fraction(0) if hit is None else load.hit_tokens * hit.nano
    total += Fraction(0) if tier.write is None else load.write_tokens * tier.write.nano
    return total / TOKENS_PER_PRICE_UNIT


def added(amounts: Iterable[Amount]) -> Amount:
    """The sum; unknown, for the first reason, as soon as one of them is."""
    total = Fraction(0)
    for amount in amounts:
        if isinstance(amount, Unknown):
            return amount
        total += amount
    return total


def _parts(offer: Offer, spreads: Iterable[Spread]) -> Iterator[tuple[Load, Tariff, Fraction]]:
    """Each load under each tariff that bills some of it."""
    for spread in spreads:
        for tariff, weight in zip(offer.tariffs, spread.weights, strict=True):
            if weight:
                yield spread.load, tariff, weight


def _output(load: Load, tier: TierRates) -> Fraction:
    """The price of the load's output, thinking or not."""
    thinking = tier.output_thinking or tier.output
    return tier.output.nano + load.thinking * (thinking.nano - tier.output.nano)


def _per_million(offer: Offer, spreads: Sequence[Spread], cost: Amount) -> PerMillion:
    tokens = sum((spread.load.input_tokens + spread.load.output_tokens for spread in spreads), Fraction(0))
    output = sum((spread.load.output_tokens for spread in spreads), Fraction(0))
    return PerMillion(
        input_miss=_mean(offer, spreads, "input", lambda _, tier: tier.input),
        cache_hit=_mean(offer, spreads, "cache_hit", _hit_rate),
        output=_mean_output(offer, spreads, output) if output else None,
        all_tokens=cost if isinstance(cost, Unknown) else cost * TOKENS_PER_PRICE_UNIT / tokens,
    )


def _hit_rate(load: Load, tier: TierRates) -> Rate | None:
    return tier.hit_explicit if load.explicit_cache else tier.hit_implicit


def _mean(
    offer: Offer, spreads: Sequence[Spread], part: str, rate_of: Callable[[Load, TierRates], Rate | None]
) -> Amount:
    """One input price over all tiers and hours, by how much input each of them bills."""
    total, whole = Fraction(0), Fraction(0)
    for load, tariff, weight in _parts(offer, spreads):
        tier = tier_for(tariff.tiers, load.input_tokens_each)
        if tier is None:
            return Unknown("input_over_last_tier")
        rate = rate_of(load, tier)
        if rate is None:
            return Unknown(f"{part}_price_unknown")
        total += rate.nano * load.input_tokens * weight
        whole += load.input_tokens * weight
    return total / whole * offer.rate


def _mean_output(offer: Offer, spreads: Sequence[Spread], output: Fraction) -> Amount:
    total = Fraction(0)
    for load, tariff, weight in _parts(offer, spreads):
        tier = tier_for(tariff.tiers, load.input_tokens_each)
        if tier is None:
            return Unknown("input_over_last_tier")
        total += _output(load, tier) * load.output_tokens * weight
    return total / output * offer.rate


def _tier_mix(offer: Offer, spreads: Sequence[Spread]) -> tuple[tuple[int | None, Fraction], ...]:
    mix: dict[int | None, Fraction] = {}
    for load, tariff, weight in _parts(offer, spreads):
        tier = tier_for(tariff.tiers, load.input_tokens_each)
        if tier is not None:
            mix[tier.input_tokens_max] = mix.get(tier.input_tokens_max, Fraction(0)) + load.requests * weight
    whole = sum(spread.load.requests for spread in spreads)
    in_order = sorted(mix.items(), key=lambda item: (item[0] is None, item[0] or 0))
    return tuple((bound, share / whole) for bound, share in in_order)


def _peak(offer: Offer, spreads: Sequence[Spread]) -> Fraction:
    whole = sum(spread.load.requests for spread in spreads)
    at_peak = sum(
        (
            spread.load.requests * weight
            for spread in spreads
            for peak, weight in zip(offer.peaks, spread.weights, strict=True)
            if peak
        ),
        Fraction(0),
    )
    return at_peak / whole
