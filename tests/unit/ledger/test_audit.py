"""The ledger's invariants."""

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.ledger.audit import Violation, audit_entries, audit_entry
from routeproof.ledger.entries import Entry, Outcome
from routeproof.usage import Provenance

NO_USAGE = {
    "input_tokens": None,
    "output_tokens": None,
    "cache_hit_tokens": None,
    "cache_write_tokens": None,
    "reasoning_tokens": None,
    "provenance": "unknown",
}
NO_COST = {"cost_nanousd": None, "cost_note": "usage_missing"}


def rules(entry: Entry) -> list[str]:
    return [violation.rule for violation in audit_entry(entry)]


def with_attempt(**changes: object) -> Entry:
    return sample_entry(1, [sample_attempt(sample_id(1), **changes)])


@pytest.mark.parametrize(
    "entry",
    [
        sample_entry(1),
        sample_refusal(1),
        sample_entry(1, [sample_attempt(sample_id(1), ordinal) for ordinal in (1, 2, 3)]),
        with_attempt(**NO_USAGE, **NO_COST),
        sample_entry(1, [sample_attempt(sample_id(1), **NO_USAGE, **NO_COST)], cost_bound_nanousd=99),
        with_attempt(**(NO_USAGE | {"cost_nanousd": 0, "cost_note": "not_sent"})),
        sample_entry(1, [sample_attempt(sample_id(1), outcome="cancelled")], outcome="cancelled", status=None),
        sample_entry(1, outcome=Outcome.OK),
        with_attempt(provenance=Provenance.REPORTED),
        with_attempt(cache_hit_tokens=1_200, reasoning_tokens=300),
    ],
)
def test_what_is_in_order_has_no_violation(entry: Entry) -> None:
    """Every way in which an exchange may rightly end."""
    assert audit_entry(entry) == []


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (sample_entry(1, cost_nanousd=6_151), "cost_is_the_sum"),
        (sample_entry(1, cost_nanousd=None), "cost_is_the_sum"),
        (sample_entry(1, [sample_attempt(sample_id(1), **NO_COST)], cost_nanousd=0), "cost_is_the_sum"),
        (sample_entry(1, cost_bound_nanousd=9_000), "bound_where_unknown"),
        (sample_entry(1, [sample_attempt(sample_id(1), 2)]), "attempts_are_counted"),
        (sample_entry(1, [sample_attempt(sample_id(2))]), "attempts_are_counted"),
        (sample_entry(1, [sample_attempt(sample_id(1)), sample_attempt(sample_id(1))]), "attempts_are_counted"),
        (with_attempt(provenance="unknown"), "usage_has_provenance"),
        (with_attempt(input_tokens=None), "usage_has_provenance"),
        (with_attempt(**(NO_USAGE | {"provenance": "reported"})), "usage_has_provenance"),
        (with_attempt(cost_nanousd=None), "unknown_has_a_reason"),
        (with_attempt(cost_nanousd=None, cost_note=""), "unknown_has_a_reason"),
        (with_attempt(cache_hit_tokens=1_000, cache_write_tokens=201), "parts_within_whole"),
        (with_attempt(reasoning_tokens=301), "parts_within_whole"),
        (with_attempt(outcome="upstream_error"), "outcome_fits"),
        (sample_entry(1, attempts=[], outcome="truncated"), "outcome_fits"),
        (sample_entry(1, attempts=[], outcome="interrupted"), "outcome_fits"),
        (sample_entry(1, outcome="fine"), "known_words"),
        (sample_entry(1, [sample_attempt(sample_id(1), outcome="fine")], outcome="cancelled"), "known_words"),
        (with_attempt(provenance="guessed"), "known_words"),
        (sample_entry(1, stream=2), "flags"),
        (with_attempt(thinking=-1), "flags"),
    ],
)
def test_each_rule_catches_what_breaks_it(entry: Entry, rule: str) -> None:
    """One change to an entry in order, and the rule it breaks is named."""
    assert set(rules(entry)) == {rule}


@pytest.mark.parametrize("name", ["duration_us", "first_byte_us", "request_bytes", "response_bytes"])
def test_an_exchange_has_no_negative_figure(name: str) -> None:
    """Durations and sizes are zero or more."""
    assert rules(sample_entry(1, **{name: -1})) == ["no_negative"]


@pytest.mark.parametrize("name", ["started_us", "duration_us", "output_tokens", "cache_hit_tokens", "cost_nanousd"])
def test_an_attempt_has_no_negative_figure(name: str) -> None:
    """A negative count would be a credit."""
    assert "no_negative" in rules(with_attempt(**{name: -1}))


def test_an_exchange_stands_once_in_the_ledger() -> None:
    """The second of the same id is named, once."""
    found = audit_entries([sample_entry(1), sample_entry(2), sample_entry(1)])

    assert [(violation.exchange_id, violation.rule) for violation in found] == [(sample_id(1), "exchange_once")]


def test_every_entry_is_looked_at() -> None:
    """Violations of several entries come together, each with its exchange and what was found."""
    found = audit_entries([sample_entry(1, cost_nanousd=1), sample_entry(2), sample_entry(3, stream=7)])

    assert found == [
        Violation(sample_id(1), "cost_is_the_sum", "the exchange says 1, its attempts 6150"),
        Violation(sample_id(3), "flags", "stream of the exchange is 7"),
    ]


def test_an_empty_ledger_is_in_order() -> None:
    """Nothing to find fault with."""
    assert audit_entries([]) == []
