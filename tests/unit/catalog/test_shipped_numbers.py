"""Every number that was read at a provider is among the shipped facts: a list made by hand, apart from the data."""

import pytest

from routeproof.catalog.kinds import AnyFact, Facts, FeeFact, PeakWindowsFact, PriceFact, PriceTier
from routeproof.clock import parse_instant
from routeproof.money import format_nanousd

DEEPSEEK_PRICES = [
    ("V3.2, chat", "deepseek-chat/usd/2025-12-01", "0.028 0.28 0.42"),
    ("V3.2, reasoner", "deepseek-reasoner/usd/2025-12-01", "0.028 0.28 0.42"),
    ("flash, April", "deepseek-v4-flash/usd/2026-04-24", "0.028 0.14 0.28"),
    ("flash, hits cut; an article of July", "deepseek-v4-flash/usd/2026-04-26", "0.0028 0.14 0.28"),
    ("flash, August", "deepseek-v4-flash/usd/2026-08-16/off-peak", "0.007 0.22 0.66"),
    ("flash, August, twice that", "deepseek-v4-flash/usd/2026-08-16/peak", "0.014 0.44 1.32"),
    ("flash, now", "deepseek-flash/usd/2026-09-10/off-peak", "0.003 0.15 0.6"),
    ("flash, now", "deepseek-flash/usd/2026-09-10/peak", "0.006 0.3 1.2"),
    ("flash, yuan", "deepseek-flash/cny/2026-09-10/off-peak", "0.02 1 4"),
    ("flash, yuan", "deepseek-flash/cny/2026-09-10/peak", "0.04 2 8"),
    ("pro, list price", "claim/v4-pro/list", "0.145 1.74 3.48"),
    ("pro, April, a quarter of that", "deepseek-v4-pro/usd/2026-04-24", "0.03625 0.435 0.87"),
    ("pro, hits cut; an article of July", "deepseek-v4-pro/usd/2026-04-26", "0.003625 0.435 0.87"),
    ("pro, August and now", "deepseek-v4-pro/usd/2026-08-16/off-peak", "0.022 0.66 1.98"),
    ("pro, August and now", "deepseek-v4-pro/usd/2026-08-16/peak", "0.044 1.32 3.96"),
    ("pro, yuan", "deepseek-v4-pro/cny/2026-09-10/off-peak", "0.15 4.5 13.5"),
    ("pro, yuan", "deepseek-v4-pro/cny/2026-09-10/peak", "0.3 9 27"),
    ("litellm, peak at all hours", "claim/litellm/deepseek-flash", "0.006 0.3 1.2"),
    ("litellm, peak at all hours", "claim/litellm/v4-pro", "0.044 1.32 3.96"),
    ("litellm, V3.2 still", "claim/litellm/deepseek-chat", "0.028 0.28 0.42"),
    ("models.dev, July still", "claim/models.dev/v4-flash", "- 0.14 0.28"),
    ("genai-prices, July still", "claim/genai-prices/v4-flash", "- 0.14 0.28"),
]
"""What, fact, and cache hit, input and output."""

