"""The ledger's writer: one thread that owns the only connection which adds rows, and commits them in groups.

    event loop: append -> queue            writer thread: queue -> BEGIN, rows, COMMIT -> slots freed

The thread sleeps while there is nothing to write, but for a look every half second whether another process changed
the database, and a heartbeat every second. What can't be committed stops it for good: the rows are in the flight
recorder, the gateway refuses new exchanges, and the next start writes them.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final, Protocol, TypeVar

from routeproof.catalog.kinds import AnyFact
from routeproof.clock import Clock, SystemClock
from routeproof.ledger.entries import Entry, PackedEntry
from routeproof.store.connecting import Durability, store_errors
from routeproof.store.fact_sets import FactPins
from routeproof.store.fitting import pack_entry
from routeproof.store.ledger_connection import LedgerConnection
from routeproof.store.workers import WorkerBeat

_log = logging.getLogger("routeproof.store.writer")

LOOK_INTERVAL_S: Final = 0.5
BEAT_INTERVAL_S: Final = 1.0
UNSLOTTED_MAX: Final = 16_384
"""Entries without a slot (refused requests) join the queue only below this; a flood must not fill the memory."""

GROUP_MAX: Final = 4_096
"""Entries in one commit: after a long wait for another's lock, neither the journal nor the wait grows without bound."""
_NO_SLOT: Final = -1

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class SlotOwner(Protocol):
    """The flight recorder, as the writer knows it."""

    def free(self, slots: Sequence[int]) -> None:
        """Give back slots whose rows are committed."""
        ...


