"""The facts that the package carries, asked as the gateway asks them."""

from collections.abc import Callable

import pytest

from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import format_instant, parse_instant
from routeproof.usage import Usage

M = 1_000_000
NOW = "2026-11-24T21:00:00Z"
Tariffs = Callable[..., Tariff | None]


@pytest.fixture
def tariff(shipped: PriceBook) -> Tariffs:
    """The shipped tariff of a model at an instant."""

    def look_up(model: str, instant: str = NOW, region: str | None = None, **more: str) -> Tariff | None:
        sheet = shipped.sheet("qwen" if model.startswith("qwen") else "deepseek", model, region, **more)
        return sheet.at(parse_instant(instant)) if sheet else None

    return look_up


def millions(tariff: Tariff | None, *, thinking: bool = False) -> tuple[int | None, int | None, int | None]:
    """Cost of a million tokens of cache hit, input and output, in millionths of a dollar."""
    assert tariff is not None
    usages = (Usage(M, 0, cache_hit_tokens=M), Usage(M, 0), Usage(0, M))
    costs = [tariff.cost_nanousd(usage, thinking) for usage in usages]
    hit, plain, output = [None if cost is None else cost // 1_000 for cost in costs]
    return hit, plain, output


DEEPSEEK = [
    ("deepseek-chat", "2026-04-01T00:00:00Z", (28_000, 280_000, 420_000)),
    ("deepseek-v4-flash", "2026-04-24T00:00:00Z", (28_000, 140_000, 280_000)),
    ("deepseek-v4-pro", "2026-04-24T00:00:00Z", (36_250, 435_000, 870_000)),
    ("deepseek-v4-flash", "2026-04-26T12:14:59.999999Z", (28_000, 140_000, 280_000)),
    ("deepseek-v4-flash", "2026-04-26T12:15:00Z", (2_800, 140_000, 280_000)),
    ("deepseek-v4-pro", "2026-04-26T12:15:00Z", (3_625, 435_000, 870_000)),
    ("deepseek-v4-flash", "2026-06-08T18:49:32Z", (2_800, 140_000, 280_000)),
    ("deepseek-v4-flash", "2026-08-10T02:00:00Z", (2_800, 140_000, 280_000)),
    ("deepseek-v4-flash", "2026-08-16T15:59:59.999999Z", (2_800, 140_000, 280_000)),
    ("deepseek-v4-flash", "2026-08-16T16:00:00Z", (7_000, 220_000, 660_000)),
    ("deepseek-v4-pro", "2026-08-16T16:00:00Z", (22_000, 660_000, 1_980_000)),
    ("deepseek-v4-flash", "2026-08-22T02:00:00Z", (14_000, 440_000, 1_320_000)),
    ("deepseek-v4-flash", "2026-08-29T02:00:00Z", (7_000, 220_000, 660_000)),
    ("deepseek-v4-flash", "2026-09-10T03:59:59.999999Z", (14_000, 440_000, 1_320_000)),
    ("deepseek-v4-flash", "2026-09-10T04:00:00Z", (3_000, 150_000, 600_000)),
    ("deepseek-flash", "2026-09-10T04:00:00Z", (3_000, 150_000, 600_000)),
    ("deepseek-flash", "2026-11-24T02:00:00Z", (6_000, 300_000, 1_200_000)),
    ("deepseek-flash", "2026-10-01T02:00:00Z", (3_000, 150_000, 600_000)),
    ("deepseek-v4-pro", "2026-11-24T09:59:59Z", (44_000, 1_320_000, 3_960_000)),
    ("deepseek-v4-pro", "2026-11-24T10:00:00Z", (22_000, 660_000, 1_980_000)),
    ("deepseek-v4-flash-vision-exp", NOW, (3_000, 150_000, 600_000)),
]


@pytest.mark.parametrize(("model", "instant", "expected"), DEEPSEEK)
def test_deepseek_s_prices_over_time(model: str, instant: str, expected: tuple[int, int, int], tariff: Tariffs) -> None:
    """Hit, miss and output at both edges of every change."""
    assert millions(tariff(model, instant)) == expected


@pytest.mark.parametrize(
    ("name", "instant", "answers"),
    [
        *(
            (name, instant, answers)
            for name in ("deepseek-chat", "deepseek-reasoner")
            for instant, answers in (
                ("2026-04-24T00:00:00Z", "deepseek-v4-flash"),
                ("2026-07-24T15:58:59.999999Z", "deepseek-v4-flash"),
                ("2026-07-24T15:59:00Z", None),
                ("2026-08-10T19:22:56.999999Z", None),
                ("2026-10-06T00:00:00Z", "deepseek-flash"),
            )
        ),
        ("deepseek-chat", "2026-08-10T19:22:57Z", "deepseek-v4-flash"),
        ("deepseek-chat", "2026-10-05T23:59:59.999999Z", "deepseek-flash"),
        ("deepseek-reasoner", "2026-10-05T23:59:59.999999Z", None),
    ],
)
def test_deepseek_s_old_names_over_time(name: str, instant: str, answers: str | None, tariff: Tariffs) -> None:
    """An alias of flash, then retired, then seen to answer again."""
    found = tariff(name, instant)

    assert (found.model if found else None) == answers


def test_deepseek_bills_hits_and_misses_apart(tariff: Tariffs) -> None:
    """4,736 tokens, of which 4,480 came from the cache, and 2,000 written, off-peak."""
    found = tariff("deepseek-flash")
    assert found is not None

    bill = found.itemise(Usage(4_736, 2_000, cache_hit_tokens=4_480, reasoning_tokens=1_500), True)

    assert bill.cost_nanousd == 256 * 150 + 4_480 * 3 + 2_000 * 600
    assert [(line.label, line.tokens) for line in bill.lines] == [
        ("input", 256),
        ("cache_hit", 4_480),
        ("output", 2_000),
    ]


def test_deepseek_s_windows_in_2027_are_flagged(tariff: Tariffs) -> None:
    """The calendar of 2027 is not among the facts."""
    found = tariff("deepseek-flash", "2027-01-04T02:00:00Z")

    assert found is not None
    assert found.flags == ("holiday_unknown",)
    assert millions(found) == (6_000, 300_000, 1_200_000)


def test_a_deepseek_tariff_holds_until_the_next_window(tariff: Tariffs) -> None:
    """From Friday after the windows over the weekend."""
    found = tariff("deepseek-flash", "2026-11-27T12:00:00Z")

    assert found is not None
    assert format_instant(found.valid_until_ns) == "2026-11-30T01:00:00.000Z"


def test_deepseek_s_yuan_are_a_list_of_their_own(tariff: Tariffs) -> None:
    """4.5 and 13.5 yuan, and no cost in dollars."""
    found = tariff("deepseek-v4-pro", NOW, currency="CNY")
    assert found is not None

    bill = found.itemise(Usage(M, M), False)

    assert [line.amount_nano for line in bill.lines] == [4_500_000_000, 13_500_000_000]
    assert (bill.cost_nanousd, bill.reason) == (None, "currency_cny")


QWEN = [
    ("qwen3.8-max", "singapore", (400_000, 2_000_000, 6_000_000)),
    ("qwen3.7-max", "singapore", (500_000, 2_500_000, 7_500_000)),
    ("qwen-max", "singapore", (320_000, 1_600_000, 6_400_000)),
    ("qwen3.8-flash", "singapore", (16_000, 150_000, 470_000)),
    ("qwen3.5-flash", "singapore", (20_000, 100_000, 400_000)),
    ("qwen3.8-max", "beijing", (330_000, 1_650_000, 4_951_000)),
    ("qwen3.8-max-prime", "beijing", (660_200, 3_301_000, 9_902_000)),
    ("qwen-max", "beijing", (69_000, 345_000, 1_377_000)),
    ("qwen3.8-max", "tokyo", (330_000, 1_650_000, 4_951_000)),
]


@pytest.mark.parametrize(("model", "region", "expected"), QWEN)
def test_qwen_s_flat_prices_by_region(model: str, region: str, expected: tuple[int, int, int], tariff: Tariffs) -> None:
    """An implicit hit costs a fifth of the input where the model states no price for it."""
    assert millions(tariff(model, region=region)) == expected


@pytest.mark.parametrize(
    ("model", "region", "input_tokens", "expected"),
    [
        ("qwen3-max", "singapore", 31_999, 31_999 * 1_200 + 6_000 * 1_000),
        ("qwen3-max", "singapore", 32_000, 32_000 * 1_200 + 6_000 * 1_000),
        ("qwen3-max", "singapore", 32_001, 32_001 * 2_400 + 12_000 * 1_000),
        ("qwen3-max", "singapore", 128_000, 128_000 * 2_400 + 12_000 * 1_000),
        ("qwen3-max", "singapore", 128_001, 128_001 * 3_000 + 15_000 * 1_000),
        ("qwen3-max", "singapore", 256_000, 256_000 * 3_000 + 15_000 * 1_000),
        ("qwen3-max", "singapore", 256_001, None),
        ("qwen3-max", "hong-kong", 32_001, 32_001 * 2_400 + 12_000 * 1_000),
        ("qwen3-max", "beijing", 32_001, 32_001 * 574 + 2_294 * 1_000),
        ("qwen3.6-max-preview", "singapore", 128_001, 128_001 * 2_000 + 12_000 * 1_000),
        ("qwen3.6-plus", "singapore", 256_001, 256_001 * 2_000 + 6_000 * 1_000),
        ("qwen3.5-plus", "singapore", 256_001, 256_001 * 500 + 3_000 * 1_000),
        ("qwen-flash", "singapore", 256_000, 256_000 * 50 + 400 * 1_000),
        ("qwen-flash", "beijing", 128_001, None),
        ("qwen3-coder-plus", "singapore", 32_001, 32_001 * 1_800 + 9_000 * 1_000),
    ],
)
def test_qwen_s_tiers_bill_the_whole_request(
    model: str, region: str, input_tokens: int, expected: int | None, tariff: Tariffs
) -> None:
    """The bound belongs to the cheaper tier; the output follows the input's tier."""
    found = tariff(model, region=region)

    assert found is not None
    assert found.cost_nanousd(Usage(input_tokens, 1_000), False) == expected


def test_qwen_plus_charges_more_for_thinking(tariff: Tariffs) -> None:
    """1.2 or 4 dollars a million, and 3.6 or 12 above 256K."""
    found = tariff("qwen-plus", region="singapore")
    assert found is not None
    short, long = Usage(0, M), Usage(256_001, M)

    costs = [found.cost_nanousd(usage, thinking) for usage in (short, long) for thinking in (False, True)]

    input_cost = 256_001 * 1_200
    assert costs == [1_200 * M, 4_000 * M, input_cost + 3_600 * M, input_cost + 12_000 * M]


def test_qwen_bills_hits_writes_and_the_rest_apart(tariff: Tariffs) -> None:
    """1,827 tokens: 1,486 from an explicit cache, 335 written to it, and 6."""
    found = tariff("qwen-plus", region="singapore")
    assert found is not None
    usage = Usage(1_827, 0, cache_hit_tokens=1_486, cache_write_tokens=335, explicit_cache=True)

    bill = found.itemise(usage, False)

    assert [(line.label, line.tokens, line.amount_nano) for line in bill.lines] == [
        ("input", 6, 6 * 400),
        ("cache_hit_explicit", 1_486, 1_486 * 40),
        ("cache_write", 335, 335 * 500),
    ]
    assert bill.cost_nanousd == 6 * 400 + 1_486 * 40 + 335 * 500


def test_qwen3_8_flash_has_cache_prices_of_its_own(tariff: Tariffs) -> None:
    """0.016 for a hit and 0.2 for a write, instead of parts of 0.15."""
    found = tariff("qwen3.8-flash", region="singapore")
    assert found is not None
    usage = Usage(2_000, 0, cache_hit_tokens=1_000, cache_write_tokens=1_000, explicit_cache=True)

    assert found.cost_nanousd(usage, False) == 1_000 * 16 + 1_000 * 200


@pytest.mark.parametrize(
    ("scope", "expected", "flags"),
    [
        (None, 2_000_000, ("scope_unknown",)),
        ("us", 2_000_000, ()),
        ("global", 1_650_000, ()),
    ],
)
def test_virginia_sells_two_scopes(scope: str | None, expected: int, flags: tuple[str, ...], tariff: Tariffs) -> None:
    """Without the workspace's scope the dearer one is assumed, and said to be."""
    found = tariff("qwen3.8-max", region="us-virginia", **({"scope": scope} if scope else {}))

    assert found is not None
    assert (millions(found)[1], found.flags) == (expected, flags)


def test_a_limited_discount_is_flagged(tariff: Tariffs) -> None:
    """The list price is billed, because the discount's end is not known."""
    found = tariff("qwen3.7-plus", region="singapore")

    assert found is not None
    assert found.flags == ("list_price",)


@pytest.mark.parametrize(
    ("model", "region", "instant"),
    [
        ("qwen-turbo", "singapore", NOW),
        ("qwen-plus", "tokyo", NOW),
        ("qwen-plus", None, NOW),
        ("qwen-plus", "singapore", "2026-09-30T23:59:59Z"),
    ],
)
def test_qwen_prices_that_were_not_found_are_unknown(
    model: str, region: str | None, instant: str, tariff: Tariffs
) -> None:
    """No model, region or time borrows the price of another."""
    assert tariff(model, instant, region) is None


def test_every_name_that_stands_for_another_has_a_price(shipped_facts: Facts, shipped: PriceBook) -> None:
    """An alias whose target is unpriced would be a slip of the pen."""
    for fact in shipped_facts.aliases:
        region = (fact.subject.regions or ("singapore",))[0]
        assert shipped.sheet(fact.subject.family, fact.subject.model or "", region) is not None, fact.id


def test_shipped_ids_are_unique_over_all_files(shipped_facts: Facts) -> None:
    """A file that is read later can't silently replace a fact of an earlier one."""
    origins = {fact.id.split("/")[0]: fact.origin for fact in shipped_facts}

    assert origins == {
        "deepseek": "deepseek.toml",
        "cn-public-holidays": "deepseek.toml",
        "qwen": "qwen.toml",
        "newapi": "newapi.toml",
    }
