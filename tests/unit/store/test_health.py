"""The state of the database."""

from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id

from routeproof.errors import StoreError
from routeproof.store.connecting import connect, open_current
from routeproof.store.driver import linked_version
from routeproof.store.health import check_database, last_exchange_id
from routeproof.store.rows import insert_entries
from routeproof.store.workers import WorkerBeat, write_beat


def fill(database: Path, number: int) -> None:
    connection = connect(database)
    insert_entries(connection, [sample_entry(at) for at in range(number)])
    connection.close()


def test_a_sound_database_is_told_so(database: Path) -> None:
    """No problem is found, and the figures are those of the file."""
    fill(database, 30)
    health = check_database(database)

    assert (health.problems, health.orphaned_attempts, health.exchanges) == ([], 0, 30)
    assert (health.linked_version, health.journal_mode) == (linked_version(), "wal")
    assert health.database_bytes == database.stat().st_size


def test_a_damaged_page_is_found(database: Path) -> None:
    """One that no longer holds what it should is named by SQLite's own check."""
    fill(database, 300)
    content = bytearray(database.read_bytes())
    content[-4096:] = b"\x5a" * 4096
    database.write_bytes(content)

    try:
        problems = check_database(database).problems
    except StoreError as error:
        problems = [error.message]
    assert problems


def test_attempts_without_an_exchange_are_counted(database: Path) -> None:
    """Somebody deleted a row by hand."""
    fill(database, 2)
    with open_current(database) as connection:
        connection.execute("DELETE FROM exchanges WHERE id = ?", (sample_id(1),))

    assert check_database(database).orphaned_attempts == 1


def test_workers_are_part_of_it(database: Path) -> None:
    """The last heartbeat says whether anyone serves."""
    beat = WorkerBeat(0, 1, 1, 1, "serving", {})
    with open_current(database) as connection:
        write_beat(connection, beat)

    assert check_database(database).workers == [beat]


def test_ids_go_on_after_the_newest(database: Path) -> None:
    """Zero in an empty ledger, else the largest."""
    assert last_exchange_id(database) == 0
    connection = connect(database)
    insert_entries(connection, [sample_entry(5, [sample_attempt(sample_id(5))]), sample_entry(2)])
    connection.close()

    assert last_exchange_id(database) == sample_id(5)


def test_a_missing_database_has_no_health(tmp_path: Path) -> None:
    """It is an error to ask, and nothing is made by it."""
    with pytest.raises(StoreError, match="there is no database"):
        check_database(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
