"""Judging an attempt: what is right stays silent, whatever was changed is told."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.priced_ledger import COST_OFF_PEAK, OFF_PEAK, PEAK, USAGE, PricedLedger, usage_text
from tests.support.recomputing import run, the_one, unknown

from routeproof.operations.ledger.recompute import Difference
from routeproof.store.connecting import open_current
from routeproof.usage import Usage

Anything = dict[str, Any]


@pytest.fixture
def ledger(tmp_path: Path) -> PricedLedger:
    """Facts, and no rows yet."""
    return PricedLedger(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"input_tokens": 150},
        {"output_tokens": 28},
        {"cache_hit_tokens": 127},
        {"cache_write_tokens": 1},
        {"reasoning_tokens": 7},
        {"explicit_cache": 1},
        {"thinking": 0},
        {"usage_raw": usage_text(Usage(150, 29, cache_hit_tokens=128, reasoning_tokens=8))},
        {"usage_raw": "no usage"},
        {"usage_raw": usage_text(USAGE, total_tokens=1)},
        {"output_tokens": None},
    ],
)
def test_counts_that_are_not_those_of_the_usage_object_are_told(ledger: PricedLedger, changes: Anything) -> None:
    """Whichever of the two was changed, and whether the cost would be the same or not."""
    request_id = ledger.add_changed(**changes)

    found = the_one(ledger)

    assert (found.request_id, found.differs) == (request_id, "usage")


def test_a_usage_object_that_was_cut_leaves_the_columns(ledger: PricedLedger) -> None:
    """A long one is kept in part; that is counted, and the cost is checked all the same."""
    whole = usage_text(USAGE, note="x" * 3_000)
    ledger.add_changed(usage_raw=whole[:2_048])
    ledger.add_changed(usage_raw=usage_text(USAGE)[:40], cost_nanousd=7)

    summary, (found,) = run(ledger)

    assert isinstance(found, Difference)
    assert (found.differs, found.stored_nanousd, found.recomputed_nanousd) == ("cost", 7, COST_OFF_PEAK)
    assert (summary.usage_read, summary.usage_cut, summary.repriced) == (0, 2, 2)


def test_missing_facts_are_told(ledger: PricedLedger) -> None:
    """Nothing stands in for them, not even a facts file that says the same."""
    request_id = ledger.add()
    with open_current(ledger.database) as connection:
        connection.execute("DELETE FROM fact_sets")

    found = the_one(ledger)

    assert (found.request_id, found.differs) == (request_id, "facts")
    assert "are not in the ledger's table fact_sets" in found.detail


def test_facts_that_were_changed_are_told(ledger: PricedLedger) -> None:
    """Also where the cost was changed with them, so that both would agree."""
    ledger.add_changed(cost_nanousd=21 * 150 + 128 * 100 + 29 * 700)
    with open_current(ledger.database) as connection:
        connection.execute("""UPDATE fact_sets SET facts = replace(facts, '600000000', '700000000')""")

    found = the_one(ledger)

    assert (found.differs, found.recomputed_nanousd) == ("facts", None)
    assert "they were changed" in found.detail


def test_facts_of_another_hour_are_told(ledger: PricedLedger) -> None:
    """A row of the peak hours with the price of the others: its facts were not in force."""
    cheap = ledger.attempt(0, OFF_PEAK)
    request_id = ledger.add(PEAK, cheap)

    found = the_one(ledger)

    assert (found.request_id, found.differs) == (request_id, "facts")
    assert "were no price at the exchange's start" in found.detail


@pytest.mark.parametrize("changes", [{"model_answered": "other"}, {"model_answered": None, "route": "p/other"}])
def test_facts_of_another_model_are_told(ledger: PricedLedger, changes: Anything) -> None:
    """The model that answered decides, else the one that was asked."""
    ledger.add_changed(**changes)

    assert the_one(ledger).detail.endswith("are the price of m, answered has other")


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"cost_note": None}, "reason"),
        ({"cost_note": "list_price"}, "reason"),
        ({"cost_nanousd": 0}, "cost"),
        ({"cost_nanousd": 0, "cost_note": "not_sent"}, "cost"),
        ({"cost_nanousd": 0, "cost_note": "error_not_billed"}, "cost"),
        ({"cost_nanousd": 5, "cost_note": "error_not_billed", "status": 500}, "cost"),
        ({"usage_raw": '{"prompt_tokens":-1,"completion_tokens":1}', "cost_note": "usage_too_large"}, "reason"),
        ({"usage_raw": '{"prompt_tokens":1,"completion_tokens":1}', "cost_note": "usage_negative"}, "usage"),
        ({"usage_raw": '{"prompt_tokens":-1,"completion_tokens":1}', "cost_nanousd": 0}, "cost"),
    ],
)
def test_an_unknown_cost_without_its_reason_is_told(ledger: PricedLedger, changes: Anything, differs: str) -> None:
    """And so is a cost that there can be none of."""
    ledger.add(OFF_PEAK, unknown(ledger, **changes))

    assert the_one(ledger).differs == differs


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_note": "interrupted"},
        {"cost_note": "usage_missing"},
        {"cost_note": "usage_negative", "usage_raw": '{"prompt_tokens":-1,"completion_tokens":1}'},
        {"cost_note": "usage_negative", "usage_raw": '{"prompt_tokens":-1,'},
        {"cost_note": "not_sent", "cost_nanousd": 0, "status": None},
        {"cost_note": "error_not_billed", "cost_nanousd": 0, "status": 429},
    ],
)
def test_an_unknown_cost_with_its_reason_is_silent(ledger: PricedLedger, changes: Anything) -> None:
    """As the gateway and the recovery write them."""
    ledger.add(OFF_PEAK, unknown(ledger, **changes))

    assert run(ledger)[1] == []


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"cost_note": "no_price_in_force"}, None),
        ({"cost_note": "no_price_facts"}, None),
        ({"cost_note": None}, "reason"),
        ({"cost_note": "no_price_facts", "cost_nanousd": 0}, "facts"),
        ({"cost_note": "no_price_facts", "input_tokens": 150}, "usage"),
    ],
)
def test_a_usage_that_no_facts_priced_has_no_cost(ledger: PricedLedger, changes: Anything, differs: str | None) -> None:
    """The note says so, and the counts are still those of the usage object."""
    ledger.add_changed(**{"facts_digest": None, "cost_nanousd": None, **changes})

    assert [record.differs for record in run(ledger)[1] if isinstance(record, Difference)] == [differs] * bool(differs)


@pytest.mark.parametrize(("note", "silent"), [("price_incomplete", True), ("usage_missing", False), (None, False)])
def test_a_price_that_lacks_a_part_makes_the_cost_unknown(ledger: PricedLedger, note: str, silent: bool) -> None:
    """Here that of a cache write: the facts say so themselves."""
    written = Usage(149, 29, cache_write_tokens=5)
    raw = usage_text(written, prompt_tokens_details={"cache_creation_input_tokens": 5})
    ledger.add_changed(usage=written, usage_raw=raw, cost_note=note)

    summary, told = run(ledger)

    assert summary.unknown_cost == 1
    assert [record.differs for record in told if isinstance(record, Difference)] == ["reason"] * (not silent)


@pytest.mark.parametrize("change", [1, -1, 10**6])
def test_a_cost_that_was_changed_is_told_with_its_bill(ledger: PricedLedger, change: int) -> None:
    """To the last digit: the row's id, both values, and how the right one comes about."""
    ledger.add()
    request_id = ledger.add_changed(cost_nanousd=COST_OFF_PEAK + change)

    found = the_one(ledger)

    assert (found.request_id, found.attempt, found.differs) == (request_id, 1, "cost")
    assert (found.stored_nanousd, found.recomputed_nanousd) == (COST_OFF_PEAK + change, COST_OFF_PEAK)
    assert found.bill is not None
    assert [(line.part, line.tokens, line.price, line.amount) for line in found.bill.lines] == [
        ("input", 21, "0.15", "0.00000315"),
        ("cache_hit", 128, "0.1", "0.0000128"),
        ("output", 29, "0.6", "0.0000174"),
    ]
