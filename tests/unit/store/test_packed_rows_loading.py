"""Whether a connection takes packs."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from routeproof import native
from routeproof.store import packed_rows
from routeproof.store.connecting import connect
from routeproof.store.driver import driver


@pytest.fixture
def connection(database: Path) -> Iterator[driver.Connection]:
    """A connection to an empty database."""
    opened = connect(database)
    yield opened
    opened.close()


def may_load(connection: driver.Connection) -> bool:
    """Whether a statement could load an extension."""
    with pytest.raises(driver.OperationalError) as raised:
        connection.execute("SELECT load_extension('no-such-file')")
    return str(raised.value) != "not authorized"


def test_a_connection_takes_packs_where_the_extension_was_compiled(connection: driver.Connection) -> None:
    """And is not left open for others."""
    assert packed_rows.load_packed_rows(connection) == native.COMPILED
    assert not may_load(connection)


def test_without_the_extension_a_connection_takes_none(
    connection: driver.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are then bound value by value."""
    monkeypatch.setattr(packed_rows, "EXTENSION", tmp_path / "ledgerrows.so")

    assert not packed_rows.load_packed_rows(connection)
    assert not may_load(connection)


def test_an_extension_that_can_not_be_loaded_is_told_and_leaves_no_door_open(
    connection: driver.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file for another system, say; statements may still not load extensions themselves."""
    damaged = tmp_path / "ledgerrows.so"
    damaged.write_bytes(b"not a library")
    monkeypatch.setattr(packed_rows, "EXTENSION", damaged)
    with caplog.at_level(logging.WARNING):
        assert not packed_rows.load_packed_rows(connection)

    assert "ledgerrows.so can't be loaded" in caplog.text
    assert not may_load(connection)
