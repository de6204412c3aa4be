"""The connection that adds rows."""

import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_entry

from routeproof.errors import StoreError
from routeproof.ledger.entries import Entry, PackedEntry
from routeproof.store import ledger_connection
from routeproof.store.connecting import connect, open_current
from routeproof.store.driver import driver
from routeproof.store.fitting import pack_entry
from routeproof.store.ledger_connection import LedgerConnection
from routeproof.store.workers import WorkerBeat


def packed(number: int, **values: int | None) -> PackedEntry:
    """A sample entry as it is queued."""
    return pack_entry(sample_entry(number, **values))


def test_a_group_is_committed_or_not_there_at_all(database: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """One row that can't be written takes the whole group with it."""
    ledger = LedgerConnection(database, "process")
    ledger.commit_entries([packed(1)], lambda: True)
    with pytest.raises(driver.IntegrityError):
        ledger.commit_entries([packed(2), packed(1)], lambda: True)
    ledger.close()

    assert all_entries() == [sample_entry(1)]


def test_a_number_beyond_64_bits_does_not_stop_the_ledger(
    database: Path, all_entries: Callable[[], list[Entry]]
) -> None:
    """A client that asks for absurdly many tokens makes an absurd bound; its row says unknown, the others stay."""
    ledger = LedgerConnection(database, "process")
    absurd = packed(2, cost_nanousd=None, cost_bound_nanousd=2**63)
    ledger.commit_entries([packed(1), absurd, packed(3)], lambda: True)
    ledger.close()

    assert all_entries() == [sample_entry(1), sample_entry(2, cost_nanousd=None), sample_entry(3)]


def test_anothers_lock_is_waited_for(database: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """As long as the caller says so; then the group is written as if nothing had been."""
    ledger = LedgerConnection(database, "process")
    other = connect(database)
    other.execute("BEGIN IMMEDIATE")
    asked = threading.Semaphore(0)

    def keep_waiting() -> bool:
        asked.release()
        return True

    thread = threading.Thread(target=ledger.commit_entries, args=([packed(1)], keep_waiting))
    thread.start()
    assert asked.acquire(timeout=10)
    assert all_entries() == []
    other.execute("COMMIT")
    other.close()
    thread.join()
    ledger.close()

    assert all_entries() == [sample_entry(1)]


def test_the_wait_ends_when_the_caller_says_so(database: Path) -> None:
    """A process that has to stop does not wait for another's lock for ever."""
    ledger = LedgerConnection(database, "process")
    other = connect(database)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(driver.OperationalError, match="locked"):
        ledger.commit_entries([packed(1)], lambda: False)
    other.close()
    ledger.close()


def test_changes_by_others_are_noticed_once(database: Path) -> None:
    """Its own commits are none; another connection's is one, until the next."""
    ledger = LedgerConnection(database, "process")
    ledger.commit_entries([packed(1)], lambda: True)
    ledger.commit_beat(WorkerBeat(0, 1, 1, 1, "serving", {}), lambda: True)
    assert not ledger.changed_by_others()
    with open_current(database) as other:
        other.execute("INSERT INTO meta VALUES ('a', 'b')")

    assert [ledger.changed_by_others(), ledger.changed_by_others()] == [True, False]
    ledger.close()


def test_another_schema_is_refused(database: Path) -> None:
    """Rows are only added to tables that are known."""
    with open_current(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="9999"):
        LedgerConnection(database, "process")


def test_closing_leaves_one_file(database: Path) -> None:
    """The last connection writes the journal back and removes it."""
    ledger = LedgerConnection(database, "power")
    ledger.commit_entries([packed(1)], lambda: True)
    ledger.close()

    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_long_journal_is_copied_into_the_database(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And begins anew, so that it stays short."""
    monkeypatch.setattr(ledger_connection, "WRITER_CHECKPOINT_PAGES", 8)
    ledger = LedgerConnection(database, "process")
    before = database.stat().st_size
    for number in range(100):
        ledger.commit_entries([packed(number)], lambda: True)

    assert database.stat().st_size > before
    assert database.with_name(f"{database.name}-wal").stat().st_size < 100_000
    ledger.close()


def test_a_failed_copy_of_the_journal_is_told(
    database: Path, all_entries: Callable[[], list[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite would try it again at the next commit, and say nothing; here whoever commits gets to know."""
    monkeypatch.setattr(ledger_connection, "WRITER_CHECKPOINT_PAGES", 8)
    ledger = LedgerConnection(database, "process")
    ledger.commit_entries([packed(number) for number in range(200)], lambda: True)
    numbers = count(200)
    with no_file_grows_beyond(database.stat().st_size), pytest.raises(driver.OperationalError):
        while True:
            ledger.commit_entries([packed(next(numbers))], lambda: True)
    ledger.close()

    assert len(all_entries()) == next(numbers)


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """For this process: a write behind that place of any file fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
