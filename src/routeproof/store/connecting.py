"""Opening the database: one way to connect, with the settings that its safety rests on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from routeproof.errors import StoreError
from routeproof.store.driver import check_linked_version, driver

Durability = Literal["process", "power"]
"""What the ledger survives: the death of the process, or the loss of power too."""

SCHEMA_REVISION: Final = "0004"
"""The newest migration; a test holds it to the migrations' own head."""

BUSY_TIMEOUT_S: Final = 5.0
WRITER_CHECKPOINT_PAGES: Final = 4_000
"""Of 4 KiB. Index pages that many groups write are checkpointed once; measured 8 % cheaper a row than 1,000."""

# In WAL mode NORMAL syncs at checkpoints only, FULL at each commit (https://sqlite.org/pragma.html#pragma_synchronous).
_SYNCHRONOUS: Final[dict[Durability, str]] = {
    "process": "PRAGMA synchronous = NORMAL",
    "power": "PRAGMA synchronous = FULL",
}
_REVISION_TABLE: Final = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"


def connect(path: Path, *, durability: Durability = "power", create: bool = False) -> driver.Connection:
    """A connection for one thread at a time, in autocommit: transactions are begun and ended by statements.

    Raises StoreError where the linked SQLite is unsafe, or the file is missing (unless `create`) or no database.
    """
    check_linked_version()
    if create:
        _create_private(path)
    elif not path.exists():
        raise StoreError(f"there is no database {path}; `routeproof serve` and `routeproof keys create` make it")
    with store_errors(path):
        connection = driver.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            _settle(connection, durability)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def open_current(path: Path, *, read_only: bool = False) -> Iterator[driver.Connection]:
    """A connection to a database of this version's schema, closed at the end.

    Raises StoreError as `connect` does, and for what goes wrong while it is open.
    """
    connection = connect(path)
    try:
        with store_errors(path):
            check_revision(connection, path)
            if read_only:
                connection.execute("PRAGMA query_only = ON")
            yield connection
    finally:
        connection.close()


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turns the driver's errors into StoreError: the one boundary where they are."""
    try:
        yield
    except driver.Error as error:
        raise StoreError(f"the database {path} can't be used ({error}); `routeproof doctor` looks into it") from error


def read_revision(connection: driver.Connection) -> str | None:
    """The migration that the schema stands at; None for a database without one."""
    if connection.execute(_REVISION_TABLE).fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def check_revision(connection: driver.Connection, path: Path) -> None:
    """Raises StoreError where the schema is not the one that this version works with."""
    revision = read_revision(connection)
    if revision != SCHEMA_REVISION:
        raise StoreError(
            f"the database {path} has schema {revision or 'none'}, this version works with {SCHEMA_REVISION}; "
            "`routeproof serve` brings an older one up to date, a newer one needs the newer version"
        )


def _create_private(path: Path) -> None:
    """An empty file that only this user may read; SQLite gives its journals the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"can't make {path} ({error.strerror}); make its directory writable") from error


def _settle(connection: driver.Connection, durability: Durability) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(_SYNCHRONOUS[durability])
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # the writer's connection does them, and tells where one fails
    connection.execute("PRAGMA trusted_schema = OFF")
