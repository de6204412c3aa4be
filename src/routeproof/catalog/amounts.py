"""Exact amounts and shares as decimals for people."""

from fractions import Fraction
from typing import Final

from routeproof.money import NANO_PER_UNIT, round_half_even_div

_PLACES_MAX: Final = 18


def exact_decimal(value: Fraction) -> str:
    """A fraction as a plain decimal, exactly, or as 'a/b' where no decimal of eighteen places is exact."""
    scaled = value * 10**_PLACES_MAX
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    return _plain(scaled.numerator, _PLACES_MAX)


def rounded_decimal(value: Fraction, places: int) -> str:
    """A fraction as a plain decimal, rounded half to even, without trailing zeros."""
    scaled = value * 10**places
    return _plain(round_half_even_div(scaled.numerator, scaled.denominator), places)


def percent(share: Fraction) -> str:
    """A share of one as percent, rounded to two places, without the sign of percent."""
    return rounded_decimal(share * 100, 2)


def units_of(nano: Fraction) -> Fraction:
    """Nano-units of a currency as units of it."""
    return nano / NANO_PER_UNIT


def _plain(scaled: int, places: int) -> str:
    whole, rest = divmod(abs(scaled), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{'-' if scaled < 0 else ''}{whole}{'.' if digits else ''}{digits}"
