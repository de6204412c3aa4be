"""Going through the ledger: what adds up stays silent, everything else is told; filters, batches, straddling rows."""

from pathlib import Path

import pytest
from tests.support.priced_ledger import COST_OFF_PEAK, COST_PEAK, OFF_PEAK, PEAK, PricedLedger
from tests.support.recomputing import failed, run, the_one, unknown

from routeproof.operations.ledger.recompute import Recomputation, Record, StraddlingRow, recompute
from routeproof.store import repricing_rows
from routeproof.store.connecting import open_current
from routeproof.store.reading import LedgerFilter

HOUR_NS = 3_600 * 10**9


@pytest.fixture
def ledger(tmp_path: Path) -> PricedLedger:
    """Facts, and no rows yet."""
    return PricedLedger(tmp_path)


def test_rows_that_follow_from_their_usage_and_facts_are_silent(ledger: PricedLedger) -> None:
    """In and out of peak hours; refused, failed over, and of unknown cost."""
    ledger.add(PEAK)
    ledger.add(OFF_PEAK)
    ledger.refuse()
    ledger.add(OFF_PEAK, failed(ledger), ledger.attempt(0, OFF_PEAK))
    ledger.add(OFF_PEAK, unknown(ledger))

    summary, told = run(ledger)

    assert told == []
    assert summary == Recomputation(
        ok=True,
        exchanges=5,
        attempts=5,
        repriced=3,
        usage_read=3,
        usage_cut=0,
        unknown_cost=1,
        cost_nanousd=COST_PEAK + 2 * COST_OFF_PEAK,
        straddling=0,
        differences=0,
    )


@pytest.mark.parametrize("cost", [COST_OFF_PEAK + 1, None, 0])
def test_a_sum_that_does_not_add_up_is_told(ledger: PricedLedger, cost: int | None) -> None:
    """The exchange's own row, with the sum that its attempts give."""
    request_id = ledger.add(cost_nanousd=cost)

    found = the_one(ledger)

    assert (found.request_id, found.attempt, found.differs) == (request_id, None, "sum")
    assert (found.stored_nanousd, found.recomputed_nanousd) == (cost, COST_OFF_PEAK)


def test_an_attempt_that_is_missing_is_told(ledger: PricedLedger) -> None:
    """By the exchange's own count."""
    request_id = ledger.add(OFF_PEAK, ledger.attempt(0, OFF_PEAK), ledger.attempt(0, OFF_PEAK), attempts=3)

    found = the_one(ledger)

    assert (found.request_id, found.differs) == (request_id, "attempts")
    assert found.detail == "the exchange says 3 attempts, there are 2"


@pytest.mark.parametrize("note", ["straddles_window", "straddles_window,stale_price"])
def test_a_row_that_straddles_shows_both_prices(ledger: PricedLedger, note: str) -> None:
    """The one at its start is the row's; nothing is wrong with it."""
    start_ns = PEAK + 2 * HOUR_NS - 10**9
    request_id = ledger.add_changed(start_ns, duration_us=2_000_000, cost_note=note)

    summary, (found,) = run(ledger)

    assert isinstance(found, StraddlingRow)
    assert (summary.ok, summary.straddling) == (True, 1)
    assert (found.request_id, found.stored_nanousd) == (request_id, COST_PEAK)
    assert found.bills is not None
    assert (found.bills.at_start.cost_nanousd, found.bills.at_end.cost_nanousd) == (COST_PEAK, COST_OFF_PEAK)


def test_both_prices_need_the_facts_of_the_row(ledger: PricedLedger) -> None:
    """Where the facts files say something else by now, nothing is made up."""
    ledger.add_changed(PEAK + 2 * HOUR_NS - 10**9, duration_us=2_000_000, cost_note="straddles_window")
    facts = ledger.config.with_name("acme.toml")
    facts.write_text(facts.read_text().replace('output = "1.2"', 'output = "1.3"'))

    summary, (found,) = run(ledger)

    assert isinstance(found, StraddlingRow)
    assert (summary.ok, found.bills) == (True, None)


def test_a_filter_chooses_the_rows(ledger: PricedLedger) -> None:
    """By time, by route and all the others that the log has; the rest is not looked at."""
    ledger.add_changed(PEAK, cost_nanousd=1)
    late = ledger.add_changed(OFF_PEAK, cost_nanousd=1)
    ledger.add_changed(OFF_PEAK, route="q/m", cost_nanousd=1)

    _, told = run(ledger, since_ns=PEAK + HOUR_NS, route="p/m")

    assert [record.request_id for record in told] == [late]


def test_rows_are_read_in_batches_whose_borders_leave_none_out(
    ledger: PricedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, whatever the number, with progress after every batch."""
    monkeypatch.setattr(repricing_rows, "EXCHANGES_PER_BATCH", 3)
    wrong = [ledger.add_changed(cost_nanousd=1) for _ in range(7)]
    steps: list[tuple[int, int]] = []
    told: list[Record] = []

    summary = recompute(ledger.settings, LedgerFilter(), told.append, lambda *step: steps.append(step))

    assert [record.request_id for record in told] == wrong
    assert steps == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert summary.exchanges == 7


def test_a_provider_that_is_gone_leaves_the_columns(ledger: PricedLedger) -> None:
    """Nobody knows its dialect any more; the pinned facts and the counts are enough for the cost."""
    ledger.add()
    ledger.config.write_text(ledger.config.read_text().replace("providers.p", "providers.q").replace('"p/m', '"q/m'))

    summary, told = run(ledger)

    assert told == []
    assert (summary.repriced, summary.usage_read) == (1, 0)


def test_the_ledger_is_only_read(ledger: PricedLedger) -> None:
    """Not a byte of the database changes, whatever is found."""
    ledger.add_changed(cost_nanousd=1)
    before = everything(ledger)

    run(ledger)

    assert everything(ledger) == before


def everything(ledger: PricedLedger) -> list[list[tuple[object, ...]]]:
    """All rows of the tables that it reads."""
    with open_current(ledger.database, read_only=True) as connection:
        return [
            connection.execute(query).fetchall()
            for query in ("SELECT * FROM exchanges", "SELECT * FROM attempts", "SELECT * FROM fact_sets")
        ]
