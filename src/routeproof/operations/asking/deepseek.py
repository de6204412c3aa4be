"""What DeepSeek tells of an account: its balance, in one or more currencies."""

import msgspec

from routeproof.money import parse_price
from routeproof.operations.asking.models import decoded


class Balance(msgspec.Struct, frozen=True):
    """What is left in one currency."""

    currency: str
    total_nano: int
    """In nano-units of the currency; below zero where the account owes."""


class BalanceReport(msgspec.Struct, frozen=True):
    """The whole answer of `GET /user/balance`."""

    is_available: bool
    """Whether the provider serves paid requests."""
    balances: tuple[Balance, ...]


class _Info(msgspec.Struct):
    currency: str
    total_balance: str
    """Amounts are texts here."""


class _Body(msgspec.Struct):
    is_available: bool
    balance_infos: list[_Info]
    error: msgspec.Raw | None = None


def balance_url(base_url: str) -> str:
    """Where an account's balance is, beside the API: `/v1` and `/beta` are no part of its path."""
    return base_url.removesuffix("/beta").removesuffix("/v1") + "/user/balance"


def parse_balance(body: bytes) -> BalanceReport:
    """Read the balance. Raises ValueError where it is none."""
    found = decoded(body, _Body)
    return BalanceReport(
        found.is_available, tuple(Balance(info.currency, _nano(info.total_balance)) for info in found.balance_infos)
    )


def _nano(text: str) -> int:
    return -parse_price(text[1:]) if text.startswith("-") else parse_price(text)
