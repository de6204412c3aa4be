"""`prover/judges/balances.py`: what was taken from an account between two readings."""

from fractions import Fraction

import pytest

from routeproof.prover.judges.balances import spent_nanousd


def balance(total: str, currency: str = "USD") -> bytes:
    """DeepSeek's answer, a balance in yuan first."""
    other = b'{"currency":"CNY","total_balance":"7.00"}'
    return b'{"is_available":true,"balance_infos":[%b,{"currency":"%b","total_balance":"%b"}]}' % (
        other,
        currency.encode(),
        total.encode(),
    )


def used(cents: str) -> bytes:
    """A new-api gateway's answer."""
    return b'{"object":"list","total_usage":%b}' % cents.encode()


def test_a_balance_goes_down_by_what_is_taken() -> None:
    """In dollars, whatever else the account holds."""
    assert spent_nanousd("deepseek", balance("10.00"), balance("9.98")) == 20_000_000


def test_what_was_used_goes_up_by_it() -> None:
    """In hundredths, with as many digits as the gateway writes."""
    assert spent_nanousd("newapi", used("0"), used("0.0042")) == Fraction(42_000)


def test_owing_is_a_balance_below_zero() -> None:
    """So a difference across zero is right."""
    assert spent_nanousd("deepseek", balance("0.01"), balance("-0.02")) == 30_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        balance("9.00", "EUR"),
        balance("many"),
        balance("1e99999999"),
        balance("NaN"),
        b'{"balance_infos":[{"currency":"USD","total_balance":true}]}',
        b'{"balance_infos":7}',
    ],
)
def test_what_does_not_say_a_balance_in_dollars_says_nothing(body: bytes) -> None:
    """On either side."""
    assert spent_nanousd("deepseek", body, balance("1.00")) is None
    assert spent_nanousd("deepseek", balance("1.00"), body) is None
    assert spent_nanousd("newapi", body, used("1")) is None
