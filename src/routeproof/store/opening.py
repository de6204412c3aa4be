"""Opens everything that a data plane needs of a data directory, in the one order that loses nothing."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final, Self

from routeproof.access.keys import KeyRing
from routeproof.clock import Clock
from routeproof.ids import ExchangeIds
from routeproof.store.connecting import Durability
from routeproof.store.data_dir import DataDirLock, database_path, make_data_dir, recorder_path, recorder_paths
from routeproof.store.health import last_exchange_id
from routeproof.store.keys import load_ring
from routeproof.store.migrating import ensure_schema
from routeproof.store.recorder import FlightRecorder
from routeproof.store.recovery import Bound, FactsBehind, nothing_behind, recover_all
from routeproof.store.slot_sync import SlotSync
from routeproof.store.writer import LedgerWriter

CLOSE_TIMEOUT_S: Final = 30.0
"""For the last commits; what takes longer is written by the next start."""


class OpenLedger:
    """A data directory in use by this process, and by no other that serves."""

    def __init__(
        self,
        data_dir: Path,
        *,
        slots: int,
        durability: Durability,
        bound: Bound,
        clock: Clock,
        on_failure: Callable[[BaseException], None],
        worker: int = 0,
        keep_small: bool = False,
        facts_behind: FactsBehind = nothing_behind,
    ) -> None:
        """Lock it, bring the schema up to date, write what an unclean stop left, and begin to record and write.

        `bound` gives the most that an interrupted exchange can have cost; `on_failure` is called on the thread that
        failed; `keep_small` as in `ensure_schema`; `facts_behind` as in `recover_exchanges`. Raises StoreError, with
        nothing left open.
        """
        make_data_dir(data_dir)
        self.database = database_path(data_dir)
        with ExitStack() as opened:
            opened.enter_context(DataDirLock(data_dir))
            ensure_schema(self.database, keep_small=keep_small)
            self.recoveries = recover_all(self.database, recorder_paths(data_dir), bound, clock.wall_ns(), facts_behind)
            self.recorder = FlightRecorder(recorder_path(data_dir, worker), slots, worker)
            opened.callback(self.recorder.close)
            self.slot_sync: SlotSync | None = None
            """Where durability is `power`: puts the recorder's notes on the disk."""
            if durability == "power":
                self.slot_sync = SlotSync(recorder_path(data_dir, worker), partial(self._sync_failed, on_failure))
                opened.callback(self.slot_sync.close, CLOSE_TIMEOUT_S)
            # Ids go on after the newest row, even where the clock went back.
            self.ids = ExchangeIds(worker, last_exchange_id(self.database))
            self.writer = LedgerWriter(self.database, self.recorder, durability, on_failure, worker=worker, clock=clock)
            self.writer.start()
            if self.slot_sync is not None:
                self.slot_sync.start()
            self._opened = opened.pop_all()

    @property
    def on_keys_changed(self) -> Callable[[], None] | None:
        """Called on the writer's thread when another process changed the database: perhaps its keys."""
        return self.writer.on_external_change

    @on_keys_changed.setter
    def on_keys_changed(self, callback: Callable[[], None] | None) -> None:
        self.writer.on_external_change = callback

    @property
    def read_counters(self) -> Callable[[], Mapping[str, int]] | None:
        """Called on the writer's thread for what the heartbeat publishes."""
        return self.writer.read_counters

    @read_counters.setter
    def read_counters(self, callback: Callable[[], Mapping[str, int]] | None) -> None:
        self.writer.read_counters = callback

    def keys(self) -> KeyRing:
        """Every key as it is now. Raises StoreError."""
        return load_ring(self.database)

    def _sync_failed(self, on_failure: Callable[[BaseException], None], error: BaseException) -> None:
        self.writer.condemn()
        on_failure(error)

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Commit what waits and give the directory back; False where rows are left to the flight recorder."""
        drained = self.writer.close(timeout_s)
        self._opened.close()
        return drained

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
