"""Ledgers of an earlier schema, as an earlier version left them."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from tests.support.sample_entries import sample_open

from routeproof.ledger.entries import Entry
from routeproof.store.connecting import connect
from routeproof.store.engine import open_engine
from routeproof.store.migrating import SCRIPTS
from routeproof.store.recovery import interrupted_entry
from routeproof.store.rows import insert_entries


def make_old_ledger(path: Path, revision: str, entries: Sequence[Entry]) -> None:
    """A database whose schema stands at that migration, with these rows."""
    connect(path, create=True).close()
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with open_engine(path, "BEGIN IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    old = connect(path)
    insert_entries(old, entries)
    old.close()


def died(number: int, **changes: str) -> Entry:
    """An exchange whose process died with its second attempt in flight; `changes` are to its note."""
    return interrupted_entry(sample_open(number, ["a/1", "b/2"], **changes), 777)


def died_before_0004(number: int, **changes: str) -> Entry:
    """The same as it was written while unknown bytes and starts were zero."""
    entry = died(number, **changes)
    entry.exchange.response_bytes = 0
    for attempt in entry.attempts:
        attempt.started_us = 0
    return entry
