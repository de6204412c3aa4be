"""The demo's second opinion on costs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.operations.demo.demo_support import STARTED_NS, prices, settings

from routeproof.catalog.pricing.price_book import Tariff
from routeproof.clock import parse_instant
from routeproof.operations.demo.prices import Tariffs, exact_ceiling, exact_cost
from routeproof.usage import Usage


def tariff(family: str, model: str, region: str | None, currency: str | None = None) -> Tariff:
    """The tariff at the demo tests' instant."""
    sheet = prices().sheet(family, model, region, currency=currency)
    assert sheet is not None
    found = sheet.at(STARTED_NS)
    assert found is not None
    return found


FLASH = tariff("deepseek", "deepseek-flash", None)
PLUS = tariff("qwen", "qwen-plus", "singapore")
YUAN = tariff("deepseek", "deepseek-flash", None, "CNY")
TARIFFS = [FLASH, PLUS, YUAN]


@pytest.mark.parametrize(
    ("priced", "usage", "thinking", "cost"),
    [
        (FLASH, Usage(7, 23), False, 7 * 150 + 23 * 600),
        (FLASH, Usage(100, 10, cache_hit_tokens=64), False, 36 * 150 + 64 * 3 + 10 * 600),
        (PLUS, Usage(7, 34, reasoning_tokens=10), True, 7 * 400 + 34 * 4000),
        # A hit costs a fifth of the input price, an explicit one a tenth, a write a quarter more than the input.
        (PLUS, Usage(93, 10, cache_hit_tokens=64), False, 29 * 400 + 64 * 80 + 10 * 1200),
        (PLUS, Usage(3000, 1, 1024, 1024, explicit_cache=True), False, 952 * 400 + 1024 * 40 + 1024 * 500 + 1200),
        # Over 256,000 tokens the dearer tier bills the whole request.
        (PLUS, Usage(256_001, 1), False, 256_001 * 1200 + 3600),
        (PLUS, Usage(1_000_001, 1), False, None),
        (YUAN, Usage(7, 23), False, None),
    ],
)
def test_costs_by_hand(priced: Tariff, usage: Usage, thinking: bool, cost: int | None) -> None:
    """Prices in nanodollars a token, as published for November 2026; yuan are not converted."""
    assert exact_cost(priced, usage, thinking=thinking) == cost


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Any usage that adds up."""
    total = draw(st.integers(0, 1_200_000))
    hits = draw(st.integers(0, total))
    writes = draw(st.integers(0, total - hits))
    output = draw(st.integers(0, 400_000))
    return Usage(total, output, hits, writes, draw(st.integers(0, output)), draw(st.booleans()))


@given(st.sampled_from(TARIFFS), usages(), st.booleans())
def test_it_agrees_with_the_gateways_arithmetic(priced: Tariff, usage: Usage, thinking: bool) -> None:
    """Two ways to the same nanodollar, unknown costs included."""
    assert exact_cost(priced, usage, thinking=thinking) == priced.cost_nanousd(usage, thinking)


@given(st.sampled_from(TARIFFS), st.integers(0, 2_000_000), st.integers(0, 400_000))
def test_the_ceilings_agree_too(priced: Tariff, request_bytes: int, max_tokens: int) -> None:
    """At any size, over the last tier too."""
    assert exact_ceiling(priced, request_bytes, max_tokens) == priced.cost_bound_nanousd(request_bytes, max_tokens)


def test_a_route_leads_to_its_tariff(tmp_path: Path) -> None:
    """By its provider's family and region and the model that answered; a provider without a family has none."""
    tariffs = Tariffs(prices(), settings(tmp_path).providers)

    assert tariffs.of("qwen/qwen-plus", STARTED_NS).digest == PLUS.digest  # type: ignore[union-attr]
    assert tariffs.of("busy/deepseek-v4-pro", STARTED_NS, answered="deepseek-flash").digest == FLASH.digest  # type: ignore[union-attr]
    assert tariffs.of("reseller/qwen-plus", STARTED_NS) is None
    assert tariffs.of("qwen/qwen-plus", parse_instant("2020-01-01T00:00:00Z")) is None
