"""Facts against what providers tell: each point of disagreement, and the neighbours that are none."""

import json
from fractions import Fraction
from typing import Any

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.newapi.price_list import parse_pricing
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.operations.asking.deepseek import Balance, BalanceReport
from routeproof.operations.asking.disagreements import (
    Disagreement,
    Point,
    View,
    balance_disagreements,
    credit_disagreements,
    limit_disagreements,
    model_disagreements,
    price_disagreements,
    quota_disagreements,
    unverifiable_rows,
)
from routeproof.operations.asking.models import ListedModel
from routeproof.operations.asking.newapi import Credit
from routeproof.operations.asking.qwen import ModelQuota

DOLLAR = 1_000_000_000
FACTS = load_facts()


def view(at: str = "2026-11-18T05:00:00Z", family: str = "deepseek", region: str | None = None) -> View:
    """The shipped facts of a family."""
    return View(FACTS, family, region, parse_instant(at))


def points(found: Any) -> list[tuple[str, str]]:
    """Codes and subjects."""
    return [(point.code.value, point.subject) for point in found]


def models(*names: str) -> tuple[ListedModel, ...]:
    """A provider's list."""
    return tuple(map(ListedModel, names))


def test_a_list_that_has_what_the_facts_have_agrees() -> None:
    """A model is there under its own name or under one that stands for it."""
    assert points(model_disagreements(view(), models("deepseek-flash", "deepseek-v4-pro"))) == []
    assert points(model_disagreements(view(), models("deepseek-v4-flash", "deepseek-v4-pro"))) == []


def test_a_priced_model_that_is_not_listed_is_found() -> None:
    """With the facts that price it."""
    (point,) = model_disagreements(view(), models("deepseek-v4-pro"))

    assert (point.code, point.subject, point.told) == (Point.NOT_LISTED, "deepseek-flash", None)
    assert any("deepseek-flash" in fact_id for fact_id in point.fact_ids)


def test_a_listed_model_without_facts_is_found() -> None:
    """It would be priced as unknown."""
    found = model_disagreements(view(), models("deepseek-flash", "deepseek-v4-pro", "deepseek-v5"))

    assert points(found) == [("listed_without_facts", "deepseek-v5")]


def test_a_retired_alias_that_is_listed_is_found() -> None:
    """On the day of its retirement, and not after it came back."""
    names = models("deepseek-v4-flash", "deepseek-v4-pro", "deepseek-chat")

    assert points(model_disagreements(view("2026-07-25T00:00:00Z"), names)) == [
        ("alias_state_differs", "deepseek-chat")
    ]
    assert points(model_disagreements(view("2026-10-07T00:00:00Z"), names)) == []


def test_a_limit_that_differs_is_found_with_both_amounts() -> None:
    """What the provider doesn't state is no disagreement."""
    listed = (ListedModel("deepseek-flash", 131_072, 393_216), ListedModel("deepseek-v4-pro"))
    (point,) = limit_disagreements(view(), listed)

    assert (point.code, point.facts, point.told) == (Point.LIMIT, "context_tokens 1048576", "context_tokens 131072")
    assert point.fact_ids


def test_a_rate_limit_is_compared_where_facts_state_one() -> None:
    """By the model, else by the family."""
    text = """
[[fact]]
id = "acme/rpm"
kind = "concurrency"
subject = { family = "acme" }
unit = "requests per minute"
value = { max = 600, per = ["account", "model"] }
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/limits"
checked_at = "2026-11-24"
confidence = "provider page"
"""
    here = View(parse_facts(text, "f"), "acme", None, parse_instant("2026-11-18T05:00:00Z"))

    assert points(quota_disagreements(here, (ModelQuota("m", 600, 5), ModelQuota("n", 60)))) == [("limit_differs", "n")]


def price_list(**changes: Any) -> Any:
    """A gateway's list with one row for deepseek-flash at its off-peak price."""
    row = {
        "model_name": "deepseek-flash",
        "quota_type": 0,
        "model_ratio": 0.075,
        "completion_ratio": 4,
        "cache_ratio": 0.02,
        "enable_groups": ["default"],
        **changes,
    }
    return parse_pricing(json.dumps({"data": [row], "group_ratio": {"default": 1}}).encode())


def test_the_providers_own_price_agrees_in_its_hours() -> None:
    """A flat price can't agree in peak hours, too."""
    assert points(price_disagreements(view(), price_list())) == [("price_differs", "deepseek-flash (peak hours)")]


def test_a_mark_up_is_told_by_line_and_exactly() -> None:
    """A line that the gateway doesn't state is left out."""
    found = list(price_disagreements(view(), price_list(model_ratio=0.1, cache_ratio=None)))
    off_peak = next(point for point in found if "off_peak" in point.subject)

    assert off_peak.facts == "input $0.15, output $0.6"
    assert off_peak.told == "input $0.2 (+100/3 %), output $0.8 (+100/3 %)"
    assert off_peak.fact_ids


def test_an_expression_is_not_compared() -> None:
    """It is named instead."""
    prices = price_list(billing_mode="tiered_expr")

    assert list(price_disagreements(view(), prices)) == []
    assert unverifiable_rows(prices) == ("deepseek-flash",)


def balance(*amounts: tuple[str, int], available: bool = True) -> list[Disagreement]:
    """What a balance of these currencies leads to where a dollar is wanted."""
    report = BalanceReport(available, tuple(Balance(currency, nano) for currency, nano in amounts))
    return list(balance_disagreements(report, DOLLAR))


def test_a_balance_is_low_only_where_every_currency_is() -> None:
    """One that suffices is enough."""
    assert points(balance(("USD", DOLLAR - 1), ("CNY", 5))) == [("balance_low", "USD"), ("balance_low", "CNY")]
    assert balance(("USD", DOLLAR), ("CNY", 0)) == []
    assert balance(("USD", DOLLAR - 1))[0].told == "0.999999999"
    assert points(balance(("USD", 5 * DOLLAR), available=False)) == [("balance_unavailable", "account")]
    assert balance() == []


@pytest.mark.parametrize(
    ("limit", "used", "codes"),
    [
        (Fraction(10), Fraction(5), []),
        (Fraction(10), Fraction("9.5"), ["balance_low"]),
        (Fraction(10), Fraction(10), ["balance_unavailable"]),
        (None, Fraction(10), []),
    ],
)
def test_a_gateways_credit_is_judged_alike(limit: Fraction | None, used: Fraction, codes: list[str]) -> None:
    """Without a limit nothing runs out."""
    assert [point.code for point in credit_disagreements(Credit(limit, used), DOLLAR)] == codes


def test_regions_keep_to_themselves() -> None:
    """A price of another region makes no model missing here."""
    text = """
[[fact]]
id = "acme/m"
kind = "price"
subject = { family = "acme", model = "m", regions = ["east"] }
unit = "per 1M tokens"
currency = "USD"
value = [{ input = "1", output = "2" }]
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/pricing"
checked_at = "2026-11-24"
confidence = "provider page"
"""
    facts = parse_facts(text, "f")
    at_ns = parse_instant("2026-11-18T05:00:00Z")

    assert points(model_disagreements(View(facts, "acme", "west", at_ns), ())) == []
    assert points(model_disagreements(View(facts, "acme", "east", at_ns), ())) == [("model_not_listed", "m")]
