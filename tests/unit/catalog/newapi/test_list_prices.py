"""A provider's list prices, and a gateway's beside them."""

from collections.abc import Callable
from fractions import Fraction

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Facts
from routeproof.catalog.newapi.list_prices import families_of, list_prices, list_regions, percent_above, price_pairs
from routeproof.catalog.newapi.units import TokenPrices
from routeproof.clock import parse_instant

AT_NS = parse_instant("2026-11-18T05:00:00Z")
DOLLAR = 1_000_000_000


def test_a_price_with_peak_hours_is_two(shipped_facts: Facts) -> None:
    """One for each part of the day, whatever the hour is."""
    prices = list_prices(shipped_facts, "deepseek", "deepseek-flash", None, AT_NS)

    assert {(price.hours, price.rates.input.nano) for price in prices} == {
        ("off_peak", 150_000_000),
        ("peak", 300_000_000),
    }


def test_an_alias_has_the_prices_of_its_model(shipped_facts: Facts) -> None:
    """And a name that nobody knows has none."""
    (low, high) = list_prices(shipped_facts, "deepseek", "deepseek-chat", None, AT_NS)

    assert {low.model, high.model} == {"deepseek-flash"}
    assert list_prices(shipped_facts, "deepseek", "unheard-of", None, AT_NS) == ()


def test_a_regional_price_needs_its_region(shipped_facts: Facts) -> None:
    """Which regions there are is told."""
    assert list_prices(shipped_facts, "qwen", "qwen3-max", None, AT_NS) == ()
    regions = list_regions(shipped_facts, "qwen", "qwen3-max", AT_NS)
    assert {"singapore", "beijing"} <= set(regions)
    tiers = list_prices(shipped_facts, "qwen", "qwen3-max", "singapore", AT_NS)
    assert [price.input_tokens_max for price in tiers] == [32_000, 128_000, 256_000]
    assert list_regions(shipped_facts, "deepseek", "deepseek-flash", AT_NS) == ()


def test_families_are_found_by_a_models_name(shipped_facts: Facts) -> None:
    """Names of aliases too."""
    assert families_of(shipped_facts, "deepseek-chat") == ("deepseek",)
    assert families_of(shipped_facts, "unheard-of") == ()


def test_prices_in_another_currency_are_left_out(fact: Callable[..., str]) -> None:
    """A ratio stands for dollars."""
    facts = parse_facts(fact(currency='"CNY"'), "f")

    assert list_prices(facts, "acme", "m", None, AT_NS) == ()


def test_each_line_stands_beside_its_own(fact: Callable[..., str]) -> None:
    """Thinking output and explicit hits have lines of their own; what neither side states has none."""
    value = '[{ input = "1", output = "2", output_thinking = "4", cache_hit = "0.2", cache_hit_explicit = "0.1" }]'
    (price,) = list_prices(parse_facts(fact(value=value), "f"), "acme", "m", None, AT_NS)
    gateway = TokenPrices(Fraction(2 * DOLLAR), Fraction(2 * DOLLAR), None, None)
    pairs = {pair.line: (pair.gateway_nano, pair.list_nano) for pair in price_pairs(gateway, price)}

    assert pairs == {
        "input": (2 * DOLLAR, DOLLAR),
        "output": (2 * DOLLAR, 2 * DOLLAR),
        "output_thinking": (2 * DOLLAR, 4 * DOLLAR),
        "cache_hit": (None, DOLLAR // 5),
        "cache_hit_explicit": (None, DOLLAR // 10),
    }


def test_a_mark_up_is_exact() -> None:
    """Below the list it is negative; of nothing there is no share."""
    assert percent_above(Fraction(3), Fraction(2)) == 50
    assert percent_above(Fraction(1), Fraction(3)) == Fraction(-200, 3)
    assert percent_above(Fraction(1), Fraction(0)) is None
    assert percent_above(Fraction(0), Fraction(0)) == 0
