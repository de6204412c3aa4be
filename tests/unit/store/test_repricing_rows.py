"""Reading what costs follow from."""

from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.errors import StoreError
from routeproof.ledger.entries import Entry
from routeproof.store import repricing_rows
from routeproof.store.connecting import connect, open_current
from routeproof.store.reading import LedgerFilter
from routeproof.store.repricing_rows import PricedBatch, RepricingReader
from routeproof.store.rows import insert_entries

_EXCHANGE = ("id", "started_ns", "duration_us", "attempts", "cost_nanousd")
_ATTEMPT = (
    "exchange_id", "ordinal", "route", "started_us", "duration_us", "status", "model_answered", "thinking",
    "input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens", "explicit_cache",
    "provenance", "usage_raw", "cost_nanousd", "cost_note", "facts_digest",
)  # fmt: skip


def failover(number: int) -> Entry:
    """Three attempts."""
    rows = [sample_attempt(sample_id(number), ordinal, route=f"p{ordinal}/m") for ordinal in (1, 2, 3)]
    return sample_entry(number, rows, key_owner="bob" if number % 2 else "alice")


ENTRIES = [sample_entry(1), failover(2), sample_refusal(3), failover(4), failover(5), sample_entry(6)]


@pytest.fixture
def reader(database: Path, monkeypatch: pytest.MonkeyPatch) -> RepricingReader:
    """Some entries, read two at a time."""
    monkeypatch.setattr(repricing_rows, "EXCHANGES_PER_BATCH", 2)
    connection = connect(database)
    insert_entries(connection, ENTRIES[::-1])
    connection.close()
    return RepricingReader(database)


def expected(entries: list[Entry]) -> PricedBatch:
    """A batch of these, by the names of the columns."""
    return PricedBatch(
        [tuple(getattr(entry.exchange, name) for name in _EXCHANGE) for entry in entries],  # type: ignore[misc]
        [tuple(getattr(row, name) for name in _ATTEMPT) for entry in entries for row in entry.attempts],  # type: ignore[misc]
    )


def test_all_rows_come_once_the_oldest_first(reader: RepricingReader) -> None:
    """In batches, each exchange with all of its attempts in order."""
    assert list(reader.batches(LedgerFilter())) == [expected(ENTRIES[at : at + 2]) for at in (0, 2, 4)]
    assert reader.count(LedgerFilter()) == 6


def test_a_filter_lets_through_no_attempt_of_others(reader: RepricingReader) -> None:
    """Although theirs stand between those that are wanted."""
    wanted = LedgerFilter(owner="alice")
    mine = [entry for entry in ENTRIES if entry.exchange.key_owner == "alice"]

    assert list(reader.batches(wanted)) == [expected(mine[:2]), expected(mine[2:])]
    assert reader.count(wanted) == len(mine)


def test_rows_that_come_meanwhile_are_read_too(reader: RepricingReader, database: Path) -> None:
    """No batch holds a lock or an old state for the next."""
    batches = reader.batches(LedgerFilter())
    next(batches)
    with open_current(database) as connection:
        insert_entries(connection, [sample_entry(7)])

    assert [row[0] for batch in batches for row in batch.exchanges][-1] == sample_id(7)


def test_fact_sets_come_by_digest(reader: RepricingReader, database: Path) -> None:
    """As they are kept."""
    with open_current(database) as connection:
        connection.execute("INSERT INTO fact_sets VALUES ('aa', '[1]', 5), ('bb', '[2]', 6)")

    assert reader.fact_sets() == {"aa": "[1]", "bb": "[2]"}


def test_a_database_that_cannot_be_read_is_an_error_with_a_remedy(reader: RepricingReader, database: Path) -> None:
    """The driver's word, and what to do."""
    with open_current(database) as connection:
        connection.execute("DROP TABLE fact_sets")

    with pytest.raises(StoreError, match=r"no such table: fact_sets.*doctor"):
        reader.fact_sets()
