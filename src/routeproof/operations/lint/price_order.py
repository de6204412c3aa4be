"""Whether it depends on the request which of two routes is cheaper: by kind of token, by hour, or by size."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import msgspec

from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.comparing.week import phases_of
from routeproof.catalog.pricing.rates import TierRates, tier_for
from routeproof.operations.prices.candidates import Candidate, bounds_of

_PARTS: Final = (
    ("input", "input"),
    ("cache hits", "hit_implicit"),
    ("output", "output"),
    ("thinking output", "output_thinking"),
)


class Aspect(msgspec.Struct, frozen=True):
    """One kind of token at one time, and what both routes ask for it, in nano-units per 1,000,000 tokens."""

    part: str
    """With the hours and the size of the input, where these matter."""
    first_nano: Fraction
    second_nano: Fraction

    def told(self, cheaper: str, currency: str) -> str:
        """What the cheaper of the two routes is cheaper by."""
        low, high = sorted((self.first_nano, self.second_nano))
        figures = f"{exact_decimal(units_of(low))} against {exact_decimal(units_of(high))} {currency} per 1M"
        return f"{cheaper} is cheaper for {self.part} ({figures})"


def opposite_orders(first: Candidate, second: Candidate) -> tuple[Aspect, Aspect] | None:
    """Something that the first route is cheaper for, and something that the second is; None where one never is.

    Both must be priced for the same week, in one currency; else nothing can be said, and that is None too.
    """
    if not first.spans or not second.spans or first.currency != second.currency:
        return None
    aspects = tuple(_aspects(first, second))
    lower = next((aspect for aspect in aspects if aspect.first_nano < aspect.second_nano), None)
    higher = next((aspect for aspect in aspects if aspect.first_nano > aspect.second_nano), None)
    return None if lower is None or higher is None else (lower, higher)


def nano_by_part(tier: TierRates) -> dict[str, Fraction | None]:
    """A tier's prices by the word for what they are for; None where none is stated."""
    rates = {part: getattr(tier, field) for part, field in _PARTS}
    rates["thinking output"] = rates["thinking output"] or tier.output
    return {part: None if rate is None else rate.nano for part, rate in rates.items()}


def _aspects(first: Candidate, second: Candidate) -> Iterator[Aspect]:
    phases = phases_of([first.spans, second.spans])
    by_hour = len({phase.peak for phase in phases}) > 1
    bounds = bounds_of((first, second))
    sizes = (*bounds, bounds[-1] + 1) if bounds else (1,)
    for phase in phases:
        hours = f" at {'peak' if phase.peak else 'other'} hours" if by_hour else ""
        for size in sizes:
            tiers = [tier_for(tariff.tiers, Fraction(size)) for tariff in phase.tariffs]
            label = f"{hours} in requests of {size} input tokens" if bounds else hours
            yield from _of_tiers(tiers[0], tiers[1], label)


def _of_tiers(first: TierRates | None, second: TierRates | None, label: str) -> Iterator[Aspect]:
    """A route that takes no request of that size, or states no such price, is not compared by it."""
    if first is None or second is None:
        return
    others = nano_by_part(second)
    for part, nano in nano_by_part(first).items():
        other = others[part]
        if nano is not None and other is not None:
            yield Aspect(f"{part}{label}", nano, other)
