"""The migrations, and the schema that they make."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from routeproof.errors import StoreError
from routeproof.ledger.entries import AttemptRow, ExchangeRow
from routeproof.store.connecting import SCHEMA_REVISION, connect, open_current, read_revision
from routeproof.store.driver import driver
from routeproof.store.engine import open_engine
from routeproof.store.migrating import SCRIPTS, ensure_schema, main, upgrade
from routeproof.store.schema import attempts, exchanges, metadata


@pytest.mark.parametrize("keep_small", [False, True])
def test_an_empty_directory_gets_a_database(tmp_path: Path, keep_small: bool) -> None:
    """From nothing to this version's schema, in this process or in a child; a second time changes nothing."""
    path = tmp_path / "new.db"
    ensure_schema(path, keep_small=keep_small)
    made = path.read_bytes()
    ensure_schema(path, keep_small=keep_small)

    with open_current(path) as connection:
        assert read_revision(connection) == SCHEMA_REVISION
    assert path.read_bytes() == made


def test_the_revision_is_the_migrations_head() -> None:
    """The constant that is looked at on each start names the newest migration, and there is one line of them."""
    assert ScriptDirectory(str(SCRIPTS)).get_heads() == [SCHEMA_REVISION]


def test_the_migrations_make_what_the_queries_expect(database: Path) -> None:
    """Alembic finds no difference between the migrated database and the tables that queries are made of."""
    with open_engine(database, "BEGIN").connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_columns_are_the_ledgers_fields_in_order(database: Path) -> None:
    """Rows are written by position, so the order of fields and columns is one."""
    assert tuple(exchanges.c.keys()) == ExchangeRow.__struct_fields__
    assert tuple(attempts.c.keys()) == AttemptRow.__struct_fields__
    with open_current(database) as connection:
        for table, row in (("exchanges", ExchangeRow), ("attempts", AttemptRow)):
            found = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
            assert tuple(found) == row.__struct_fields__


def test_every_table_of_ours_is_strict(database: Path) -> None:
    """SQLite checks types in all of them; attempts stand in the order of their key."""
    with open_current(database) as connection:
        rows = connection.execute("SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    tables = {name: (bool(wr), bool(strict)) for name, wr, strict in rows if name in metadata.tables}

    assert set(tables) == {"exchanges", "attempts", "fact_sets", "keys", "workers", "meta"}
    assert all(strict for _, strict in tables.values())
    assert [name for name, (without_rowid, _) in tables.items() if without_rowid] == ["attempts"]


def test_a_text_where_a_number_belongs_is_refused(database: Path) -> None:
    """STRICT: a wrong type is an error, not a stored surprise."""
    with open_current(database) as connection, pytest.raises(driver.IntegrityError, match="INTEGER"):
        connection.execute("INSERT INTO workers VALUES (1, 'many', 1, 1, 'serving', '{}')")


def test_an_id_is_the_rows_own_key(database: Path) -> None:
    """Exchanges need no second tree for their id, and the one index is by key and time."""
    with open_current(database) as connection:
        names = [row[1] for row in connection.execute("PRAGMA index_list(exchanges)")]
        columns = [row[2] for row in connection.execute("PRAGMA index_info(exchanges_by_key)")]

    assert names == ["exchanges_by_key"]
    assert columns == ["key_id", "id"]


@pytest.mark.parametrize("keep_small", [False, True])
def test_a_newer_database_is_left_alone(database: Path, keep_small: bool) -> None:
    """A schema of a version to come is refused with what to do, and not touched."""
    with open_current(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match=r"newer version.*restore a backup"):
        ensure_schema(database, keep_small=keep_small)
    connection = connect(database)
    assert read_revision(connection) == "9999"
    connection.close()


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """All or nothing: where one table is in the way, none of the others is made."""
    path = tmp_path / "new.db"
    connection = connect(path, create=True)
    connection.execute("CREATE TABLE workers (a)")
    with pytest.raises(StoreError, match=r"workers already exists.*as it was before"):
        upgrade(path)

    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    connection.close()
    assert names == ["workers"]


def test_the_child_says_why_it_failed(tmp_path: Path) -> None:
    """As a program, the module ends with a message and a status, without a traceback."""
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be looked at as one" * 10)
    with pytest.raises(SystemExit, match=r"text\.db"):
        main([str(path)])

    done = subprocess.run(
        [sys.executable, "-m", "routeproof.store.migrating", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"the database {path} can't be used")
    assert "Traceback" not in done.stderr


def test_the_hot_path_does_not_load_the_schemas_libraries() -> None:
    """A data plane that finds its schema in place never imports SQLAlchemy or Alembic."""
    code = (
        "import sys, routeproof.store.opening, routeproof.store.writer, routeproof.store.recorder; "
        "sys.exit(', '.join(sorted({'sqlalchemy', 'alembic', 'mako'} & sys.modules.keys())) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
