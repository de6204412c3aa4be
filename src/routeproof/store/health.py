"""The state of the database: what is linked, how large it is, whether it is sound, what happened last."""

from pathlib import Path
from typing import Final

import msgspec

from routeproof.store.connecting import open_current
from routeproof.store.driver import driver, linked_version
from routeproof.store.recovery import LAST_RECOVERY, Recovery
from routeproof.store.workers import WorkerBeat, read_workers

PROBLEMS_MAX: Final = 20

_decode_recovery = msgspec.json.Decoder(Recovery).decode


class DatabaseHealth(msgspec.Struct, frozen=True):
    """What there is to know of a database without reading its rows one by one."""

    linked_version: str
    journal_mode: str
    problems: list[str]
    """What SQLite's integrity check found, up to PROBLEMS_MAX; empty where the database is sound."""
    orphaned_attempts: int
    """Attempts without their exchange: there are none unless somebody edited the tables."""
    database_bytes: int
    wal_bytes: int
    exchanges: int
    last_recovery: Recovery | None
    workers: list[WorkerBeat]


def check_database(path: Path) -> DatabaseHealth:
    """Examine the whole database; takes some seconds for each gigabyte. Raises StoreError."""
    with open_current(path, read_only=True) as connection:
        rows = connection.execute(f"PRAGMA integrity_check({PROBLEMS_MAX})").fetchall()
        return DatabaseHealth(
            linked_version(),
            _one(connection, "PRAGMA journal_mode"),
            [row[0] for row in rows if row[0] != "ok"],
            int(
                _one(
                    connection,
                    "SELECT count(*) FROM attempts WHERE exchange_id NOT IN (SELECT id FROM exchanges)",
                )
            ),
            _size(path),
            _size(path.with_name(f"{path.name}-wal")),
            int(_one(connection, "SELECT count(*) FROM exchanges")),
            _last_recovery(connection),
            read_workers(path),
        )


def last_exchange_id(path: Path) -> int:
    """The newest id in the ledger, 0 where it is empty: new ids go on from there, even if the clock went back.

    Raises StoreError.
    """
    with open_current(path, read_only=True) as connection:
        return int(_one(connection, "SELECT coalesce(max(id), 0) FROM exchanges"))


def last_recovery(path: Path) -> Recovery | None:
    """What the last start after an unclean stop found and wrote; None where there was none. Raises StoreError."""
    with open_current(path, read_only=True) as connection:
        return _last_recovery(connection)


def _one(connection: driver.Connection, query: str) -> str:
    return str(connection.execute(query).fetchone()[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _last_recovery(connection: driver.Connection) -> Recovery | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (LAST_RECOVERY,)).fetchone()
    return None if row is None else _decode_recovery(row[0])
