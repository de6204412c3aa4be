"""Exact fractions as text, in full and to so many places."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.amounts import exact_decimal, percent, rounded_decimal, units_of


@given(st.integers(-(10**30), 10**30), st.integers(0, 18))
def test_a_decimal_is_written_in_full(scaled: int, places: int) -> None:
    """It reads back to the last digit, without an exponent or trailing zeros."""
    value = Fraction(scaled, 10**places)
    text = exact_decimal(value)

    assert Fraction(text) == value
    assert "E" not in text
    assert "." not in text or not text.endswith(("0", "."))


def test_what_is_no_decimal_stays_a_fraction() -> None:
    """Rather than lose a digit."""
    assert exact_decimal(Fraction(1, 3)) == "1/3"
    assert exact_decimal(Fraction(1, 10**19)) == f"1/{10**19}"


@given(st.fractions(-(10**9), 10**9), st.integers(0, 12))
def test_rounding_is_half_to_even(value: Fraction, places: int) -> None:
    """As the decimal module has it, and never a negative zero."""
    exact = Decimal(round(value * 10**places)).scaleb(-places)

    assert Decimal(rounded_decimal(value, places)) == exact
    assert rounded_decimal(value, places) != "-0"


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(1), "100"), (Fraction(1, 3), "33.33"), (Fraction(35, 168), "20.83"), (Fraction(0), "0")],
)
def test_shares_are_shown_in_percent(share: Fraction, text: str) -> None:
    """To two places."""
    assert percent(share) == text


def test_nano_units_become_units() -> None:
    """A thousand millionth of them."""
    assert units_of(Fraction(150_000_000)) == Fraction(3, 20)
