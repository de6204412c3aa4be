"""The facts behind prices in the database: once each, with the first rows that name them."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_attempt, sample_entry, sample_id, sample_open

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.fact_sets import FactSet, fact_set_of
from routeproof.ledger.entries import AttemptRow, Entry
from routeproof.store.connecting import connect, open_current
from routeproof.store.fact_sets import FactPins, has_fact_set, insert_fact_sets
from routeproof.store.recorder import FlightRecorder
from routeproof.store.recovery import recover_exchanges
from routeproof.store.writer import LedgerWriter

WAIT_S = 10.0
PRICE = """
[[fact]]
id = "acme/m"
kind = "price"
subject = { family = "acme", model = "m" }
unit = "per 1M tokens"
currency = "USD"
value = [{ input = "1", output = "2" }]
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/pricing"
checked_at = "2026-11-24"
confidence = "provider page"
"""
FACTS: tuple[AnyFact, ...] = tuple(parse_facts(PRICE, "prices.toml"))
KEPT = fact_set_of(FACTS, START_NS)


def kept(database: Path) -> list[tuple[str, str, int]]:
    """The table as it is."""
    with open_current(database, read_only=True) as connection:
        return list(connection.execute("SELECT digest, facts, first_used_ns FROM fact_sets ORDER BY digest"))


def priced_entry(number: int) -> Entry:
    """An entry that names the facts."""
    return sample_entry(number, [sample_attempt(sample_id(number), facts_digest=KEPT.digest)])


def test_a_digest_waits_once() -> None:
    """However often its price is looked up; what was taken does not come again."""
    pins = FactPins()
    for started_ns in (START_NS, START_NS + 1):
        pins.add(KEPT.digest, FACTS, started_ns)

    assert pins.take() == [KEPT]
    pins.add(KEPT.digest, FACTS, START_NS)
    assert pins.take() == []


def test_the_first_text_of_a_digest_stays(database: Path) -> None:
    """Another process may write the same facts again; nothing is ever replaced."""
    connection = connect(database)
    insert_fact_sets(connection, [KEPT, FactSet(KEPT.digest, "other", 7)])
    known = has_fact_set(connection, KEPT.digest), has_fact_set(connection, "0123456789abcdef")
    connection.close()

    assert known == (True, False)
    assert kept(database) == [(KEPT.digest, KEPT.facts, START_NS)]


class NoSlots:
    """Entries here have none."""

    def free(self, slots: object) -> None:
        """Nothing to give back."""


def test_facts_are_committed_with_the_rows_that_name_them(database: Path) -> None:
    """Once the row can be read, so can its facts."""
    writer = LedgerWriter(database, NoSlots(), "process", lambda error: pytest.fail(str(error)), group_interval_s=0.0)
    writer.start()
    writer.pin(KEPT.digest, FACTS, START_NS)
    writer.append_refusal(priced_entry(1))
    assert writer.flush(WAIT_S)
    seen = kept(database)
    assert writer.close(WAIT_S)

    assert seen == [(KEPT.digest, KEPT.facts, START_NS)]


def test_facts_are_kept_where_the_group_is_written_twice(database: Path) -> None:
    """A row that no column holds makes the first try fail; the second has the facts too."""
    told = threading.Event()
    writer = LedgerWriter(database, NoSlots(), "process", lambda _: told.set(), group_interval_s=0.0)
    writer.start()
    absurd = sample_entry(2, [sample_attempt(sample_id(2), facts_digest=KEPT.digest, cost_nanousd=2**63)])
    writer.pin(KEPT.digest, FACTS, START_NS)
    writer.append_refusal(absurd)
    assert writer.flush(WAIT_S)
    assert writer.close(WAIT_S)

    assert not told.is_set()
    assert [row[0] for row in kept(database)] == [KEPT.digest]


@pytest.fixture
def left(recorder_file: Path) -> Path:
    """A recorder whose process died before it committed two rows that name the facts."""
    recorder = FlightRecorder(recorder_file, 4, 0)
    for number in (1, 2):
        recorder.finish(recorder.claim(sample_open(number)), priced_entry(number))
    recorder.close()
    return recorder_file


def test_recovered_rows_get_their_facts(database: Path, left: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """Each digest is asked for once, with the start of the first exchange that names it."""
    asked: list[tuple[str | None, int]] = []

    def behind(row: AttemptRow, started_ns: int) -> FactSet:
        asked.append((row.facts_digest, started_ns))
        return fact_set_of(FACTS, started_ns)

    recover_exchanges(database, left, lambda _: None, START_NS, behind)

    assert asked == [(KEPT.digest, all_entries()[0].exchange.started_ns)]
    assert [row[:2] for row in kept(database)] == [(KEPT.digest, KEPT.facts)]


def test_rows_are_recovered_even_where_nobody_has_their_facts(
    database: Path, left: Path, all_entries: Callable[[], list[Entry]], caplog: pytest.LogCaptureFixture
) -> None:
    """The log says which are missing."""
    recover_exchanges(database, left, lambda _: None, START_NS, lambda *_: None)

    assert len(all_entries()) == 2
    assert [record.getMessage() for record in caplog.records if KEPT.digest in record.getMessage()] == [
        f"the facts {KEPT.digest}, which rows were priced with, are nowhere any more"
    ]


def test_facts_that_are_kept_already_are_not_asked_for(database: Path, left: Path) -> None:
    """The process died after it had committed them."""
    connection = connect(database)
    insert_fact_sets(connection, [KEPT])
    connection.close()

    recover_exchanges(database, left, lambda _: None, START_NS, lambda *_: pytest.fail("asked"))
