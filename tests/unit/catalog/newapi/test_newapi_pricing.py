"""Price lists of new-api gateways: every digit kept, nothing invented."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.newapi.price_list import Basis, PriceList, parse_pricing


def row(**changes: Any) -> dict[str, Any]:
    """A row as the family writes it."""
    fields = {"model_name": "m", "quota_type": 0, "model_ratio": 0.5, "model_price": 0, "completion_ratio": 4}
    return {**fields, "enable_groups": ["default"], **changes}


def listed(*rows: dict[str, Any], **changes: Any) -> PriceList:
    """A list of these rows."""
    body = {"success": True, "data": list(rows), "group_ratio": {"default": 1}, **changes}
    return parse_pricing(json.dumps(body).encode())


def test_a_row_is_its_dollars_in_a_group() -> None:
    """0.5 is a dollar; the group pays half."""
    prices = listed(row(cache_ratio=0.1), group_ratio={"default": 0.5})
    (one,) = prices.rows
    ratio = prices.group_ratio("default", "m")
    assert ratio is not None
    tokens = one.token_prices(ratio)

    assert tokens is not None
    assert (tokens.input_nano, tokens.output_nano) == (500_000_000, 2_000_000_000)
    assert tokens.cache_hit_nano == 50_000_000
    assert one.sold_in("default")
    assert not one.sold_in("vip")


@given(st.decimals(0, 1000, places=12).filter(bool))
def test_numbers_keep_all_their_digits(value: Decimal) -> None:
    """They never pass through a float."""
    text = f'{{"data": [{json.dumps(row()).replace("0.5", str(value))}]}}'
    ratios = parse_pricing(text.encode()).rows[0].ratios

    assert ratios is not None
    assert ratios.model == Fraction(value)


def test_a_missing_cache_ratio_is_unknown() -> None:
    """Not 0, and not 1."""
    (one,) = listed(row()).rows
    tokens = one.token_prices(Fraction(1))

    assert tokens is not None
    assert (tokens.cache_hit_nano, tokens.cache_write_nano) == (None, None)


def test_an_expression_makes_the_ratios_worthless() -> None:
    """Though they stand there."""
    (one,) = listed(row(billing_mode="tiered_expr", billing_expr="p * 1")).rows

    assert (one.basis, one.token_prices(Fraction(1)), one.call_nano(Fraction(1))) == (Basis.EXPRESSION, None, None)


def test_a_row_by_the_call_has_no_price_by_tokens() -> None:
    """`quota_type` 1."""
    (one,) = listed(row(quota_type=1, model_price=0.01, model_ratio=0)).rows

    assert (one.basis, one.call_nano(Fraction(2)), one.token_prices(Fraction(2))) == (Basis.CALLS, 20_000_000, None)


@pytest.mark.parametrize("changes", [{"model_ratio": 0}, {"quota_type": 1, "model_price": 0}])
def test_a_zero_is_no_price(changes: dict[str, Any]) -> None:
    """Free and unpriced look the same."""
    (one,) = listed(row(**changes)).rows

    assert (one.basis, one.ratios, one.model_price) == (Basis.ZERO, None, None)


def test_a_model_may_have_a_ratio_of_its_own_in_a_group() -> None:
    """Flatkey's `group_model_ratio` goes before the group's."""
    prices = listed(row(), group_model_ratio={"default": {"m": 0.6}})

    assert prices.group_ratio("default", "m") == Fraction("0.6")
    assert prices.group_ratio("default", "other") == 1
    assert prices.group_ratio("vip", "m") is None


def test_all_groups_may_be_meant() -> None:
    """By the word `all`."""
    assert listed(row(enable_groups=["all"])).rows[0].sold_in("anything")


@pytest.mark.parametrize(
    "changes",
    [
        {"model_ratio": -1},
        {"model_ratio": "NaN"},
        {"model_ratio": "Infinity"},
        {"model_ratio": "1e999999999"},
        {"model_ratio": "1e-999999999"},
        {"model_ratio": None},
        {"completion_ratio": None},
        {"model_name": ""},
        {"model_name": "a\nb"},
        {"quota_type": 7},
        {"billing_mode": "unheard_of"},
        {"enable_groups": 5},
    ],
)
def test_a_row_that_makes_no_sense_is_told_of(changes: dict[str, Any]) -> None:
    """By its number; the other rows are read."""
    prices = listed(row(**changes), row(model_name="good"))

    assert [one.model for one in prices.rows] == ["good"]
    assert [text.partition(":")[0] for text in prices.unread] == ["row 1"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b"{}", b'{"success": false, "data": []}', b'{"error": {"message": "no"}}', b'{"data": 5}'],
)
def test_what_is_no_list_is_an_error(body: bytes) -> None:
    """Never an empty list."""
    with pytest.raises(ValueError, match="price list"):
        parse_pricing(body)


@given(st.binary(max_size=200))
def test_nothing_else_is_raised(body: bytes) -> None:
    """Whatever the bytes."""
    try:
        parse_pricing(body)
    except ValueError:
        return
