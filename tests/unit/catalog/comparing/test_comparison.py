"""What a workload costs on a route, against an oracle of exact fractions and against the bills of single requests."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.tariffs import load, offers, rate, scene_of, tariff, tier, week

from routeproof.catalog.comparing.comparison import Offer, Unknown, cost_of, load_cost, offers_of, quote_of
from routeproof.catalog.comparing.week import Spread, phases_of, spans_of
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load, RequestType
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.rates import TierRates
from routeproof.clock import parse_instant
from routeproof.usage import Usage

AT_NS = parse_instant("2026-11-24T12:00:00Z")
MILLION = 1_000_000
prices = st.one_of(st.integers(0, 10**11), st.fractions(0, 10**11, max_denominator=1_000)).map(rate)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[TierRates, ...]:
    """One to three tiers, the last without a bound, with every price stated."""
    bounds: list[int | None] = [*sorted(draw(st.sets(st.integers(1, 10**5), max_size=2))), None]
    return tuple(TierRates(*(draw(prices) for _ in range(6)), bound) for bound in bounds)


@st.composite
def loads(draw: st.DrawFn) -> Load:
    """Requests of any type and size; parts never exceed their whole."""
    plain, hits, writes = draw(st.integers(1, 10**5)), draw(st.integers(0, 10**5)), draw(st.integers(0, 10**5))
    hours = [0] * HOURS_OF_WEEK
    for hour in draw(st.sets(st.integers(0, HOURS_OF_WEEK - 1), min_size=1, max_size=4)):
        hours[hour] = draw(st.integers(1, 9))
    return load(
        draw(st.integers(1, 10**6)),
        plain + hits + writes,
        draw(st.integers(0, 10**5)),
        hits_each=hits,
        writes_each=writes,
        thinking=draw(st.fractions(0, 1, max_denominator=100)),
        explicit_cache=draw(st.booleans()),
        type=draw(st.sampled_from(RequestType)),
        hours=tuple(hours),
    )


def oracle(one: Load, rates: tuple[TierRates, ...]) -> Fraction:
    """The cost of a load by the definition."""
    each = one.input_tokens / one.requests
    billed = next(row for row in rates if row.input_tokens_max is None or each <= row.input_tokens_max)
    hit, write, thinking = billed.hit_explicit if one.explicit_cache else billed.hit_implicit, billed.write, None
    thinking = billed.output_thinking or billed.output
    assert hit is not None
    assert write is not None
    parts = [
        (one.input_tokens - one.hit_tokens - one.write_tokens, billed.input),
        (one.hit_tokens, hit),
        (one.write_tokens, write),
        (one.output_tokens * (1 - one.thinking), billed.output),
        (one.output_tokens * one.thinking, thinking),
    ]
    return sum((tokens * price.nano for tokens, price in parts), Fraction(0)) / MILLION


@given(st.lists(loads(), min_size=1, max_size=5), tiers(), tiers(), st.integers(1, HOURS_OF_WEEK - 1))
def test_costs_add_up_and_equal_the_oracle(
    some: list[Load], at_peak: tuple[TierRates, ...], at_rest: tuple[TierRates, ...], peak_hours: int
) -> None:
    """Exactly: the total is the sum of the types, and each load is billed by the hours it comes at."""
    phases = week([[tariff(*at_peak, digest="peak"), tariff(*at_rest, digest="rest")]], peak_hours)
    scene, (offer,) = scene_of(some, phases), offers(phases)
    quote = quote_of(offer, scene.spreads)
    expected = Fraction(0)
    for one in some:
        share = Fraction(sum(one.hours[:peak_hours]), sum(one.hours))
        expected += share * oracle(one, at_peak) + (1 - share) * oracle(one, at_rest)

    known = [one.cost for one in quote.types if not isinstance(one.cost, Unknown)]
    assert quote.cost == sum(known) == expected
    assert [one.type for one in quote.types] == [kind for kind in RequestType if kind in {one.type for one in some}]
    assert sum(one.requests for one in quote.types) == sum(one.requests for one in some)
    assert sum(share for _, share in quote.tier_mix) == 1


@given(loads(), tiers(), st.booleans())
def test_a_load_costs_as_much_as_the_bills_of_its_requests(
    one: Load, rates: tuple[TierRates, ...], thinks: bool
) -> None:
    """The lines of one request's bill, times the requests."""
    one = load(
        one.requests,
        int(one.input_tokens / one.requests),
        int(one.output_tokens / one.requests),
        hits_each=int(one.hit_tokens / one.requests),
        writes_each=int(one.write_tokens / one.requests),
        explicit_cache=one.explicit_cache,
        thinking=int(thinks),
    )
    usage = Usage(
        int(one.input_tokens / one.requests),
        int(one.output_tokens / one.requests),
        int(one.hit_tokens / one.requests),
        int(one.write_tokens / one.requests),
        explicit_cache=one.explicit_cache,
    )
    lines = tariff(*rates).itemise(usage, thinks).lines

    assert load_cost(one, tariff(*rates)) == one.requests * sum(line.amount_nano or 0 for line in lines)