class LedgerWriter:
    """`append` belongs to the event loop's thread; everything else may be called from any."""

    def __init__(
        self,
        path: Path,
        recorder: SlotOwner,
        durability: Durability,
        on_failure: Callable[[BaseException], None],
        *,
        worker: int = 0,
        clock: Clock | None = None,
        group_interval_s: float = 0.01,
    ) -> None:
        """Open the database; nothing is written before `start`. `on_failure` is called on the writer's thread.

        Raises StoreError.
        """
        self.healthy = True
        """False from the first failed commit on, once closed, and where others have found the ledger unfit."""
        self._commits = True
        """What is appended is committed: False from the first failed commit on, and once closed."""
        self.shed = 0
        """Entries of refused requests that were dropped because too many waited."""
        self.on_external_change: Callable[[], None] | None = None
        """Called on the writer's thread after others have committed anything since the database was opened here."""
        self.read_counters: Callable[[], Mapping[str, int]] | None = None
        """Called on the writer's thread for what the heartbeat publishes."""
        self._recorder = recorder
        self._on_failure = on_failure
        self._worker = worker
        self._clock = clock or SystemClock()
        self._started_ns = self._clock.wall_ns()
        self._group_interval_s = group_interval_s
        self._state = "starting"
        # Two lists, not one of pairs: a tuple for each exchange would be work for the garbage collector.
        self._queue: list[PackedEntry] = []
        self._slots: list[int] = []
        self._flushes: list[threading.Event] = []
        self._pins = FactPins()
        self._committing = 0
        self._sleeping = False
        self._closing = False
        self._announced = True
        self._give_up_s = float("inf")
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._group_ended_s = float("-inf")
        self._looked_s = self._beaten_s = monotonic()
        self._connection = LedgerConnection(path, durability)
        self._runner = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._runner.start()

    # -- the event loop's side

    def append(self, packed: PackedEntry, slot: int) -> None:
        """Queue an entry for the next commit; its slot is freed after it. Never waits.

        Once the writer has failed nothing is queued: the slot is recovered.
        """
        if self._commits:
            self._queue.append(packed)
            self._slots.append(slot)  # last: the writer takes as many entries as there are slots
            if self._sleeping:
                self._sleeping = False
                self._wake.set()

    def append_refusal(self, entry: Entry) -> None:
        """Queue an entry that has no slot, of a request that was refused, unless too many wait. Never waits."""
        if len(self._queue) >= UNSLOTTED_MAX:
            self.shed += 1
        else:
            self.append(pack_entry(entry), _NO_SLOT)

    def pin(self, digest: str, facts: Sequence[AnyFact], first_used_ns: int) -> None:
        """Keep the facts behind a price, with the first rows that name their digest at the latest. Never waits."""
        self._pins.add(digest, facts, first_used_ns)

    @property
    def backlog(self) -> int:
        """Entries that wait for their commit."""
        return len(self._queue) + self._committing

    # -- anyone's side

    def condemn(self) -> None:
        """The flight recorder can't be relied on: not healthy any more, so that nothing new is begun.

        What has begun is still committed: its rows are safer in the database than in the recorder.
        """
        self.healthy = False

    def announce(self, state: str) -> None:
        """Put a new state into the heartbeat, at once."""
        self._state = state
        self._announced = True
        self._wake.set()

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything appended so far is committed; False where that fails or takes longer."""
        done = threading.Event()
        self._flushes.append(done)
        self._hurry.set()
        self._wake.set()
        return self._commits and done.wait(timeout_s) and self._commits

    def close(self, timeout_s: float) -> bool:
        """Commit what waits, say `stopped`, and end; False where rows are left to the flight recorder."""
        self._give_up_s = monotonic() + timeout_s
        self._closing = True
        self._hurry.set()
        self._wake.set()
        if self._runner.ident is None:
            self._connection.close()
        else:
            self._runner.join(timeout_s)
        drained = self._commits and not self.backlog and not self._runner.is_alive()
        self.healthy = self._commits = False
        return drained

    # -- the thread's side

    def _run(self) -> None:
        try:
            with store_errors(self._connection.path):
                self._serve()
        except BaseException as error:  # noqa: BLE001 - whatever ends this thread, the gateway has to know
            self.healthy = self._commits = False
            self._connection.abandon()
            _log.critical("the ledger can't be written any more, restart to recover: %s", error)
            self._on_failure(error)
        else:
            self._connection.close()
        finally:
            for done in self._flushes:
                done.set()

    def _serve(self) -> None:
        while True:
            flushes = len(self._flushes)
            self._look_around()
            waiting = len(self._slots)
            while waiting > 0:
                self._commit_group(min(waiting, GROUP_MAX))
                waiting -= GROUP_MAX
            for done in _take(self._flushes, flushes):
                done.set()
            if self._closing and not self._slots:
                break
            self._wait()
        self._state = "stopped"
        self._beat()

    def _commit_group(self, count: int) -> None:
        self._committing = count  # counted twice for an instant, rather than not at all
        entries, slots = _take(self._queue, count), _take(self._slots, count)
        # After the entries: what they were priced with was pinned before they were appended.
        self._connection.commit_entries(entries, self._keep_waiting, self._pins.take())
        self._recorder.free([slot for slot in slots if slot != _NO_SLOT])
        self._committing = 0
        self._group_ended_s = monotonic()

    def _wait(self) -> None:
        """Sleep until there is something to do, then long enough for a group to gather."""
        self._wake.clear()
        self._sleeping = True  # before the look at the queue: an append in between sees it and wakes us
        if not (self._slots or self._flushes or self._closing or self._announced):
            self._wake.wait(max(self._looked_s + LOOK_INTERVAL_S - monotonic(), 0.0))
        self._sleeping = False
        if self._slots:
            pause_s = self._group_ended_s + self._group_interval_s - monotonic()
            if pause_s > 0:
                self._hurry.wait(pause_s)
        self._hurry.clear()

    def _look_around(self) -> None:
        now_s = monotonic()
        if now_s - self._looked_s >= LOOK_INTERVAL_S:
            self._looked_s = now_s
            # Without anyone to tell there is no look: a change must not be taken note of and then forgotten.
            if self.on_external_change is not None and self._connection.changed_by_others():
                _guarded(self.on_external_change, None)
        if self._announced or now_s - self._beaten_s >= BEAT_INTERVAL_S:
            self._announced = False  # before the state is read: one announced in between is published next
            self._beaten_s = now_s
            self._beat()

    def _beat(self) -> None:
        state = self._state
        nothing: Mapping[str, int] = {}
        counters = nothing if self.read_counters is None else _guarded(self.read_counters, nothing)
        beat = WorkerBeat(self._worker, os.getpid(), self._started_ns, self._clock.wall_ns(), state, counters)
        self._connection.commit_beat(beat, self._keep_waiting)

    def _keep_waiting(self) -> bool:
        return monotonic() < self._give_up_s


def _take(items: list[_Item], count: int) -> list[_Item]:
    """The first items, removed from the list. Each step is atomic: what others append meanwhile stays in it."""
    taken = items[:count]
    del items[:count]
    return taken


def _guarded(callback: Callable[[], _Result], otherwise: _Result) -> _Result:
    """What the callback gives. Where it fails, the log says so: the ledger does not stop for what is not its own."""
    try:
        return callback()
    except Exception:  # noqa: BLE001 - see above
        _log.exception("a callback of the ledger's writer failed")
        return otherwise
