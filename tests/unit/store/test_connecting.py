"""Opening the database."""

from pathlib import Path

import pytest

from routeproof.errors import StoreError
from routeproof.store.connecting import Durability, connect, open_current, read_revision
from routeproof.store.driver import driver


def test_a_new_database_is_private(tmp_path: Path) -> None:
    """Neither the file nor its journals can be read by others."""
    path = tmp_path / "new.db"
    connection = connect(path, create=True)
    connection.execute("CREATE TABLE t (a)")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    connection.close()

    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_a_missing_database_is_not_made_by_accident(tmp_path: Path) -> None:
    """Reading one that is not there is an error that says what makes it."""
    with pytest.raises(StoreError, match="routeproof serve"):
        connect(tmp_path / "none.db")

    assert list(tmp_path.iterdir()) == []


def test_a_path_with_special_characters_is_that_path(tmp_path: Path) -> None:
    """Characters that mean something in a URI or to SQLite are just characters."""
    path = tmp_path / "a?mode=memory&x=%41 #b.db"
    connection = connect(path, create=True)
    connection.execute("CREATE TABLE t (a)")
    connection.close()

    assert path.stat().st_size > 0


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """The driver's error becomes one that names the file and what looks into it."""
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be looked at as one" * 10)

    with pytest.raises(StoreError, match=r"text\.db.*routeproof doctor"):
        connect(path)


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """So is one in a directory that does not exist."""
    with pytest.raises(StoreError, match="make its directory writable"):
        connect(tmp_path / "none" / "new.db", create=True)


@pytest.mark.parametrize(("durability", "synchronous"), [("process", 1), ("power", 2)])
def test_durability_decides_when_commits_are_synced(database: Path, durability: Durability, synchronous: int) -> None:
    """`process` is NORMAL, `power` is FULL; both in WAL mode."""
    connection = connect(database, durability=durability)
    settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    connection.close()

    assert settings == [synchronous, "wal"]


def test_another_schema_is_not_worked_with(database: Path) -> None:
    """A database of another version's schema is refused, with both revisions in the message."""
    with open_current(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match=r"schema 9999.*works with"), open_current(database):
        pass


def test_a_database_without_schema_has_no_revision(tmp_path: Path) -> None:
    """Neither an empty file nor an empty revision table has one, and neither is worked with."""
    connection = connect(tmp_path / "new.db", create=True)
    assert read_revision(connection) is None
    connection.execute("CREATE TABLE alembic_version (version_num)")
    assert read_revision(connection) is None
    connection.close()

    with pytest.raises(StoreError, match="schema none"), open_current(tmp_path / "new.db"):
        pass


def test_reading_cannot_write(database: Path) -> None:
    """A connection for reading refuses every change."""
    with (
        pytest.raises(StoreError, match="readonly"),
        open_current(database, read_only=True) as connection,
    ):
        connection.execute("DELETE FROM keys")


def test_the_drivers_errors_do_not_leak(database: Path) -> None:
    """What goes wrong while a database is open arrives as a StoreError that keeps its cause."""
    with pytest.raises(StoreError) as error, open_current(database) as connection:
        connection.execute("SELECT nonsense")
    assert isinstance(error.value.__cause__, driver.OperationalError)