@pytest.mark.parametrize(
    ("one", "rates", "reason"),
    [
        (load(hits_each=1), tier(hit_implicit=None), "cache_hit_price_unknown"),
        (load(hits_each=1, explicit_cache=True), tier(hit_explicit=None), "cache_hit_price_unknown"),
        (load(writes_each=1), tier(write=None), "cache_write_price_unknown"),
        (load(input_each=101), tier(input_tokens_max=100), "input_over_last_tier"),
    ],
)
def test_a_missing_price_makes_type_and_total_unknown(one: Load, rates: TierRates, reason: str) -> None:
    """With the reason, never a zero; other types keep their cost."""
    phases = week([[tariff(rates)]])
    scene = scene_of([one, load(5, 50, type=RequestType.JSON)], phases)
    quote = quote_of(offers(phases)[0], scene.spreads)

    assert quote.cost == Unknown(reason)
    assert [isinstance(kind.cost, Unknown) for kind in quote.types] == [True, False]
    assert quote.per_million.all_tokens == Unknown(reason)


def test_a_price_that_is_not_needed_may_be_missing() -> None:
    """Without hits and writes their prices do not matter to the cost, and are not made up either."""
    phases = week([[tariff(tier(hit_implicit=None, write=None))]])
    quote = quote_of(offers(phases)[0], scene_of([load()], phases).spreads)

    assert not isinstance(quote.cost, Unknown)
    assert quote.per_million.cache_hit == Unknown("cache_hit_price_unknown")


def test_another_currency_counts_by_its_rate() -> None:
    """Throughout: cost and prices per million alike."""
    phases = week([[tariff()]])
    spreads = scene_of([load()], phases).spreads
    own, converted = (
        quote_of(offers_of(["r"], [factor], phases)[0], spreads) for factor in (Fraction(1), Fraction(1, 7))
    )

    assert not isinstance(own.cost, Unknown)
    assert converted.cost == own.cost / 7
    assert converted.per_million.input_miss == Fraction(1_000, 7)


def shipped_offer(book: PriceBook, model: str, family: str, region: str | None) -> tuple[Offer, tuple[Spread, ...]]:
    """A shipped model's offer over the week of the example day, and a plain load spread over it."""
    sheet = book.sheet(family, model, region)
    assert sheet is not None
    spans = spans_of(sheet, AT_NS)
    assert not isinstance(spans, int)
    phases = phases_of([spans])
    return offers_of([model], [Fraction(1)], phases)[0], scene_of([load(1, 1_000_000, 0)], phases).spreads


@pytest.mark.parametrize(
    ("input_tokens", "bound", "nano_per_token"),
    [(31_999, 32_000, 1_200), (32_000, 32_000, 1_200), (32_001, 128_000, 2_400), (128_001, 256_000, 3_000)],
)
def test_the_tiers_of_qwen3_max_bill_the_whole_request(
    shipped: PriceBook, input_tokens: int, bound: int, nano_per_token: int
) -> None:
    """Of the documented bound, the output included (at five times the input in each tier)."""
    offer, _ = shipped_offer(shipped, "qwen3-max", "qwen", "singapore")
    spreads = (Spread(load(3, input_tokens, 1_000), (Fraction(1),)),)
    quote = quote_of(offer, spreads)

    assert quote.cost == 3 * (input_tokens + 5 * 1_000) * nano_per_token
    assert quote.tier_mix == ((bound, Fraction(1)),)


def test_over_the_last_tier_of_qwen3_max_the_cost_is_unknown(shipped: PriceBook) -> None:
    """One token above it."""
    offer, _ = shipped_offer(shipped, "qwen3-max", "qwen", "singapore")

    assert cost_of(offer, [Spread(load(1, 256_001), (Fraction(1),))]) == Unknown("input_over_last_tier")


def test_deepseek_is_peak_in_thirty_five_hours_of_a_week(shipped: PriceBook) -> None:
    """Seven on each of five weekdays: requests that come alike at every hour are billed double in 35 of 168."""
    offer, spreads = shipped_offer(shipped, "deepseek-flash", "deepseek", None)
    quote = quote_of(offer, spreads)

    assert quote.peak_share == Fraction(35, 168)
    assert quote.cost == 150_000_000 * (1 + Fraction(35, 168))
    assert quote.per_million.input_miss == quote.cost


def test_prices_per_million_hold_cache_tiers_and_hours() -> None:
    """The miss, hit and output price by the tokens of each tier; all tokens by what is really paid."""
    low, high = tier(1_000, 4_000, input_tokens_max=100), tier(3_000, 9_000)
    phases = week([[tariff(low, high)]])
    some = [load(30, 100, 0, hits_each=50), load(1, 1_000, 500)]
    per_million = quote_of(offers(phases)[0], scene_of(some, phases).spreads).per_million

    assert per_million.input_miss == Fraction(3_000 * 1_000 + 1_000 * 3_000, 4_000)
    assert per_million.cache_hit == Fraction(3_000 * 200 + 1_000 * 600, 4_000)
    assert per_million.output == 9_000
    assert per_million.all_tokens == Fraction(1_500 * 1_000 + 1_500 * 200 + 1_000 * 3_000 + 500 * 9_000, 4_500)
