"""Prices, fees, cache rules and rates of exchange, and one error for each way to get them wrong."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Hours

FactText = Callable[..., str]
Refused = Callable[[str, dict[str, str | None]], list[str]]

CASES = {
    "price": [
        ({"subject": None}, "subject: is missing"),
        ({"subject": '"m"'}, "subject: 'm' is no table"),
        ({"subject": '{ family = "acme" }'}, "subject.model: is missing"),
        ({"subject": '{ model = "m" }'}, "subject.family: is missing"),
        ({"subject": '{ family = "acme", model = "m", regions = "eu" }'}, "subject.regions: 'eu' is no list"),
        ({"subject": '{ family = "acme", model = "m", region = "eu" }'}, "subject.region: there is no such key"),
        ({"currency": None}, "currency: is missing"),
        ({"currency": '"EUR"'}, "currency: 'EUR' is not known; use one of 'USD', 'CNY'"),
        ({"hours": '"night"'}, "hours: 'night' is not known"),
        ({"flag": '"cheap"'}, "flag: 'cheap' is not known"),
        ({"value": None}, "value: is missing"),
        ({"value": "[]"}, "value: is empty"),
        ({"value": '["0.15"]'}, "value[0]: '0.15' is no table"),
        ({"value": '[{ output = "1" }]'}, "value[0].input: is missing"),
        ({"value": '[{ input = 1, output = "1" }]'}, "value[0].input: 1 is no plain decimal"),
        ({"value": '[{ input = "-1", output = "1" }]'}, "value[0].input: '-1' is negative; write one from 0"),
        ({"value": '[{ input = "1e3", output = "1" }]'}, "value[0].input: '1e3' is no plain decimal"),
        ({"value": '[{ input = "1,5", output = "1" }]'}, "value[0].input: '1,5' is no plain decimal"),
        ({"value": '[{ input = "0.0000000001", output = "1" }]'}, "value[0].input: '0.0000000001' is no plain"),
        ({"value": '[{ input = "1000000.1", output = "1" }]'}, "value[0].input: '1000000.1' is no plain decimal"),
        ({"value": '[{ input = "1", output = "1", cached = "1" }]'}, "value[0].cached: there is no such key"),
        ({"value": '[{ input = "1", output = "1", input_tokens_max = 0 }]'}, "input_tokens_max: 0 is no whole"),
        ({"value": '[{ input = "1", output = "1" }, { input = "2", output = "2" }]'}, "value[0].input_tokens_max"),
        (
            {
                "value": '[{ input = "1", output = "1", input_tokens_max = 9 },'
                ' { input = "2", output = "2", input_tokens_max = 9 }]'
            },
            "value[1].input_tokens_max: 9 is not above the tier before it (9)",
        ),
    ],
    "cache_rule": [
        ({"value": '{ hit = "20" }'}, "value.hit: there is no such key"),
        ({"value": '{ write = "125 %" }'}, "value.write: '125 %' is no plain decimal"),
    ],
    "fee": [
        ({"value": '{ item = "search" }'}, "value.amount: is missing; write a decimal in quotes"),
        ({"value": '{ amount = "5" }'}, "value.item: is missing"),
        ({"currency": None}, "currency: is missing; use one of 'USD', 'CNY'"),
        ({"unit": '"per call"'}, "unit: 'per call' is not known; use one of 'per 1000 calls'"),
    ],
    "exchange_rate": [
        ({"value": '{ rate = "0" }'}, "value.rate: '0' would make everything free"),
        ({"value": '{ rate = "-7" }'}, "value.rate: '-7' is negative"),
        ({"value": "{ rate = 7.1 }"}, "value.rate: 7.1 is no plain decimal in quotes"),
        ({"subject": '{ base = "USD" }'}, "subject.quote: is missing"),
        ({"subject": '{ base = "USD", quote = "USD" }'}, "subject.quote: 'USD' is the base itself"),
        ({"subject": '{ base = "USD", quote = "EUR" }'}, "subject.quote: 'EUR' is not known"),
    ],
}
BAD = [(kind, changes, expected) for kind, cases in CASES.items() for changes, expected in cases]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_amount_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, refused: Refused
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    found = refused(kind, changes)

    assert any(expected in problem for problem in found), found


def test_a_price_is_read_into_integers(fact: FactText) -> None:
    """Decimals become nano-units, a missing price stays None and never becomes zero."""
    value = '[{ input_tokens_max = 32000, input = "0.0028", output = "1.5", cache_hit = "0" }]'

    price = parse_facts(fact(value=value, hours='"any"'), "prices.toml").prices[0]

    (tier,) = price.tiers
    assert (tier.input_nano, tier.output_nano, tier.cache_hit_nano) == (2_800_000, 1_500_000_000, 0)
    assert tier.cache_write_nano is None
    assert tier.input_tokens_max == 32_000
    assert price.hours is Hours.ANY


def test_a_fee_is_by_the_thousand(fact: FactText) -> None:
    """In the currency that the provider bills."""
    fee = parse_facts(fact("fee"), "prices.toml").fees[0]

    assert (fee.item, fee.currency, fee.per_1000_nano) == ("search", "CNY", 5_000_000_000)


def test_a_rate_of_exchange_is_exact(fact: FactText) -> None:
    """To nine decimal places."""
    rate = parse_facts(fact("exchange_rate", value='{ rate = "7.123456789" }'), "prices.toml").exchange_rates[0]

    assert (rate.base, rate.quote, rate.rate_nano) == ("USD", "CNY", 7_123_456_789)
