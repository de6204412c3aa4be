"""new-api's units: ratios, prices and quota, there and back without a digit lost."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.newapi.units import (
    NANO_PER_RATIO,
    Ratios,
    TokenPrices,
    call_price_nano,
    model_price_of,
    nanousd_of_quota,
    prices_of,
    quota_of_call,
    quota_of_nanousd,
    quota_of_usage,
    ratios_of,
)
from routeproof.usage import Usage

NANO = st.integers(1, 10**15)
SOME_NANO = st.none() | st.integers(0, 10**15)
GROUP = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)
DECIMALS = st.decimals(0, 100, places=6).map(Fraction)
FLASH = Ratios(Fraction("0.075"), Fraction(4), Fraction("0.02"))


@given(NANO, st.integers(0, 10**15), SOME_NANO, SOME_NANO, GROUP)
def test_a_price_becomes_ratios_and_the_same_price_again(
    input_nano: int, output_nano: int, hit: int | None, write: int | None, group: Fraction
) -> None:
    """Whatever the price in whole nanodollars and the group; what is not stated stays so."""
    prices = TokenPrices(
        Fraction(input_nano),
        Fraction(output_nano),
        None if hit is None else Fraction(hit),
        None if write is None else Fraction(write),
    )

    assert prices_of(ratios_of(prices, group), group) == prices


@given(DECIMALS.filter(bool), DECIMALS, DECIMALS, GROUP)
def test_ratios_become_a_price_and_the_same_ratios_again(
    model: Fraction, completion: Fraction, cache: Fraction, group: Fraction
) -> None:
    """The other way round."""
    ratios = Ratios(model, completion, cache, None)

    assert ratios_of(prices_of(ratios, group), group) == ratios


def test_the_published_ratios_of_a_model_are_its_dollars() -> None:
    """0.075 is 0.15 dollars per million tokens, four times that for output, a fiftieth for a hit."""
    prices = prices_of(FLASH, Fraction(1))

    assert (prices.input_nano, prices.output_nano) == (150_000_000, 600_000_000)
    assert (prices.cache_hit_nano, prices.cache_write_nano) == (3_000_000, None)
    assert NANO_PER_RATIO == 2_000_000_000


def test_a_price_that_no_ratio_can_state_is_an_error() -> None:
    """Everything is a multiple of the input price and of the group's ratio."""
    with pytest.raises(ValueError, match="input price is 0"):
        ratios_of(TokenPrices(Fraction(0), Fraction(1)), Fraction(1))
    with pytest.raises(ValueError, match="group ratio"):
        ratios_of(TokenPrices(Fraction(1), Fraction(1)), Fraction(0))
    assert prices_of(ratios_of(TokenPrices(Fraction(0), Fraction(0)), Fraction(1)), Fraction(1)).output_nano == 0


@given(st.integers(0, 10**12), GROUP)
def test_a_call_price_comes_back(call_nano: int, group: Fraction) -> None:
    """For models that are billed by the call."""
    assert call_price_nano(model_price_of(Fraction(call_nano), group), group) == call_nano


@given(st.integers(0, 10**12))
def test_quota_becomes_money_and_the_same_quota_again(quota: int) -> None:
    """One quota is 2,000 nanodollars; 500,000 are a dollar."""
    assert quota_of_nanousd(nanousd_of_quota(quota)) == quota
    assert nanousd_of_quota(500_000) == 1_000_000_000
    assert quota_of_nanousd(1) == Fraction(1, 2000)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), DECIMALS, DECIMALS)
def test_quota_is_the_rounded_sum_of_its_parts(
    plain: int, hit: int, write: int, output: int, model: Fraction, cache: Fraction
) -> None:
    """Against decimals rounded half up, as the gateways do it."""
    usage = Usage(plain + hit + write, output, cache_hit_tokens=hit, cache_write_tokens=write)
    ratios = Ratios(model, Fraction(3), cache, Fraction("1.25"))
    factor = Decimal(model.numerator) / Decimal(model.denominator)
    share = Decimal(cache.numerator) / Decimal(cache.denominator)
    exact = (plain + hit * share + write * Decimal("1.25") + output * 3) * factor * Decimal("1.5")
    rounded = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    free = not model or not usage.input_tokens + usage.output_tokens

    assert quota_of_usage(usage, ratios, Fraction("1.5")) == (0 if free else max(1, rounded))


@pytest.mark.parametrize(
    ("model", "input_tokens", "quota"),
    [("0.5", 5, 3), ("0.5", 4, 2), ("0.49", 5, 2), ("0.001", 1, 1), ("0", 1000, 0), ("1", 0, 0)],
)
def test_half_a_quota_counts_up_and_anything_paid_is_at_least_one(model: str, input_tokens: int, quota: int) -> None:
    """No tokens and no ratio cost nothing."""
    assert quota_of_usage(Usage(input_tokens, 0), Ratios(Fraction(model), Fraction(1)), Fraction(1)) == quota


def test_an_unknown_cache_ratio_is_not_zero() -> None:
    """What has such tokens has no known quota; what has none is not touched by it."""
    ratios = Ratios(Fraction(1), Fraction(2))

    assert quota_of_usage(Usage(10, 1, cache_hit_tokens=4), ratios, Fraction(1)) is None
    assert quota_of_usage(Usage(10, 1, cache_write_tokens=4), ratios, Fraction(1)) is None
    assert quota_of_usage(Usage(10, 1), ratios, Fraction(1)) == 12


def test_parts_that_overlap_never_make_a_negative_charge() -> None:
    """A usage whose cached tokens exceed its input is billed for those alone."""
    usage = Usage(10, 0, cache_hit_tokens=8, cache_write_tokens=8)

    assert quota_of_usage(usage, Ratios(Fraction(1), Fraction(1), Fraction(1), Fraction(1)), Fraction(1)) == 16


def test_a_call_has_its_quota() -> None:
    """A cent is 5,000."""
    assert quota_of_call(Fraction("0.01"), Fraction(1)) == 5_000
    assert quota_of_call(Fraction("0.000001"), Fraction("0.5")) == 0
