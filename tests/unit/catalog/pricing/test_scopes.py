"""The dearest of several deployment scopes."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import PriceFact
from routeproof.catalog.pricing.scopes import dearest

FactText = Callable[..., str]


@pytest.fixture
def prices(fact: FactText) -> Callable[..., list[PriceFact]]:
    """One price fact for each list of tiers, each in a scope of its own."""

    def write(*values: str) -> list[PriceFact]:
        texts = [
            fact(
                id=f'"acme/{index}"',
                subject=f'{{ family = "acme", model = "m", scope = "s{index}" }}',
                value=f"[{value}]",
            )
            for index, value in enumerate(values)
        ]
        return list(parse_facts("\n".join(texts), "prices.toml").prices)

    return write


def chosen(facts: list[PriceFact]) -> tuple[str | None, bool]:
    """The id of the price that is taken, and whether it is assumed."""
    price, assumed = dearest(facts)
    return (price.id if price else None), assumed


def test_one_price_is_taken_as_it_is(prices: Callable[..., list[PriceFact]]) -> None:
    """Nothing is assumed."""
    assert chosen(prices('{ input = "1", output = "2" }')) == ("acme/0", False)


def test_no_price_is_no_price() -> None:
    """Nothing is invented."""
    assert dearest([]) == (None, False)


@pytest.mark.parametrize(
    "dearer",
    [
        '{ input = "1.1", output = "2" }',
        '{ input = "1", output = "2.1" }',
        '{ input = "1", output = "2", output_thinking = "3" }',
    ],
)
def test_the_dearer_price_is_assumed(dearer: str, prices: Callable[..., list[PriceFact]]) -> None:
    """Wherever it stands in the file."""
    cheap = '{ input = "1", output = "2" }'

    assert chosen(prices(cheap, dearer)) == ("acme/1", True)
    assert chosen(prices(dearer, cheap)) == ("acme/0", True)


def test_equal_prices_need_no_assumption(prices: Callable[..., list[PriceFact]]) -> None:
    """The scope doesn't matter then."""
    value = '{ input = "1", output = "2" }'

    assert chosen(prices(value, value)) == ("acme/0", False)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{ input = "1", output = "2" }', '{ input = "2", output = "1" }'),
        ('{ input = "1", output = "2" }', '{ input = "2", output = "3", input_tokens_max = 9 }'),
        ('{ input = "1", output = "2", cache_hit = "1" }', '{ input = "2", output = "3" }'),
    ],
    ids=["each dearer somewhere", "other tiers", "one states a hit price"],
)
def test_without_a_dearest_there_is_no_price(first: str, second: str, prices: Callable[..., list[PriceFact]]) -> None:
    """An upper bound can't be named, so nothing is."""
    assert chosen(prices(first, second)) == (None, False)
