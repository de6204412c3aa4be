"""The connection that adds rows to the ledger: groups, heartbeats, and whether others changed the database."""

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from routeproof.catalog.pricing.fact_sets import FactSet
from routeproof.ledger.entries import PackedEntry, unpack_entry
from routeproof.store.connecting import WRITER_CHECKPOINT_PAGES, Durability, check_revision, connect, store_errors
from routeproof.store.driver import driver, is_busy
from routeproof.store.fact_sets import insert_fact_sets
from routeproof.store.fitting import make_storable, pack_entry
from routeproof.store.packed_rows import insert_packed, load_packed_rows
from routeproof.store.rows import insert_entries
from routeproof.store.workers import WorkerBeat, write_beat

_LOCK_WAIT_MS: Final = 500
_WAL_KEPT_BYTES: Final = 64 * 1024 * 1024


class LedgerConnection:
    """Belongs to one thread at a time."""

    def __init__(self, path: Path, durability: Durability) -> None:
        """Open a database that is up to date. Raises StoreError."""
        self.path = path
        self._connection = connect(path, durability=durability)
        try:
            with store_errors(path):
                check_revision(self._connection, path)
                self._connection.execute(f"PRAGMA busy_timeout = {_LOCK_WAIT_MS}")
                self._connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
                self._data_version = self._read_data_version()
                self._takes_packs = load_packed_rows(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def commit_entries(
        self, packs: Sequence[PackedEntry], keep_waiting: Callable[[], bool], fact_sets: Sequence[FactSet] = ()
    ) -> None:
        """Commit entries as one group, and before them the facts that they were priced with.

        Another's lock is waited for as long as `keep_waiting` says so: nothing was written yet, so nothing is retried.
        Raises driver.Error; whether the group is in the database is then for the next start to find out.
        """
        self._begin(keep_waiting)
        insert_fact_sets(self._connection, fact_sets)
        try:
            self._insert(packs)
        except OverflowError:
            self._connection.execute("ROLLBACK")
            self._begin(keep_waiting)
            insert_fact_sets(self._connection, fact_sets)
            self._insert([_storable(packed) for packed in packs])
        self._commit()

    def commit_beat(self, beat: WorkerBeat, keep_waiting: Callable[[], bool]) -> None:
        """Commit a heartbeat. Raises driver.Error."""
        self._begin(keep_waiting)
        write_beat(self._connection, beat)
        self._commit()

    def changed_by_others(self) -> bool:
        """Whether another connection has committed anything since the last call. Raises driver.Error."""
        before, self._data_version = self._data_version, self._read_data_version()
        return self._data_version != before

    def close(self) -> None:
        """Close it; a transaction that was not committed leaves nothing."""
        self._connection.close()

    def abandon(self) -> None:
        """Leave it, after a failure, to the end of the process: to close it would be to try again.

        The last connection to close syncs the journal and copies it into the database. A sync that follows a failed
        one may report success for what the first one lost (https://wiki.postgresql.org/wiki/Fsync_Errors). The next
        start reads the journal anew, frame by frame against its checksums.
        """
        with suppress(driver.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        # A reference that nobody gives back: else the interpreter would close it when it ends.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._connection))

    def _insert(self, packs: Sequence[PackedEntry]) -> None:
        if self._takes_packs:
            insert_packed(self._connection, packs)
        else:
            insert_entries(self._connection, [unpack_entry(packed) for packed in packs])

    def _begin(self, keep_waiting: Callable[[], bool]) -> None:
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except driver.OperationalError as error:
                if not is_busy(error) or not keep_waiting():
                    raise
            else:
                return

    def _commit(self) -> None:
        """Commit, and now and then copy the journal into the database.

        SQLite's own checkpoints would keep a failed sync to themselves and try it again; these raise.
        """
        self._connection.execute("COMMIT")
        _, pages, _ = self._connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        if pages >= WRITER_CHECKPOINT_PAGES:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _read_data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def _storable(packed: PackedEntry) -> PackedEntry:
    entry = unpack_entry(packed)
    make_storable(entry)
    return pack_entry(entry)