QWEN3_MAX = "<=32000 1.2 6, <=128000 2.4 12, <=256000 3 15"
QWEN3_MAX_BEIJING = "<=32000 0.359 1.434, <=128000 0.574 2.294, <=256000 1.004 4.014"
QWEN_PRICES = [
    ("qwen3.8-max-0902/singapore/usd", "2 6"),
    ("qwen3.7-max-2026-05-20/singapore/usd", "2.5 7.5"),
    ("qwen3.6-max-preview/singapore/usd", "<=128000 1.3 7.8, <=256000 2 12"),
    ("qwen3-max-2026-01-23/singapore/usd", QWEN3_MAX),
    ("qwen-max/singapore/usd", "1.6 6.4"),
    ("qwen3.7-plus/singapore/usd", "<=256000 0.4 1.6, <=1000000 1.2 4.8"),
    ("qwen3.6-plus-2026-04-02/singapore/usd", "<=256000 0.5 3, <=1000000 2 6"),
    ("qwen3.5-plus-2026-02-15/singapore/usd", "<=256000 0.4 2.4, <=1000000 0.5 3"),
    ("qwen-plus-2025-12-01/singapore/usd", "<=256000 0.4 1.2 thinking 4, <=1000000 1.2 3.6 thinking 12"),
    ("qwen-flash/singapore/usd", "<=256000 0.05 0.4, <=1000000 0.25 2"),
    ("qwen3.8-flash/singapore/usd", "0.15 0.47 hit 0.016 write 0.2"),
    ("qwen3.5-flash/singapore/usd", "0.1 0.4"),
    ("qwen3-coder-plus/singapore/usd", "<=32000 1 5, <=128000 1.8 9, <=256000 3 15, <=1000000 6 60"),
    ("qwen3.8-max-0902/beijing/usd", "1.65 4.951"),
    ("qwen3.7-max-2026-05-20/beijing/usd", "1.65 4.951"),
    ("qwen3.8-max-prime/beijing/usd", "3.301 9.902"),
    ("qwen3-max-2026-01-23/beijing/usd", QWEN3_MAX_BEIJING),
    ("qwen3-max-2026-01-23/beijing/cny", "<=32000 2.5 10, <=128000 4 16, <=256000 7 28"),
    (
        "qwen-plus/beijing/usd",
        "<=128000 0.115 0.287 thinking 1.147, <=256000 0.345 2.868 thinking 3.441, "
        "<=1000000 0.689 6.881 thinking 9.175",
    ),
    ("qwen-max/beijing/usd", "0.345 1.377"),
    ("qwen-flash/beijing/usd", "<=128000 0.022 0.216"),
    ("qwen3-max-2026-01-23/hong-kong/usd", QWEN3_MAX),
    ("qwen3.8-max-0902/global/usd", "1.65 4.951"),
    ("qwen3.8-max-0902/us/usd", "2 6"),
]
"""Fact, and for each tier its bound, input and output; K is 1,000 and the bound belongs to the tier."""

WINDOWS = [
    ("deepseek/deepseek-chat/usd/2025-12-01", None, "2026-04-24T00:00:00Z"),
    ("deepseek/deepseek-v4-flash/usd/2026-04-24", "2026-04-24T00:00:00Z", "2026-04-26T12:15:00Z"),
    ("deepseek/deepseek-v4-flash/usd/2026-04-26", "2026-04-26T12:15:00Z", "2026-08-16T16:00:00Z"),
    ("deepseek/deepseek-v4-flash/usd/2026-08-16/peak", "2026-08-16T16:00:00Z", "2026-09-10T04:00:00Z"),
    ("deepseek/deepseek-flash/usd/2026-09-10/off-peak", "2026-09-10T04:00:00Z", None),
    ("deepseek/deepseek-v4-pro/usd/2026-08-16/off-peak", "2026-08-16T16:00:00Z", None),
    ("deepseek/deepseek-v4-pro/cny/2026-09-10/peak", "2026-09-10T04:00:00Z", None),
    ("deepseek/peak-windows/2026-08-16", "2026-08-16T16:00:00Z", "2026-08-22T16:00:00Z"),
    ("deepseek/peak-windows/2026-08-22", "2026-08-22T16:00:00Z", None),
    ("deepseek/deepseek-chat/alias/2026-04-24", "2026-04-24T00:00:00Z", "2026-07-24T15:59:00Z"),
    ("deepseek/deepseek-chat/alias/2026-07-24", "2026-07-24T15:59:00Z", "2026-07-25T00:00:00Z"),
    ("deepseek/deepseek-chat/alias/2026-07-25", "2026-07-25T00:00:00Z", "2026-08-10T19:22:57Z"),
    ("deepseek/deepseek-chat/alias/2026-08-10", "2026-08-10T19:22:57Z", "2026-10-06T00:00:00Z"),
    ("deepseek/deepseek-chat/alias/2026-10-06", "2026-10-06T00:00:00Z", None),
    ("deepseek/deepseek-reasoner/alias/2026-04-24", "2026-04-24T00:00:00Z", "2026-07-24T15:59:00Z"),
    ("deepseek/deepseek-reasoner/alias/2026-07-24", "2026-07-24T15:59:00Z", "2026-10-06T00:00:00Z"),
    ("deepseek/deepseek-v4-flash/alias/2026-09-10", "2026-09-10T04:00:00Z", None),
    ("deepseek/endpoint/responses/flash", "2026-07-31T00:00:00Z", "2026-09-10T04:00:00Z"),
    ("deepseek/endpoint/responses/v4-pro", "2026-08-13T00:00:00Z", None),
    ("deepseek/search/cny/2026-11", "2026-10-31T16:00:00Z", None),
]
"""Fact, start and end; a start that is not known is None here."""

