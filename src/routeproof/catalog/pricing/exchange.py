"""What one currency is worth in another: only by a dated fact, never by the ratio of two price lists."""

from collections.abc import Iterable
from fractions import Fraction

from routeproof.catalog.kinds import ExchangeRateFact
from routeproof.money import NANO_PER_UNIT


def rate_between(
    rates: Iterable[ExchangeRateFact], base: str, quote: str, wall_ns: int
) -> tuple[Fraction, tuple[ExchangeRateFact, ...]] | None:
    """Units of `quote` for one of `base` at an instant, and the fact that says so; None where none does.

    A fact is read both ways. A currency is worth itself without one.
    """
    if base == quote:
        return Fraction(1), ()
    for fact in rates:
        if not fact.in_force(wall_ns):
            continue
        if (fact.base, fact.quote) == (base, quote):
            return Fraction(fact.rate_nano, NANO_PER_UNIT), (fact,)
        if (fact.base, fact.quote) == (quote, base):
            return Fraction(NANO_PER_UNIT, fact.rate_nano), (fact,)
    return None
