"""Databases with the schema in place, and a quick look into them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from routeproof.ledger.entries import Entry
from routeproof.store.connecting import open_current
from routeproof.store.migrating import ensure_schema
from routeproof.store.reading import LedgerFilter, LedgerReader

Count = Callable[[str], int]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One empty database that all tests copy."""
    path = tmp_path_factory.mktemp("migrated") / "routeproof.db"
    ensure_schema(path)
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    """An empty database of this test's own."""
    path = tmp_path / "routeproof.db"
    shutil.copy(migrated, path)
    return path


@pytest.fixture
def recorder_file(tmp_path: Path) -> Path:
    """Where a flight recorder may be made."""
    return tmp_path / "flight-recorder-0"


@pytest.fixture
def count(database: Path) -> Count:
    """How many rows a table of the database has."""

    def rows(table: str) -> int:
        with open_current(database, read_only=True) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    return rows


@pytest.fixture
def all_entries(database: Path) -> Callable[[], list[Entry]]:
    """Everything in the ledger, the oldest first."""

    def read() -> list[Entry]:
        return LedgerReader(database).page(LedgerFilter(), 10_000).entries[::-1]

    return read
