"""What providers tell of themselves, read from their own words: models, balances, quotas, credit."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.kinds import Measure
from routeproof.operations.asking.deepseek import Balance, balance_url, parse_balance
from routeproof.operations.asking.models import ListedModel, parse_models
from routeproof.operations.asking.newapi import Credit, parse_limit, parse_used, pricing_url, website_pricing_url
from routeproof.operations.asking.qwen import ModelQuota, parse_quotas, quotas_url

READERS: list[Callable[[bytes], object]] = [parse_models, parse_balance, parse_quotas, parse_limit, parse_used]


def body(value: Any) -> bytes:
    """JSON as it comes."""
    return json.dumps(value).encode()


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("answer", [b"", b"[]", b"<html>", b"{}", b'{"error": {"message": "no"}}'])
def test_what_is_no_answer_is_an_error(read: Callable[[bytes], object], answer: bytes) -> None:
    """Also an error that comes with HTTP 200."""
    with pytest.raises(ValueError):
        read(answer)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(answer=st.binary(max_size=100))
def test_nothing_else_is_raised(read: Callable[[bytes], object], answer: bytes) -> None:
    """Whatever the bytes."""
    try:
        read(answer)
    except ValueError:
        return


def test_models_are_read_with_their_limits() -> None:
    """By name; a limit that is no whole number counts as not stated."""
    models = parse_models(
        body(
            {
                "data": [
                    {"id": "b", "context_window": "many"},
                    {"id": "a", "context_window": 1048576, "max_output_tokens": 393216, "effort": {}},
                ]
            }
        )
    )

    assert models == (ListedModel("a", 1048576, 393216), ListedModel("b"))
    assert models[0].limits() == {"context_tokens": 1048576, "output_tokens": 393216}
    assert models[1].limits() == {}


def test_a_balance_comes_in_several_currencies() -> None:
    """Its amounts are texts, and can be below zero."""
    report = parse_balance(
        body(
            {
                "is_available": False,
                "balance_infos": [
                    {"currency": "CNY", "total_balance": "110.00", "granted_balance": "10.00"},
                    {"currency": "USD", "total_balance": "-0.05"},
                ],
            }
        )
    )

    assert not report.is_available
    assert report.balances == (Balance("CNY", 110_000_000_000), Balance("USD", -50_000_000))


def test_the_balance_is_beside_the_api() -> None:
    """Whichever of its base URLs is configured."""
    for base_url in ("https://d.example", "https://d.example/v1", "https://d.example/beta"):
        assert balance_url(base_url) == "https://d.example/user/balance"


def quota(**limit: Any) -> ModelQuota:
    """One model's limits."""
    answer = {"output": {"total": 1, "quotas": [{"model": "m", "model_limit": limit or None}]}}
    (one,) = parse_quotas(body(answer)).quotas
    return one


def test_quotas_are_counted_by_the_minute() -> None:
    """Whatever period of up to a minute they are for; a month's says nothing about a minute."""
    tokens = {"usage_limit": 1000, "usage_limit_field": "total_tokens", "usage_limit_period": 60}

    assert quota(request_limit=600, request_limit_period=60, **tokens) == ModelQuota("m", 600, 1000)
    assert quota(request_limit=10, request_limit_period=1).amounts() == {Measure.REQUESTS: 600}
    assert quota(request_limit=600, request_limit_period=86_400).amounts() == {}
    assert quota(request_limit=None, request_limit_period=None).amounts() == {}
    assert quota(usage_limit=5, usage_limit_field="images", usage_limit_period=60).amounts() == {}
    assert quota().amounts() == {}


def test_quotas_are_in_the_native_api() -> None:
    """At the same host."""
    url = quotas_url("https://ws.example/compatible-mode/v1", 2)

    assert url == "https://ws.example/api/v1/quotas?page_no=2&page_size=100"


def test_credit_is_what_was_given_less_what_was_used() -> None:
    """Use comes in hundredths; a hundred million means no limit."""
    limit, used = parse_limit(body({"hard_limit_usd": 12.5})), parse_used(body({"total_usage": 250.5}))

    assert Credit(limit, used).left == Fraction("9.995")
    assert parse_limit(body({"hard_limit_usd": 100_000_000})) is None
    assert Credit(None, used).left is None


@pytest.mark.parametrize("amount", ["1e999999999", "Infinity", "NaN"])
def test_an_absurd_amount_is_refused(amount: str) -> None:
    """Before anyone writes out its digits."""
    with pytest.raises(ValueError, match="no amount of money"):
        parse_limit(body({"hard_limit_usd": amount}))


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://g.example", "https://g.example/api/pricing"),
        ("https://g.example/", "https://g.example/api/pricing"),
        ("https://g.example/v1", "https://g.example/api/pricing"),
        ("https://g.example/sub/v1", "https://g.example/sub/api/pricing"),
        ("https://g.example/api/pricing", "https://g.example/api/pricing"),
        ("https://g.example/api/website/pricing?group=plg", "https://g.example/api/website/pricing?group=plg"),
    ],
)
def test_a_site_leads_to_its_price_list(address: str, url: str) -> None:
    """An address that is one already is left as it is."""
    assert pricing_url(address) == url


@pytest.mark.parametrize(
    "address",
    [
        "ftp://g.example",
        "https://",
        "https://user:pw@g.example",
        "https://[::1",
        "https://g.example/#x",
        "https://g.example/?k=v",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    """And not repeated: they may hold a credential."""
    with pytest.raises(ValueError) as caught:
        pricing_url(address)
    assert "pw" not in str(caught.value)


def test_flatkey_has_its_list_elsewhere() -> None:
    """Beside the same API."""
    assert website_pricing_url("https://router.example/v1") == "https://router.example/api/website/pricing"
