"""A provider's own list prices of a model at an instant: one for each part of the day, scope and tier."""

from fractions import Fraction

import msgspec

from routeproof.catalog.aliases import follow
from routeproof.catalog.kinds import CacheRuleFact, Facts, Hours, PriceFact, SubjectFact
from routeproof.catalog.newapi.units import TokenPrices
from routeproof.catalog.pricing.rates import Rate, TierRates, tier_rates

CURRENCY = "USD"
"""The currency that new-api's ratios stand for, and so the one to compare in."""


class ListPrice(msgspec.Struct, frozen=True):
    """One tier of one price fact."""

    model: str
    """The model that is priced, aliases resolved."""
    hours: Hours
    scope: str | None
    rates: TierRates
    checked_at_ns: int
    """When the price fact was last checked."""

    @property
    def input_tokens_max(self) -> int | None:
        """The greatest input that this tier bills; None: no bound."""
        return self.rates.input_tokens_max


class PricePair(msgspec.Struct, frozen=True):
    """One line of a price: what a gateway asks and what the provider's list says. None: not stated."""

    line: str
    gateway_nano: Fraction | None
    list_nano: Fraction | None
    fact_ids: tuple[str, ...]


def list_prices(facts: Facts, family: str, model: str, region: str | None, wall_ns: int) -> tuple[ListPrice, ...]:
    """The prices in dollars that the family's facts state for a model or alias at this instant; none where none do."""
    aliases = [fact for fact in facts.aliases if _about(fact, family, region)]
    answers, _ = follow(aliases, model, wall_ns)
    found: list[ListPrice] = []
    for fact in facts.prices:
        if _about(fact, family, region) and _prices(fact, answers, wall_ns):
            rule = _cache_rule(facts, family, fact.subject.model, region, wall_ns)
            found += [
                ListPrice(answers or "", fact.hours, fact.subject.scope, rates, fact.checked_at_ns)
                for rates in tier_rates(fact, rule)
            ]
    return tuple(found)


def list_regions(facts: Facts, family: str, model: str, wall_ns: int) -> tuple[str, ...]:
    """The regions that the family prices a model in, where its price depends on the region."""
    regions = {region for fact in facts.prices if fact.subject.family == family for region in fact.subject.regions}
    return tuple(sorted(region for region in regions if list_prices(facts, family, model, region, wall_ns)))


def families_of(facts: Facts, model: str) -> tuple[str, ...]:
    """The families that know a model by this name."""
    named: tuple[SubjectFact, ...] = (*facts.prices, *facts.aliases)
    return tuple(sorted({fact.subject.family for fact in named if fact.subject.model == model}))


def price_pairs(gateway: TokenPrices, price: ListPrice) -> tuple[PricePair, ...]:
    """A gateway's prices beside one list price, line by line; a line that neither states is left out."""
    rates = price.rates
    thinking = rates.output_thinking
    lines: list[tuple[str, Fraction | None, Rate | None]] = [
        ("input", gateway.input_nano, rates.input),
        ("output", gateway.output_nano, rates.output),
        ("cache_hit", gateway.cache_hit_nano, rates.hit_implicit),
        ("cache_write", gateway.cache_write_nano, rates.write),
    ]
    if thinking is not None:
        lines.insert(2, ("output_thinking", gateway.output_nano, thinking))
    if rates.hit_explicit is not None and rates.hit_explicit != rates.hit_implicit:
        lines.insert(-1, ("cache_hit_explicit", gateway.cache_hit_nano, rates.hit_explicit))
    return tuple(
        PricePair(line, ours, None if theirs is None else theirs.nano, () if theirs is None else theirs.fact_ids)
        for line, ours, theirs in lines
        if ours is not None or theirs is not None
    )


def percent_above(price: Fraction, base: Fraction) -> Fraction | None:
    """How many percent a price is above another, exactly; negative below it; None above a base of 0."""
    if base:
        return (price - base) / base * 100
    return None if price else Fraction(0)


def _prices(fact: PriceFact, model: str | None, wall_ns: int) -> bool:
    return fact.subject.model == model and fact.currency == CURRENCY and fact.in_force(wall_ns)


def _about(fact: SubjectFact, family: str, region: str | None) -> bool:
    return fact.subject.family == family and fact.subject.covers(region)


def _cache_rule(facts: Facts, family: str, model: str | None, region: str | None, wall_ns: int) -> CacheRuleFact | None:
    """The model's own rule, or else its family's."""
    rules = [rule for rule in facts.cache_rules if _about(rule, family, region) and rule.in_force(wall_ns)]
    own = (rule for rule in rules if rule.subject.model == model)
    return next(own, next((rule for rule in rules if rule.subject.model is None), None))
