"""The migration of the ledgers that wrote zero for what nobody knows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.old_ledgers import died, died_before_0004, make_old_ledger
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id

from routeproof.errors import StoreError
from routeproof.ledger.entries import Entry
from routeproof.store.connecting import connect, read_revision
from routeproof.store.health import check_database
from routeproof.store.migrating import ensure_schema

REFUSED = sample_entry(1, [], outcome="client_error", status=400, response_bytes=212)
LEFT_EARLY = sample_entry(3, outcome="cancelled", status=None, response_bytes=0)
STOPPED = sample_entry(
    4,
    [sample_attempt(sample_id(4), ordinal, started_us=0, outcome="interrupted") for ordinal in (1, 2)],
    outcome="interrupted",
    status=503,
    response_bytes=0,
)
"""Ended by a stop of the process: what was sent is known, whatever it was, and when the attempts began."""


CUT = "key_"
"""All of a key's id that a note has room for beside long names; then it may lack the first routes."""


def moved(number: int) -> Entry:
    """Two routes were tried, and the row says when."""
    return sample_entry(number, [sample_attempt(sample_id(number), ordinal) for ordinal in (1, 2)])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A ledger of the schema before, with rows of every kind."""
    path = tmp_path / "routeproof.db"
    written = [died_before_0004(2), died_before_0004(6), died_before_0004(7, key_id=CUT)]
    entries = [REFUSED, LEFT_EARLY, STOPPED, moved(5), *written]
    make_old_ledger(path, "0003", entries)
    return path


def test_what_was_zero_for_unknown_is_unknown(database: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """In the rows that a recovery wrote, and in no others: every other value of every row stays."""
    ensure_schema(database)
    entries = all_entries()

    assert entries == [REFUSED, died(2), LEFT_EARLY, STOPPED, moved(5), died(6), died(7, key_id=CUT)]
    assert [[row.started_us for row in entry.attempts] for entry in entries[4:]] == [[20, 40], [0, None], [None, None]]


def test_attempts_without_their_exchange_stay(database: Path) -> None:
    """A damaged ledger loses nothing more, and `doctor` still finds what it lacks."""
    connection = connect(database)
    connection.execute("DELETE FROM exchanges WHERE id = ?", (sample_id(5),))
    before = connection.execute("SELECT * FROM attempts WHERE exchange_id = ?", (sample_id(5),)).fetchall()
    ensure_schema(database)
    after = connection.execute("SELECT * FROM attempts WHERE exchange_id = ?", (sample_id(5),)).fetchall()
    connection.close()

    assert (after, len(before), check_database(database).orphaned_attempts) == (before, 2, 2)


def test_the_attempts_are_as_they_were(database: Path) -> None:
    """Strict, in the order of their key, and nothing of the copy is left."""
    ensure_schema(database)
    connection = connect(database)
    tables = connection.execute("SELECT name, wr, strict FROM pragma_table_list WHERE name LIKE 'attempts%'").fetchall()
    columns = connection.execute("PRAGMA table_info(attempts)").fetchall()
    connection.close()
    required = {column[1] for column in columns if column[3]}

    assert tables == [("attempts", 1, 1)]
    assert [column[1] for column in columns if column[5]] == ["exchange_id", "ordinal"]
    assert required == {"exchange_id", "ordinal", "route", "outcome", "thinking", "explicit_cache", "provenance"}


def test_the_exchanges_are_as_they_were(database: Path) -> None:
    """Strict, with their own key as row id and their index, and nothing of the copy is left."""
    ensure_schema(database)
    connection = connect(database)
    tables = dict(connection.execute("SELECT name, strict FROM pragma_table_list WHERE name LIKE 'exchanges%'"))
    indexes = [row[1] for row in connection.execute("PRAGMA index_list(exchanges)")]
    nullable = [row[1] for row in connection.execute("PRAGMA table_info(exchanges)") if row[1] != "id" and not row[3]]
    found = connection.execute("SELECT id FROM exchanges WHERE rowid = ?", (sample_id(5),)).fetchone()
    whole = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()

    assert (tables, indexes, found, whole) == ({"exchanges": 1}, ["exchanges_by_key"], (sample_id(5),), ("ok",))
    assert nullable[-3:] == ["cost_nanousd", "cost_bound_nanousd", "response_bytes"]


def test_a_migration_that_fails_half_way_changes_nothing(database: Path) -> None:
    """The old tables are gone and the new ones filled when the index's name is found taken: all is taken back."""
    connection = connect(database)
    connection.execute("DROP INDEX exchanges_by_key")
    connection.execute("CREATE TABLE exchanges_by_key (a)")
    before = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("exchanges", "attempts")]
    with pytest.raises(StoreError, match="as it was before"):
        ensure_schema(database)
    after = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("exchanges", "attempts")]
    tables = [row[0] for row in connection.execute("SELECT name FROM pragma_table_list WHERE name LIKE '%_new'")]

    assert (after, tables, read_revision(connection)) == (before, [], "0003")
    connection.close()
