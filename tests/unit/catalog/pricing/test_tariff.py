"""The cost of a usage, against an independent oracle of exact fractions."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.usage import Usage

PER_MILLION = Fraction(1, 1_000_000)


def rate(nano: int | Fraction) -> Rate:
    """A rate that follows from one fact."""
    return Rate(Fraction(nano), ("price",))


def tier(input_nano: int | Fraction = 1_000_000, output_nano: int | Fraction = 2_000_000, **more: Any) -> TierRates:
    """A tier that bills cached input at known prices, unless told otherwise."""
    values = {
        "input": rate(input_nano),
        "output": rate(output_nano),
        "output_thinking": None,
        "hit_implicit": rate(200_000),
        "hit_explicit": rate(100_000),
        "write": rate(1_250_000),
        "input_tokens_max": None,
    }
    return TierRates(**{**values, **more})


def tariff(*tiers: TierRates, currency: str = "USD") -> Tariff:
    """A tariff that is always valid."""
    return Tariff(
        model="m",
        currency=currency,
        tiers=tiers,
        valid_from_ns=0,
        valid_until_ns=2**62,
        digest="0123456789abcdef",
        fact_ids=("price",),
        flags=("list_price",),
    )


TIERED = tariff(
    tier(1_200, 6_000, input_tokens_max=32_000),
    tier(2_400, 12_000, input_tokens_max=128_000, output_thinking=rate(90_000)),
    tier(3_000, 15_000, input_tokens_max=256_000),
)


def oracle(tiers: tuple[TierRates, ...], usage: Usage, thinking: bool) -> int | None:
    """The cost by the definition, in fractions; None where a price is missing."""
    billed = [one for one in tiers if one.input_tokens_max is None or usage.input_tokens <= one.input_tokens_max]
    if not billed:
        return None
    rates = billed[0]
    output = rates.output_thinking if thinking and rates.output_thinking else rates.output
    hit = rates.hit_explicit if usage.explicit_cache else rates.hit_implicit
    parts = [
        (usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens, rates.input),
        (usage.cache_hit_tokens, hit),
        (usage.cache_write_tokens, rates.write),
        (usage.output_tokens, output),
    ]
    total = Fraction(0)
    for tokens, price in parts:
        if tokens and price is None:
            return None
        total += tokens * price.nano * PER_MILLION if price else 0
    return round(total)  # Python rounds fractions half to even


prices = st.one_of(st.integers(0, 10**11), st.fractions(0, 10**11, max_denominator=100_000)).map(rate)
maybe_prices = st.one_of(st.none(), prices)


@st.composite
def tier_lists(draw: st.DrawFn, maybe: st.SearchStrategy[Rate | None] = maybe_prices) -> tuple[TierRates, ...]:
    """One to three tiers, in order, the last with or without a bound."""
    bounds: list[int | None] = [*sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=3)))]
    if draw(st.booleans()):
        bounds[-1] = None
    return tuple(TierRates(draw(prices), draw(prices), *(draw(maybe) for _ in range(4)), bound) for bound in bounds)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Parts that never exceed their whole."""
    plain, hits, writes = (draw(st.integers(0, 10**6)) for _ in range(3))
    return Usage(
        input_tokens=plain + hits + writes,
        output_tokens=draw(st.integers(0, 10**6)),
        cache_hit_tokens=hits,
        cache_write_tokens=writes,
        explicit_cache=draw(st.booleans()),
    )


@given(tier_lists(), usages(), st.booleans())
def test_the_cost_equals_the_oracle(tiers: tuple[TierRates, ...], usage: Usage, thinking: bool) -> None:
    """To the last nanodollar, known or unknown, and never negative."""
    cost = tariff(*tiers).cost_nanousd(usage, thinking)

    assert cost == oracle(tiers, usage, thinking)
    assert cost is None or (type(cost) is int and cost >= 0)


