"""Aliases, limits, concurrency and controls, and one error for each way to get them wrong."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AliasState, ControlSupport, Measure

FactText = Callable[..., str]
Refused = Callable[[str, dict[str, str | None]], list[str]]

CASES = {
    "alias": [
        ({"value": '{ state = "gone", target = "m" }'}, "value.state: 'gone' is not known"),
        ({"value": '{ state = "alias" }'}, "value.target: is missing"),
        ({"value": '{ state = "alias", target = "m", thinking = "yes" }'}, "value.thinking: 'yes' is neither"),
        ({"subject": '{ family = "acme", model = "m" }'}, "value.target: 'm' is the alias itself"),
    ],
    "limit": [
        (
            {"value": '{ name = "patience", amount = 1 }'},
            "value.name: 'patience' is not known; use one of",
        ),
        ({"value": '{ name = "context_tokens" }'}, "value.amount: is missing; write a whole number"),
        ({"value": '{ name = "context_tokens", amount = -5 }'}, "value.amount: -5 is negative; write one from 1"),
        ({"value": '{ name = "context_tokens", amount = 0 }'}, "value.amount: 0 is no whole number of at least 1"),
        ({"value": '{ name = "context_tokens", amount = "1M" }'}, "value.amount: '1M' is no whole number"),
        ({"unit": '"bytes"'}, "unit: 'bytes' is not the unit of 'context_tokens'; write 'tokens'"),
        ({"unit": '"words"'}, "unit: 'words' is not known; use one of 'tokens', 'count'"),
    ],
    "concurrency": [
        ({"unit": '"per hour"'}, "unit: 'per hour' is not known; use one of 'requests in flight'"),
        ({"value": '{ max = -1, per = ["account"] }'}, "value.max: -1 is negative"),
        ({"value": "{ max = 1 }"}, "value.per: [] is not known; write a list of account, model"),
        ({"value": '{ max = 1, per = ["planet"] }'}, "value.per: ['planet'] is not known"),
        ({"value": '{ max = 1, per = ["account"], recovers_s = 0 }'}, "value.recovers_s: 0 is no whole number"),
    ],
    "control": [
        ({"value": '{ support = "supported" }'}, "value.control: is missing"),
        (
            {"value": '{ control = "n", support = "maybe" }'},
            "value.support: 'maybe' is not known; use",
        ),
        (
            {"value": '{ control = "n", support = "refused", status = 200 }'},
            "value.status: 200 is no status of a",
        ),
        (
            {"value": '{ control = "n", support = "supported", bounds = "0..2" }'},
            "value.bounds: '0..2' has not the",
        ),
        (
            {"value": '{ control = "n", support = "supported", bounds = "[2, 0]" }'},
            "value.bounds: '[2, 0]' has",
        ),
        (
            {"value": '{ control = "n", support = "supported", default = "high" }'},
            "value.default: 'high' has not the",
        ),
        (
            {"value": '{ control = "n", support = "supported", maps = [["a"]] }'},
            "value.maps: ['a'] is no pair",
        ),
        ({"value": '{ control = "n", support = "supported", when = "it rains" }'}, "value.when: 'it rains' is no name"),
    ],
}
BAD = [(kind, changes, expected) for kind, cases in CASES.items() for changes, expected in cases]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_claim_about_a_service_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, refused: Refused
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    found = refused(kind, changes)

    assert any(expected in problem for problem in found), found


def test_an_alias_carries_its_state_target_and_thinking(fact: FactText) -> None:
    """A retired name keeps the successor to tell clients."""
    value = '{ state = "retired", target = "m", thinking = true }'

    alias = parse_facts(
        fact("alias", value=value, subject='{ family = "acme", model = "old" }'), "prices.toml"
    ).aliases[0]

    assert (alias.state, alias.target, alias.thinking) == (AliasState.RETIRED, "m", True)


def test_a_limit_carries_its_name_amount_and_unit(fact: FactText) -> None:
    """One unit for each name."""
    limit = parse_facts(fact("limit"), "prices.toml").limits[0]

    assert (limit.name, limit.amount, limit.unit) == ("context_tokens", 131_072, "tokens")


def test_the_unit_of_a_concurrency_limit_says_what_it_counts(fact: FactText) -> None:
    """A height that is not known stays None and never becomes zero."""
    value = '{ per = ["account"], falls_with_balance = true, also_per_second = false, recovers_s = 60 }'

    limit = parse_facts(fact("concurrency", unit='"tokens per minute"', value=value), "prices.toml").concurrency[0]

    assert (limit.measure, limit.amount_max, limit.per) == (Measure.TOKENS, None, ("account",))
    assert (limit.falls_with_balance, limit.also_per_second, limit.recovers_s) == (True, False, 60)


def test_a_control_carries_all_that_is_known_of_it(fact: FactText) -> None:
    """Its case, default, values, what they stand for, and bounds."""
    value = (
        '{ control = "reasoning.effort", support = "supported", when = "thinking", default = "null",'
        ' values = ["low", "max"], maps = [["min", "low"]], bounds = "(-0.5, 2]" }'
    )

    control = parse_facts(fact("control", value=value), "prices.toml").controls[0]

    assert (control.control, control.support, control.when) == (
        "reasoning.effort",
        ControlSupport.SUPPORTED,
        "thinking",
    )
    assert (control.default, control.values, control.maps) == ("null", ("low", "max"), (("min", "low"),))
    assert (control.bounds, control.status) == ("(-0.5, 2]", None)
