"""The usages that are easy to bill wrongly, from the provider's own object to the cost at shipped prices."""

import json
from fractions import Fraction

import pytest

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import parse_instant
from routeproof.dialects.registry import dialect_named
from routeproof.usage import Usage

OFF_PEAK = parse_instant("2026-11-24T12:00:00Z")


def priced(shipped: PriceBook, family: str, model: str, region: str | None = None) -> Tariff:
    """The price of a model, off-peak."""
    sheet = shipped.sheet(family, model, region)
    tariff = sheet.at(OFF_PEAK) if sheet is not None else None
    assert tariff is not None
    return tariff


def usage_of(family: str, **members: object) -> Usage:
    """A usage object as the family's dialect reads it."""
    reading = dialect_named(family).read_usage(json.dumps(members).encode())
    assert reading.anomaly is None
    assert reading.usage is not None
    return reading.usage


def dollars(*parts: tuple[int, str]) -> int:
    """Tokens at dollars per million, summed exactly and rounded once, in nanodollars."""
    return round(sum(tokens * Fraction(price) * 1_000 for tokens, price in parts))


def test_deepseek_s_hits_are_billed_once_though_they_are_told_twice(shipped: PriceBook) -> None:
    """`cached_tokens` repeats `prompt_cache_hit_tokens`; the rest of the prompt is misses."""
    usage = usage_of(
        "deepseek",
        prompt_tokens=4_736,
        completion_tokens=2_000,
        total_tokens=6_736,
        prompt_tokens_details={"cached_tokens": 4_480},
        prompt_cache_hit_tokens=4_480,
        prompt_cache_miss_tokens=256,
    )
    cost = priced(shipped, "deepseek", "deepseek-flash").cost_nanousd(usage, False)

    assert (usage.input_tokens, usage.cache_hit_tokens) == (4_736, 4_480)
    assert cost == dollars((256, "0.15"), (4_480, "0.003"), (2_000, "0.6"))


def test_reasoning_is_billed_inside_the_completion(shipped: PriceBook) -> None:
    """800 of 1,000 tokens of output were reasoning: 1,000 are billed."""
    usage = usage_of(
        "deepseek",
        prompt_tokens=10,
        completion_tokens=1_000,
        total_tokens=1_010,
        completion_tokens_details={"reasoning_tokens": 800},
    )
    cost = priced(shipped, "deepseek", "deepseek-flash").cost_nanousd(usage, True)

    assert usage.reasoning_tokens == 800
    assert cost == dollars((10, "0.15"), (1_000, "0.6"))


def test_qwen_s_explicit_cache_bills_hits_creations_and_the_rest_apart(shipped: PriceBook) -> None:
    """1,827 = 1,486 hit + 335 created + 6, at a tenth, at five quarters, and at the price."""
    usage = usage_of(
        "qwen",
        prompt_tokens=1_827,
        completion_tokens=100,
        total_tokens=1_927,
        prompt_tokens_details={
            "cached_tokens": 1_486,
            "cache_type": "ephemeral",
            "cache_creation_input_tokens": 335,
            "cache_creation": {"ephemeral_5m_input_tokens": 335},
        },
    )
    tariff = priced(shipped, "qwen", "qwen3-max", "singapore")
    bill = tariff.itemise(usage, False)

    assert [(line.label, line.tokens) for line in bill.lines] == [
        ("input", 6),
        ("cache_hit_explicit", 1_486),
        ("cache_write", 335),
        ("output", 100),
    ]
    assert bill.cost_nanousd == dollars((6, "1.2"), (1_486, "0.12"), (335, "1.5"), (100, "6"))


def test_qwen_s_implicit_hits_cost_twice_the_explicit_ones(shipped: PriceBook) -> None:
    """Only `cache_type` tells them apart: a fifth of the price without it."""
    usage = usage_of("qwen", prompt_tokens=3_564, completion_tokens=0, prompt_tokens_details={"cached_tokens": 3_072})
    cost = priced(shipped, "qwen", "qwen3-max", "singapore").cost_nanousd(usage, False)

    assert cost == dollars((492, "1.2"), (3_072, "0.24"))


def test_an_input_that_leaves_cache_reads_out_is_billed_with_them(shipped: PriceBook) -> None:
    """Anthropic's format: 256 new tokens and 4,480 read are an input of 4,736."""
    usage = usage_of("deepseek", input_tokens=256, output_tokens=2_000, cache_read_input_tokens=4_480)
    cost = priced(shipped, "deepseek", "deepseek-flash").cost_nanousd(usage, False)

    assert (usage.input_tokens, usage.cache_hit_tokens) == (4_736, 4_480)
    assert cost == dollars((256, "0.15"), (4_480, "0.003"), (2_000, "0.6"))


@pytest.mark.parametrize(
    ("given", "prices"),
    [(31_999, ("1.2", "6")), (32_000, ("1.2", "6")), (32_001, ("2.4", "12"))],
)
@pytest.mark.parametrize("name", ["qwen3-max", "qwen3-max-2026-01-23"])
def test_qwen3_max_is_billed_by_the_documented_bound(
    shipped: PriceBook, name: str, given: int, prices: tuple[str, str]
) -> None:
    """32K is 32,000 tokens of input, and the tier bills all of the request, its output too."""
    cost = priced(shipped, "qwen", name, "singapore").cost_nanousd(Usage(given, 1_234), False)

    assert cost == dollars((given, prices[0]), (1_234, prices[1]))
