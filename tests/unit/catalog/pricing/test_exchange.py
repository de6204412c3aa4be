"""Currencies are converted by a dated fact alone."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import ExchangeRateFact
from routeproof.catalog.pricing.exchange import rate_between
from routeproof.clock import parse_instant

IN_FORCE = parse_instant("2026-11-24T12:00:00Z")


@pytest.fixture(scope="module")
def rates(fact: Callable[..., str]) -> tuple[ExchangeRateFact, ...]:
    """7.1 yuan for a dollar, in 2026 only."""
    text = fact("exchange_rate", effective_until='"2027-01-01T00:00:00Z"')
    return parse_facts(text, "rates.toml").exchange_rates


def test_a_fact_is_read_both_ways(rates: tuple[ExchangeRateFact, ...]) -> None:
    """Exactly, and it is named."""
    assert rate_between(rates, "USD", "CNY", IN_FORCE) == (Fraction(71, 10), rates)
    assert rate_between(rates, "CNY", "USD", IN_FORCE) == (Fraction(10, 71), rates)


def test_without_a_fact_in_force_nothing_is_converted(rates: tuple[ExchangeRateFact, ...]) -> None:
    """Neither by an old rate nor by one of other currencies."""
    assert rate_between(rates, "CNY", "USD", parse_instant("2027-01-01T00:00:00Z")) is None
    assert rate_between(rates, "CNY", "EUR", IN_FORCE) is None
    assert rate_between((), "CNY", "USD", IN_FORCE) is None


def test_a_currency_is_worth_itself() -> None:
    """Without any fact."""
    assert rate_between((), "USD", "USD", IN_FORCE) == (1, ())