@given(tier_lists(), usages(), st.booleans())
def test_the_lines_add_up_to_the_cost(tiers: tuple[TierRates, ...], usage: Usage, thinking: bool) -> None:
    """The exact sum, rounded once, is the cost; where it is unknown there is a reason, and only there."""
    bill = tariff(*tiers).itemise(usage, thinking)

    amounts = [line.amount_nano for line in bill.lines]
    if bill.cost_nanousd is None:
        assert bill.reason is not None
    else:
        assert bill.reason is None
        assert round(sum((amount for amount in amounts if amount is not None), Fraction(0))) == bill.cost_nanousd
        assert sum(line.tokens for line in bill.lines) == usage.input_tokens + usage.output_tokens


@given(tier_lists(), usages(), st.booleans(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_bound_is_never_below_a_cost(
    tiers: tuple[TierRates, ...], usage: Usage, thinking: bool, more_input: int, more_output: int
) -> None:
    """Whatever came from a cache and whether there was thinking, for at most so many tokens."""
    priced = tariff(*tiers)
    bound = priced.cost_bound_nanousd(usage.input_tokens + more_input, usage.output_tokens + more_output)
    cost = priced.cost_nanousd(usage, thinking)

    assert bound is not None
    assert cost is None or cost <= bound


@given(usages(), st.booleans(), st.sampled_from(["input", "output", "hit", "write"]))
def test_more_tokens_never_cost_less(usage: Usage, thinking: bool, part: str) -> None:
    """In one tier, whichever part grows."""
    grown = Usage(
        input_tokens=usage.input_tokens + (part != "output"),
        output_tokens=usage.output_tokens + (part == "output"),
        cache_hit_tokens=usage.cache_hit_tokens + (part == "hit"),
        cache_write_tokens=usage.cache_write_tokens + (part == "write"),
        explicit_cache=usage.explicit_cache,
    )
    priced = tariff(tier(output_thinking=rate(8_000_000)))
    before, after = priced.cost_nanousd(usage, thinking), priced.cost_nanousd(grown, thinking)

    assert before is not None
    assert after is not None
    assert before <= after


@pytest.mark.parametrize(
    ("input_tokens", "expected"),
    [
        (0, 6_000),
        (31_999, 31_999 * 12 // 10_000 + 6_000),
        (32_000, 38 + 6_000),
        (32_001, 77 + 12_000),
        (128_000, 307 + 12_000),
        (128_001, 384 + 15_000),
        (256_000, 768 + 15_000),
    ],
)
def test_the_tier_bills_the_whole_request(input_tokens: int, expected: int) -> None:
    """A bound belongs to its tier, and the output is billed at the input's tier."""
    assert TIERED.cost_nanousd(Usage(input_tokens, 1_000_000), False) == expected


def test_input_above_the_last_tier_has_no_cost() -> None:
    """No fact prices it; the bound still takes the last tier's prices."""
    usage = Usage(256_001, 0)

    assert TIERED.cost_nanousd(usage, False) is None
    assert TIERED.unknown_reason(usage) == "input_over_last_tier"
    assert TIERED.itemise(usage, False).lines == ()
    assert TIERED.cost_bound_nanousd(1_000_000, 0) is not None


@pytest.mark.parametrize(("tokens", "expected"), [(500_000, 0), (1_500_000, 2), (2_500_000, 2), (2_500_001, 3)])
def test_halves_are_rounded_to_even_once(tokens: int, expected: int) -> None:
    """At one nano per million tokens."""
    assert tariff(tier(1, 0)).cost_nanousd(Usage(tokens, 0), False) == expected


def test_rounding_happens_after_the_sum() -> None:
    """Two amounts below a half make one nanodollar."""
    assert tariff(tier(1, 1)).cost_nanousd(Usage(400_000, 400_000), False) == 1


def test_thinking_uses_its_price_where_there_is_one() -> None:
    """Else the plain output price."""
    priced = tariff(tier(0, 2_000_000, output_thinking=rate(8_000_000)))
    usage = Usage(0, 1_000_000)

    assert (priced.cost_nanousd(usage, False), priced.cost_nanousd(usage, True)) == (2_000_000, 8_000_000)
    assert tariff(tier(0, 2_000_000)).cost_nanousd(usage, True) == 2_000_000
    assert [line.label for line in priced.itemise(usage, True).lines] == ["output_thinking"]


def test_the_cache_type_decides_the_price_of_a_hit() -> None:
    """An explicit hit has another price than an implicit one."""
    priced = tariff(tier())
    implicit = Usage(1_000_000, 0, cache_hit_tokens=1_000_000)
    explicit = Usage(1_000_000, 0, cache_hit_tokens=1_000_000, explicit_cache=True)

    assert (priced.cost_nanousd(implicit, False), priced.cost_nanousd(explicit, False)) == (200_000, 100_000)


@pytest.mark.parametrize(
    ("usage", "missing", "reason"),
    [
        (Usage(10, 1, cache_hit_tokens=1), "hit_implicit", "cache_hit_price_unknown"),
        (Usage(10, 1, cache_hit_tokens=1, explicit_cache=True), "hit_explicit", "cache_hit_price_unknown"),
        (Usage(10, 1, cache_write_tokens=1), "write", "cache_write_price_unknown"),
    ],
)
def test_a_missing_price_makes_the_cost_unknown(usage: Usage, missing: str, reason: str) -> None:
    """Only where a token needs it; the line is shown without an amount."""
    priced = tariff(tier(**{missing: None}))

    bill = priced.itemise(usage, False)

    assert (bill.cost_nanousd, bill.reason) == (None, reason)
    assert [line.label for line in bill.lines if line.amount_nano is None] != []
    assert priced.cost_nanousd(Usage(10, 1), False) is not None


def test_parts_beyond_their_whole_have_no_cost() -> None:
    """A negative remainder is never billed as a credit."""
    usage = Usage(10, 0, cache_hit_tokens=8, cache_write_tokens=3)

    assert tariff(tier()).cost_nanousd(usage, False) is None
    assert tariff(tier()).unknown_reason(usage) == "parts_exceed_whole"


def test_another_currency_is_itemised_and_never_converted() -> None:
    """Amounts are exact in their own currency; there is no cost and no bound in dollars."""
    priced = tariff(tier(4_500_000_000, 13_500_000_000), currency="CNY")
    usage = Usage(1_000_000, 1_000_000)

    bill = priced.itemise(usage, False)

    assert (bill.currency, bill.cost_nanousd, bill.reason) == ("CNY", None, "currency_cny")
    assert [line.amount_nano for line in bill.lines] == [4_500_000_000, 13_500_000_000]
    assert priced.cost_nanousd(usage, False) is None
    assert priced.cost_bound_nanousd(1, 1) is None


def test_a_bill_shows_tokens_prices_amounts_and_facts() -> None:
    """Lines without tokens are left out; flags and digest are the tariff's."""
    bill = tariff(tier()).itemise(Usage(10, 5, cache_hit_tokens=4, explicit_cache=True), False)

    shown = [(line.label, line.tokens, line.unit_price_nano, line.amount_nano) for line in bill.lines]
    assert shown == [
        ("input", 6, 1_000_000, 6),
        ("cache_hit_explicit", 4, 100_000, Fraction(2, 5)),
        ("output", 5, 2_000_000, 10),
    ]
    assert {line.fact_ids for line in bill.lines} == {("price",)}
    assert (bill.flags, bill.digest) == (("list_price",), "0123456789abcdef")


def test_the_bound_stops_at_the_tiers_that_can_be_reached() -> None:
    """The dear middle tier counts only once the input can reach it."""
    assert TIERED.cost_bound_nanousd(32_000, 1_000_000) == 40_000 + 6_000
    assert TIERED.cost_bound_nanousd(32_001, 1_000_000) == 40_001 + 90_000


def test_a_tariff_shows_what_it_follows_from() -> None:
    """Its text names model, currency, digest and facts."""
    assert repr(TIERED) == "<Tariff m USD 0123456789abcdef price>"
