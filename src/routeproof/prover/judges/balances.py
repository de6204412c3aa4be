"""What a provider says that an account has left or has used; read apart from `routeproof prices`' own reading.

- DeepSeek, API docs, "get user balance": amounts are texts with two decimals, one for each currency.
- new-api (QuantumNous/new-api, `controller/billing.go`): `total_usage` is in hundredths of a dollar, of what was used.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

import msgspec

_NANO: Final = 1_000_000_000
_DOLLAR: Final = "USD"
_DIGITS_MAX: Final = 30


class BalanceSource(msgspec.Struct, frozen=True):
    """Where a dialect tells it, and how exactly."""

    path: str
    """Below the base URL."""
    rounding_nanousd: int
    """The provider's smallest unit: a difference of two readings may be off by it for each request between them."""


SOURCES: Final[Mapping[str, BalanceSource]] = {
    "deepseek": BalanceSource("/user/balance", 10_000_000),
    "newapi": BalanceSource("/dashboard/billing/usage", 2_000),
}
"""By dialect; the others have no such address beside the chat API."""


def spent_nanousd(dialect: str, before: bytes, after: bytes) -> Fraction | None:
    """What was taken between two answers; None where one of them does not say, or says it in another currency."""
    first, second = (_left(dialect, body) for body in (before, after))
    return None if first is None or second is None else first - second


def _left(dialect: str, body: bytes) -> Fraction | None:
    """Up to a constant: what was used counts as below zero."""
    try:
        value = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if dialect == "newapi":
        used = _amount(value.get("total_usage"))
        return None if used is None else -used * _NANO / 100
    infos = value.get("balance_infos")
    for info in infos if isinstance(infos, list) else []:
        if isinstance(info, dict) and info.get("currency") == _DOLLAR:
            total = _amount(info.get("total_balance"))
            return None if total is None else total * _NANO
    return None


def _amount(value: object) -> Fraction | None:
    """A number, or a text that is one; nothing that would take for ever to write out."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return Fraction(amount) if amount.is_finite() and abs(amount.adjusted()) <= _DIGITS_MAX else None
