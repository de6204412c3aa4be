"""Puts the flight recorder's notes on the disk, in groups: those that wait while one sync runs share the next one.

    event loop: note -> wait -> queue      sync thread: queue -> one fdatasync -> event loop: all of the group told

The notes are stores into a shared mapping; fdatasync on its file writes back the pages that they made dirty, and only
those. It costs what an msync of them does, lets the interpreter go on meanwhile, and needs nothing of the mapping.
A sync that fails is never tried again: the kernel may by then call clean what it could not write.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from routeproof.errors import LedgerUnavailable, StoreError

_log = logging.getLogger("routeproof.store.slot_sync")

Ready = Callable[[bool], None]
"""Called once, on the event loop: True where what was noted before the wait is on the disk, False where it is not."""

_REFUSED: Final = "The ledger's disk failed, so nothing is sent; tell the operator."


class SlotWait:
    """One exchange's wait until its note is on the disk; `cancel` withdraws it."""

    __slots__ = ("_queue", "_ready")

    def __init__(self, ready: Ready, queue: "deque[SlotWait]") -> None:
        self._ready: Ready | None = ready
        self._queue = queue
        queue.append(self)

    def cancel(self) -> None:
        """Withdraw: it is not told any more. Makes room in the queue at once."""
        self._ready = None
        try:
            self._queue.remove(self)
        except ValueError:
            return  # its group is being synced, or was

    def tell(self, synced: bool) -> None:
        """Give the answer, unless it was withdrawn."""
        ready, self._ready = self._ready, None
        if ready is not None:
            ready(synced)


class SlotSync:
    """`wait` and `SlotWait.cancel` belong to the event loop's thread."""

    def __init__(
        self,
        path: Path,
        on_failure: Callable[[BaseException], None],
        *,
        make_durable: Callable[[int], None] = os.fdatasync,
    ) -> None:
        """Open the recorder's file, and put it and its name on the disk; nothing is synced after that before `start`.

        `on_failure` is called on the sync's thread, before anyone is told. `make_durable` syncs a descriptor.
        Raises StoreError.
        """
        self.healthy = True
        """False from the first failed sync on, and once closed."""
        self._path = path
        self._on_failure = on_failure
        self._make_durable = make_durable
        self._waiting: deque[SlotWait] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = threading.Event()
        self._closing = False
        # Held open for as long as the process records: a write that failed between two syncs, whoever began it, is
        # told to descriptors that were open then (https://docs.kernel.org/filesystems/vfs.html, "Handling errors").
        self._descriptor = _open_durable(path)
        self._runner = threading.Thread(target=self._run, name="slot-sync", daemon=True)

    def start(self) -> None:
        """Begin to sync."""
        self._runner.start()

    def wait(self, ready: Ready) -> SlotWait:
        """Ask to be told, on the running loop, once all that was noted before is on the disk.

        Raises LedgerUnavailable where a sync has failed.
        """
        if not self.healthy:
            raise LedgerUnavailable(_REFUSED)
        self._loop = asyncio.get_running_loop()
        wait = SlotWait(ready, self._waiting)
        self._wake.set()
        return wait

    def close(self, timeout_s: float) -> None:
        """Sync for those who still wait, and end; nobody may wait after that. Safe to call again."""
        self._closing = True
        self._wake.set()
        if self._runner.ident is not None:
            self._runner.join(timeout_s)
        self.healthy = False
        if not self._runner.is_alive() and self._descriptor >= 0:  # one that hangs in the kernel keeps its descriptor
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    # -- the thread's side

    def _run(self) -> None:
        closing = False
        while not closing:
            self._wake.wait()
            self._wake.clear()
            closing = self._closing  # before the look at the queue: who came before the close is still served
            group = self._take()
            if group:
                try:
                    self._sync()
                finally:
                    self._tell(group)

    def _take(self) -> list[SlotWait]:
        """All who wait. Each step is atomic: who comes or withdraws meanwhile is still in the queue, or is not."""
        waiting = self._waiting
        group: list[SlotWait] = []
        while True:
            try:
                wait = waiting.popleft()
            except IndexError:
                return group
            group.append(wait)

    def _sync(self) -> None:
        if not self.healthy:
            return  # never again
        try:
            self._make_durable(self._descriptor)
        except BaseException as error:  # noqa: BLE001 - whatever it was, nothing may be sent on the strength of it
            self.healthy = False
            _log.critical("%s can't be synced any more, restart to recover: %s", self._path, error)
            self._on_failure(error)

    def _tell(self, group: list[SlotWait]) -> None:
        loop = self._loop
        assert loop is not None
        try:
            loop.call_soon_threadsafe(_tell_all, loop, group, self.healthy)
        except RuntimeError:
            if not loop.is_closed():  # a loop is closed after its exchanges: nobody waits any more
                raise


def _tell_all(loop: asyncio.AbstractEventLoop, group: list[SlotWait], synced: bool) -> None:
    for wait in group:
        try:
            wait.tell(synced)
        except Exception as fault:  # noqa: BLE001 - a fault in one may not keep the others from being told
            loop.call_exception_handler({"message": f"a fault after the sync for {wait!r}", "exception": fault})


def _open_durable(path: Path) -> int:
    """A descriptor of the file, which is on the disk as it is, under its name. Raises StoreError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreError(f"can't sync {path} ({why}); repair its disk, or put server.data_dir on another") from error
    return descriptor