AMOUNTS = [
    ("deepseek/limit/context_tokens", "amount", 1_048_576),
    ("deepseek/limit/usable_context_tokens", "amount", 1_048_565),
    ("deepseek/limit/output_tokens", "amount", 393_216),
    ("deepseek/limit/fim_output_tokens", "amount", 4_096),
    ("deepseek/limit/tools", "amount", 128),
    ("deepseek/limit/stop_strings", "amount", 16),
    ("deepseek/limit/choices", "amount", 1),
    ("deepseek/limit/user_id_bytes", "amount", 512),
    ("deepseek/limit/start_wait_s", "amount", 600),
    ("deepseek/limit/cache_hit_tokens_min", "amount", 64),
    ("deepseek/deepseek-flash/concurrency", "amount_max", 2_500),
    ("deepseek/deepseek-v4-pro/concurrency", "amount_max", 500),
    ("deepseek/deepseek-flash/concurrency", "falls_with_balance", True),
    ("deepseek/endpoint/completions", "status", 400),
    ("deepseek/endpoint/embeddings", "status", 404),
    ("deepseek/control/reasoning_content/with-tools/v4-pro", "status", 400),
    ("deepseek/control/body/malformed", "status", 422),
    ("deepseek/control/body/malformed/400", "status", 400),
    ("deepseek/cache-writes", "write_nano_percent", 100 * 10**9),
    ("qwen/cache", "hit_implicit_nano_percent", 20 * 10**9),
    ("qwen/cache", "hit_explicit_nano_percent", 10 * 10**9),
    ("qwen/cache", "write_nano_percent", 125 * 10**9),
    ("qwen/limit/cache_tokens_min", "amount", 1_024),
    ("qwen/limit/cache_lifetime_s", "amount", 300),
    ("qwen/limit/cache_markers", "amount", 4),
    ("qwen/limit/choices", "amount", 4),
    ("qwen/limit/whole_reply_s", "amount", 300),
    ("qwen/concurrency/requests", "also_per_second", True),
    ("qwen/concurrency/tokens", "recovers_s", 60),
    ("qwen/control/temperature", "bounds", "[0, 2)"),
    ("qwen/control/top_p", "bounds", "(0, 1]"),
    ("qwen/control/n", "bounds", "[1, 4]"),
    ("qwen/control/presence_penalty", "bounds", "[-2, 2]"),
]
NOTES = [
    ("deepseek/deepseek-v4-pro/usd/2026-04-24", "75 %"),
    ("deepseek/deepseek-v4-flash/usd/2026-04-26", "checked 2026-07-05"),
    ("deepseek/deepseek-v4-pro/usd/2026-04-26", "checked 2026-07-05"),
    ("deepseek/limit/cache_hit_tokens_min", "64 or 128"),
    ("deepseek/deepseek-flash/concurrency", "a limit of 39"),
    ("qwen/endpoint/batches", "50 %"),
    ("qwen/qwen3.7-plus/singapore/usd/2026-10", "20 %"),
    ("newapi/endpoint/pricing", "500,000 quota"),
    ("newapi/endpoint/pricing", "2 USD per 1M tokens"),
]
HOURS = [
    ("deepseek/peak-windows/2026-08-16", (1, 2, 3, 4, 5, 6, 7), ((3_600, 14_400), (21_600, 36_000))),
    ("deepseek/peak-windows/2026-08-22", (1, 2, 3, 4, 5), ((3_600, 14_400), (21_600, 36_000))),
    ("deepseek/claim/night-discount", (1, 2, 3, 4, 5, 6, 7), ((1_800, 59_400),)),
    ("qwen/night-discount", (1, 2, 3, 4, 5, 6, 7), ((0, 50_400),)),
]
"""Fact, weekdays and windows in seconds of the UTC day; a night discount is what is outside them."""


