"""Single values of a facts file: dates, decimals, intervals, and how an error shows what it found."""

import re
from datetime import date, datetime
from typing import Final

from routeproof.money import NANO_PER_UNIT, parse_price

DECIMAL_MAX: Final = 1_000_000
_DECIMAL_CHARS_MAX: Final = 20
_SHOWN_CHARS_MAX: Final = 60
_NUMBER: Final = r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?"
_INTERVAL: Final = re.compile(rf"[\[(]({_NUMBER}), ({_NUMBER})[\])]")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")


def as_date(value: object) -> date | None:
    """A date from TOML's own or from its text; None where it is none."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def as_decimal(value: object) -> int | None:
    """A plain decimal in quotes, from zero to a million, in nano-units; None where it is none."""
    if not isinstance(value, str) or len(value) > _DECIMAL_CHARS_MAX:
        return None
    try:
        nano = parse_price(value)
    except ValueError:
        return None
    return nano if nano <= DECIMAL_MAX * NANO_PER_UNIT else None


def is_negative(value: object) -> bool:
    """Whether it is a number below zero, in quotes or not."""
    if isinstance(value, str):
        return re.fullmatch(r"-[0-9]+(\.[0-9]+)?", value) is not None
    return isinstance(value, int | float) and value < 0


def is_interval(text: str) -> bool:
    """Whether it is an interval of numbers such as `[0, 2)`, its ends in order."""
    match = _INTERVAL.fullmatch(text)
    return match is not None and _nano(match[1]) <= _nano(match[2])


def is_host(text: str, placeholder: str | None = None) -> bool:
    """Whether it is a host name, with the placeholder once where there is one."""
    if placeholder is None:
        return _HOST.fullmatch(text) is not None
    return text.count(placeholder) == 1 and is_host(text.replace(placeholder, "x"))


def shown(value: object) -> str:
    """A value as an error shows it: on one line, cut to a readable length."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN_CHARS_MAX else text[: _SHOWN_CHARS_MAX - 3] + "..."


def _nano(text: str) -> int:
    return -parse_price(text[1:]) if text.startswith("-") else parse_price(text)
