"""A gateway's listed prices as facts for review: what can be one, and why the rest can't."""

import re
from fractions import Fraction
from typing import Final

from routeproof.catalog.newapi.price_list import Basis, ListedPrice
from routeproof.catalog.newapi.units import UNVERIFIABLE_BY_RATIO, TokenPrices
from routeproof.catalog.reading.values import DECIMAL_MAX
from routeproof.clock import format_day
from routeproof.money import NANO_PER_UNIT, format_nanousd, round_half_even_div
from routeproof.operations.facts.file import Draft, toml_text

WHY_NOT: Final = {
    Basis.CALLS: "it is billed by the call, and price facts are by tokens",
    Basis.EXPRESSION: f"{UNVERIFIABLE_BY_RATIO}: an expression decides its price",
    Basis.ZERO: "its price is 0, which is either free or not set; write a fact by hand if it is free",
}
"""By what a row is billed by: why it makes no price fact."""

FACT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
"""Names of models and groups that can stand in a fact, and leave room in its id."""
_NAMES: Final = {
    "input": "input_nano",
    "output": "output_nano",
    "cache_hit": "cache_hit_nano",
    "cache_write": "cache_write_nano",
}


def price_draft(row: ListedPrice, group: str, group_ratio: Fraction | None, family: str, wall_ns: int) -> Draft | str:
    """The row's price fact for the group, or why it makes none."""
    if row.basis is not Basis.TOKENS:
        return WHY_NOT[row.basis]
    if group_ratio is None or not row.sold_in(group):
        return f"it is not sold in the group {group!r}"
    if FACT_NAME.fullmatch(row.model) is None or FACT_NAME.fullmatch(group) is None:
        return "its name or its group's can't stand in a fact"
    prices = row.token_prices(group_ratio)
    assert prices is not None
    return _draft(row.model, group, prices, family, wall_ns)


def _draft(model: str, group: str, prices: TokenPrices, family: str, wall_ns: int) -> Draft | str:
    parts: list[str] = []
    rounded: list[str] = []
    for key, field in _NAMES.items():
        exact: Fraction | None = getattr(prices, field)
        if exact is None:
            continue
        nano = round_half_even_div(exact.numerator, exact.denominator)
        if nano > DECIMAL_MAX * NANO_PER_UNIT or (exact and not nano):
            return f"its {key} price is too great or too small for a fact"
        if nano != exact:
            rounded.append(key)
        parts.append(f"{key} = {toml_text(format_nanousd(nano))}")
    note = f"group {group} of a new-api gateway's price list"
    if rounded:
        note += f"; rounded to nine decimal places: {', '.join(rounded)}"
    return Draft(
        id=f"{family}/{model}/{group}/usd/{format_day(wall_ns)}",
        kind="price",
        family=family,
        model=model,
        unit="per 1M tokens",
        value=f"[{{ {', '.join(parts)} }}]",
        more={"currency": toml_text("USD")},
        note=note,
    )
