"""What a usage costs by price facts, worked out apart from the ledger's own tariff: exact fractions, rounded once.

The rules are those of `docs/ledger.md`: the tier follows from the whole input and bills the whole request; hits and
writes are parts of the input; a tier's own cache price goes before the family's rule; half is rounded to even.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from routeproof.catalog.kinds import AnyFact, CacheRuleFact, PriceFact, PriceTier
from routeproof.usage import Usage

LEDGER_CURRENCY: Final = "USD"
_PER_TOKENS: Final = 1_000_000
_NANO_PERCENT_WHOLE: Final = 100 * 1_000_000_000


def bill_nanousd(facts: Iterable[AnyFact], usage: Usage, *, thinking: bool) -> int | None:
    """The cost by these facts, among which is one price; None where a price that is needed is not stated."""
    known = tuple(facts)
    prices = [fact for fact in known if isinstance(fact, PriceFact)]
    if len(prices) != 1 or prices[0].currency != LEDGER_CURRENCY:
        return None
    tier = _tier(prices[0].tiers, usage.input_tokens)
    if tier is None:
        return None
    rule = next((fact for fact in known if isinstance(fact, CacheRuleFact)), None)
    plain = usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens
    output = tier.output_nano
    if thinking and tier.output_thinking_nano is not None:
        output = tier.output_thinking_nano
    parts = (
        (plain, Fraction(tier.input_nano)),
        (usage.cache_hit_tokens, _hit(tier, rule, explicit=usage.explicit_cache)),
        (usage.cache_write_tokens, _write(tier, rule)),
        (usage.output_tokens, Fraction(output)),
    )
    total = Fraction(0)
    for tokens, price in parts:
        if tokens and price is None:
            return None
        total += tokens * (price or 0)
    return round(total / _PER_TOKENS)  # of a fraction, half to even


def tier_edges(facts: Iterable[AnyFact]) -> tuple[int, ...]:
    """The greatest input of each tier that another one follows."""
    tiers = (tier for fact in facts if isinstance(fact, PriceFact) for tier in fact.tiers[:-1])
    return tuple(sorted({tier.input_tokens_max for tier in tiers if tier.input_tokens_max is not None}))


def _tier(tiers: Iterable[PriceTier], input_tokens: int) -> PriceTier | None:
    return next((one for one in tiers if one.input_tokens_max is None or input_tokens <= one.input_tokens_max), None)


def _hit(tier: PriceTier, rule: CacheRuleFact | None, *, explicit: bool) -> Fraction | None:
    own = tier.cache_hit_nano
    if explicit and tier.cache_hit_explicit_nano is not None:
        own = tier.cache_hit_explicit_nano
    if own is not None:
        return Fraction(own)
    if rule is None:
        return None
    return _part(tier, rule.hit_explicit_nano_percent if explicit else rule.hit_implicit_nano_percent)


def _write(tier: PriceTier, rule: CacheRuleFact | None) -> Fraction | None:
    if tier.cache_write_nano is not None:
        return Fraction(tier.cache_write_nano)
    return None if rule is None else _part(tier, rule.write_nano_percent)


def _part(tier: PriceTier, nano_percent: int | None) -> Fraction | None:
    return None if nano_percent is None else Fraction(tier.input_nano * nano_percent, _NANO_PERCENT_WHOLE)