@pytest.fixture(scope="session")
def by_id(shipped_facts: Facts) -> dict[str, AnyFact]:
    """Every shipped fact under its id."""
    return {fact.id: fact for fact in shipped_facts}


@pytest.mark.parametrize(("what", "name", "expected"), DEEPSEEK_PRICES)
def test_deepseek_s_prices(what: str, name: str, expected: str, by_id: dict[str, AnyFact]) -> None:
    """Cache hit, input and output of each period, in dollars and in yuan."""
    price = by_id[f"deepseek/{name}"]
    assert isinstance(price, PriceFact)
    (tier,) = price.tiers

    assert [_decimal(tier.cache_hit_nano), _decimal(tier.input_nano), _decimal(tier.output_nano)] == expected.split()


@pytest.mark.parametrize(("name", "expected"), QWEN_PRICES)
def test_qwen_s_prices(name: str, expected: str, by_id: dict[str, AnyFact]) -> None:
    """Every tier with its bound."""
    price = by_id[f"qwen/{name}/2026-10"]
    assert isinstance(price, PriceFact)

    assert ", ".join(_told(tier) for tier in price.tiers) == expected


def test_the_bound_that_others_have_wrong(by_id: dict[str, AnyFact]) -> None:
    """252,000 instead of 256,000."""
    claim = by_id["qwen/claim/litellm/qwen3-max"]
    assert isinstance(claim, PriceFact)

    assert [tier.input_tokens_max for tier in claim.tiers] == [32_000, 128_000, 252_000]


@pytest.mark.parametrize(("fact_id", "begins", "ends"), WINDOWS)
def test_windows(fact_id: str, begins: str | None, ends: str | None, by_id: dict[str, AnyFact]) -> None:
    """Prices, peak hours and aliases change at the instants that were announced or seen."""
    fact = by_id[fact_id]

    assert begins is None or fact.effective_from_ns == parse_instant(begins)
    assert fact.effective_until_ns == (None if ends is None else parse_instant(ends))


@pytest.mark.parametrize(("fact_id", "field", "expected"), AMOUNTS)
def test_limits_and_rules(fact_id: str, field: str, expected: object, by_id: dict[str, AnyFact]) -> None:
    """Tokens, counts, seconds, bytes, percent, statuses and intervals."""
    assert getattr(by_id[fact_id], field) == expected


@pytest.mark.parametrize(("fact_id", "weekdays", "windows"), HOURS)
def test_hours(
    fact_id: str, weekdays: tuple[int, ...], windows: tuple[tuple[int, int], ...], by_id: dict[str, AnyFact]
) -> None:
    """The peak hours, and what is outside the night discounts."""
    fact = by_id[fact_id]
    assert isinstance(fact, PeakWindowsFact)

    assert (fact.weekdays, fact.windows_s, fact.zone) == (weekdays, windows, "Asia/Shanghai")


@pytest.mark.parametrize(("fact_id", "words"), NOTES)
def test_numbers_that_no_kind_has_a_place_for_are_in_notes(fact_id: str, words: str, by_id: dict[str, AnyFact]) -> None:
    """Beside the fact that they explain."""
    assert words in by_id[fact_id].note


@pytest.mark.parametrize("item", ["search", "fetch"])
def test_deepseek_s_fees(item: str, by_id: dict[str, AnyFact]) -> None:
    """Five yuan for a thousand calls."""
    fee = by_id[f"deepseek/{item}/cny/2026-11"]
    assert isinstance(fee, FeeFact)

    assert (fee.item, fee.currency, _decimal(fee.per_1000_nano)) == (item, "CNY", "5")


def _told(tier: PriceTier) -> str:
    words = [] if tier.input_tokens_max is None else [f"<={tier.input_tokens_max}"]
    words += [_decimal(tier.input_nano), _decimal(tier.output_nano)]
    for label, nano in (
        ("thinking", tier.output_thinking_nano),
        ("hit", tier.cache_hit_nano),
        ("write", tier.cache_write_nano),
    ):
        words += [] if nano is None else [label, _decimal(nano)]
    return " ".join(words)


def _decimal(nano: int | None) -> str:
    return "-" if nano is None else format_nanousd(nano)
