"""How facts about money are read: prices, fees, cache rules, rates of exchange."""

from typing import Final

from routeproof.catalog.price_kinds import CacheRuleFact, ExchangeRateFact, FeeFact, Hours, PriceFact, PriceTier
from routeproof.catalog.reading.common import Common, read_subject
from routeproof.catalog.reading.fields import FactTable

PRICE_FLAGS: Final = ("list_price",)
"""What a price may say about every row priced with it."""

_CURRENCIES: Final = ("USD", "CNY")


def read_price(table: FactTable, common: Common) -> PriceFact:
    """A list of tiers, in a currency, for all hours or some."""
    tables = table.tables("value", "a list of tiers such as [{ input = '0.15', output = '0.6' }]")
    tiers = tuple(_tier(tier) for tier in tables)
    _check_bounds(table, tiers)
    return PriceFact(
        **common,
        subject=read_subject(table, needs_model=True),
        currency=table.choice("currency", _CURRENCIES),
        hours=Hours(table.choice("hours", tuple(Hours), default=Hours.ANY)),
        flag=table.optional_choice("flag", PRICE_FLAGS),
        tiers=tiers,
    )


def _tier(table: FactTable) -> PriceTier:
    tier = PriceTier(
        input_nano=table.decimal("input"),
        output_nano=table.decimal("output"),
        output_thinking_nano=table.optional_decimal("output_thinking"),
        cache_hit_nano=table.optional_decimal("cache_hit"),
        cache_hit_explicit_nano=table.optional_decimal("cache_hit_explicit"),
        cache_write_nano=table.optional_decimal("cache_write"),
        input_tokens_max=table.optional_count("input_tokens_max"),
    )
    table.close()
    return tier


def _check_bounds(table: FactTable, tiers: tuple[PriceTier, ...]) -> None:
    """Tiers must be in order, and only the last may be without a bound."""
    below = 0
    for index, tier in enumerate(tiers):
        bound = tier.input_tokens_max
        if bound is None and index < len(tiers) - 1:
            table.problem(f"value[{index}].input_tokens_max", "is missing; only the last tier may go without")
        elif bound is not None and bound <= below:
            table.problem(
                f"value[{index}].input_tokens_max",
                f"{bound} is not above the tier before it ({below}); put the tiers in order",
            )
        below = bound or below


def read_fee(table: FactTable, common: Common) -> FeeFact:
    """What is called, and the price of a thousand calls."""
    value = table.table("value", "a table such as { item = 'search', amount = '5' }")
    fact = FeeFact(
        **common,
        subject=read_subject(table, needs_model=False),
        currency=table.choice("currency", _CURRENCIES),
        item=value.name("item", "what is called"),
        per_1000_nano=value.decimal("amount"),
    )
    value.close()
    return fact


def read_cache_rule(table: FactTable, common: Common) -> CacheRuleFact:
    """The parts of the input price that hits and writes cost."""
    value = table.table("value", "a table such as { hit_implicit = '20' }")
    fact = CacheRuleFact(
        **common,
        subject=read_subject(table, needs_model=False),
        hit_implicit_nano_percent=value.optional_decimal("hit_implicit"),
        hit_explicit_nano_percent=value.optional_decimal("hit_explicit"),
        write_nano_percent=value.optional_decimal("write"),
    )
    value.close()
    return fact


def read_exchange_rate(table: FactTable, common: Common) -> ExchangeRateFact:
    """A pair of currencies, and what one unit of the first is worth in the second."""
    subject = table.table("subject", "a table such as { base = 'USD', quote = 'CNY' }")
    value = table.table("value", "a table such as { rate = '7.1' }")
    fact = ExchangeRateFact(
        **common,
        base=subject.choice("base", _CURRENCIES),
        quote=subject.choice("quote", _CURRENCIES),
        rate_nano=value.decimal("rate"),
    )
    if fact.base == fact.quote and subject.raw("quote") == fact.quote:
        subject.problem("quote", f"'{fact.quote}' is the base itself; write another currency")
    if fact.rate_nano == 0 and value.raw("rate") == "0":
        value.problem("rate", "'0' would make everything free; write what one unit of the base is worth")
    subject.close()
    value.close()
    return fact
