"""A gateway's listed price beside the list price of the provider behind it: the mark-up, line by line, exactly."""

from fractions import Fraction

import msgspec

from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.kinds import Facts
from routeproof.catalog.newapi.list_prices import (
    ListPrice,
    families_of,
    list_prices,
    list_regions,
    percent_above,
    price_pairs,
)
from routeproof.catalog.newapi.units import TokenPrices
from routeproof.clock import format_day


class ComparedLine(msgspec.Struct, frozen=True):
    """One line, in dollars per 1,000,000 tokens. None: not stated, or no share of it can be told."""

    line: str
    gateway_usd: str | None
    list_usd: str | None
    markup_percent: str | None
    """Exact: a decimal, or a fraction such as '100/3'."""


class Comparison(msgspec.Struct, frozen=True):
    """A gateway's price against one tier of the list, at one part of the day."""

    family: str
    list_model: str
    """The model that the name stands for in the provider's facts."""
    hours: str
    scope: str | None
    input_tokens_max: int | None
    list_checked_at: str
    """The day on which the list price was last checked."""
    lines: tuple[ComparedLine, ...]
    fact_ids: tuple[str, ...]


class ListQuery(msgspec.Struct, frozen=True):
    """Whose list prices are asked for, and when."""

    facts: Facts
    family: str | None
    """None: every family that knows the model's name."""
    region: str | None
    wall_ns: int


def compare_with_list(query: ListQuery, model: str, prices: TokenPrices) -> tuple[Comparison, ...]:
    """The gateway's prices against every list price in force for the model; none where no facts state one."""
    families = families_of(query.facts, model) if query.family is None else (query.family,)
    return tuple(
        _comparison(family, prices, price)
        for family in families
        for price in list_prices(query.facts, family, model, query.region, query.wall_ns)
    )


def why_not_compared(query: ListQuery, model: str) -> str:
    """Why a model has no list price, and what to do about it."""
    families = families_of(query.facts, model) if query.family is None else (query.family,)
    regions = sorted({region for each in families for region in _regions(query, each, model)})
    if regions:
        return f"its list price depends on the region; name one with --region: {', '.join(regions)}"
    return "no fact states a list price for it in dollars at this instant"


def _regions(query: ListQuery, family: str, model: str) -> tuple[str, ...]:
    return list_regions(query.facts, family, model, query.wall_ns)


def _comparison(family: str, prices: TokenPrices, price: ListPrice) -> Comparison:
    pairs = price_pairs(prices, price)
    return Comparison(
        family=family,
        list_model=price.model,
        hours=price.hours.value,
        scope=price.scope,
        input_tokens_max=price.input_tokens_max,
        list_checked_at=format_day(price.checked_at_ns),
        lines=tuple(
            ComparedLine(
                pair.line, usd(pair.gateway_nano), usd(pair.list_nano), _markup(pair.gateway_nano, pair.list_nano)
            )
            for pair in pairs
        ),
        fact_ids=tuple(dict.fromkeys(fact_id for pair in pairs for fact_id in pair.fact_ids)),
    )


def usd(nano: Fraction | None) -> str | None:
    """Nanodollars as dollars, exactly."""
    return None if nano is None else exact_decimal(units_of(nano))


def _markup(gateway: Fraction | None, listed: Fraction | None) -> str | None:
    if gateway is None or listed is None:
        return None
    percent = percent_above(gateway, listed)
    return None if percent is None else exact_decimal(percent)
