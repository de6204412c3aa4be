"""The exact rates of a price fact's tiers, with what a cache rule adds where the price states none."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from routeproof.catalog.kinds import CacheRuleFact, PriceFact, PriceTier
from routeproof.money import NANO_PER_UNIT

_NANO_PERCENT_WHOLE = 100 * NANO_PER_UNIT


class Rate(msgspec.Struct, frozen=True):
    """One exact price, in nano-units of its currency per 1,000,000 tokens."""

    nano: Fraction
    fact_ids: tuple[str, ...]
    """The price fact and, where it was asked, the cache rule."""


class TierRates(msgspec.Struct, frozen=True):
    """The rates of one tier; None where no fact states one."""

    input: Rate
    """Input that neither came from a cache nor went into one."""
    output: Rate
    output_thinking: Rate | None
    """None: thinking is billed as plain output."""
    hit_implicit: Rate | None
    hit_explicit: Rate | None
    write: Rate | None
    input_tokens_max: int | None

    def stated(self) -> tuple[Rate, ...]:
        """Every rate that is known."""
        rates = (
            self.input,
            self.output,
            self.output_thinking,
            self.hit_implicit,
            self.hit_explicit,
            self.write,
        )
        return tuple(rate for rate in rates if rate is not None)


def tier_rates(price: PriceFact, rule: CacheRuleFact | None) -> tuple[TierRates, ...]:
    """The rates of every tier of a price, in order."""
    return tuple(_rates(tier, price.id, rule) for tier in price.tiers)


def _rates(tier: PriceTier, price_id: str, rule: CacheRuleFact | None) -> TierRates:
    def own(nano: int | None) -> Rate | None:
        return None if nano is None else Rate(Fraction(nano), (price_id,))

    def ruled(nano_percent: int | None) -> Rate | None:
        if rule is None or nano_percent is None:
            return None
        return Rate(tier.input_nano * Fraction(nano_percent, _NANO_PERCENT_WHOLE), (price_id, rule.id))

    hit = own(tier.cache_hit_nano)
    return TierRates(
        input=Rate(Fraction(tier.input_nano), (price_id,)),
        output=Rate(Fraction(tier.output_nano), (price_id,)),
        output_thinking=own(tier.output_thinking_nano),
        hit_implicit=hit or ruled(rule.hit_implicit_nano_percent if rule else None),
        # A price that states one hit price means it for every hit.
        hit_explicit=own(tier.cache_hit_explicit_nano)
        or hit
        or ruled(rule.hit_explicit_nano_percent if rule else None),
        write=own(tier.cache_write_nano) or ruled(rule.write_nano_percent if rule else None),
        input_tokens_max=tier.input_tokens_max,
    )


def tier_for(tiers: Iterable[TierRates], input_tokens: Fraction) -> TierRates | None:
    """The tier that bills a request with so much input; None above the last one."""
    return next(
        (tier for tier in tiers if tier.input_tokens_max is None or input_tokens <= tier.input_tokens_max), None
    )
