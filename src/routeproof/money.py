"""Money as integers of nanodollars (1e-9 USD), with the one rounding rule of the project."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

NANO_PER_UNIT = 1_000_000_000
TOKENS_PER_PRICE_UNIT = 1_000_000


def round_half_even_div(numerator: int, denominator: int) -> int:
    """Divide two integers (denominator > 0) and round the quotient half to even, exactly."""
    quotient, remainder = divmod(numerator, denominator)
    twice = remainder * 2
    if twice > denominator or (twice == denominator and quotient & 1):
        quotient += 1
    return quotient


def parse_price(text: str) -> int:
    """Read a decimal price per 1,000,000 tokens as integer nano-units of its currency per 1,000,000 tokens.

    Raises ValueError for anything but a plain, non-negative decimal with at most nine decimal places:
    no sign, exponent, grouping, NaN or infinity, because a price list is copied by people.
    """
    whole, _, fraction = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or ("." in text and not (fraction.isascii() and fraction.isdigit())):
        raise ValueError(f"{text!r} is not a plain decimal such as '0.15'")
    if len(fraction) > 9:
        raise ValueError(f"{text!r} has more than nine decimal places")
    try:
        return int(Decimal(text).scaleb(9))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a plain decimal such as '0.15'") from error


def format_nanousd(amount_nanousd: int) -> str:
    """Write nanodollars as a decimal of dollars, exactly, without trailing zeros ('0.00000615')."""
    sign = "-" if amount_nanousd < 0 else ""
    whole, nano = divmod(abs(amount_nanousd), NANO_PER_UNIT)
    fraction = f"{nano:09d}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def nano_to_fraction(amount: int) -> Fraction:
    """Nano-units as an exact fraction of the unit, for oracles and reports."""
    return Fraction(amount, NANO_PER_UNIT)
