"""A disk that syncs when it is told to: every sync of a `SlotSync` waits for its permit, or fails."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import until

from routeproof.store.slot_sync import SlotSync

WAIT_S = 10.0


class HeldDisk:
    """Stands in for `os.fdatasync`. Syncs are counted as they begin; each waits until it may end."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0
        self._permits = threading.Semaphore(0)
        self._broken = False

    def __call__(self, descriptor: int) -> None:
        """One sync."""
        self.begun += 1
        assert self._permits.acquire(timeout=WAIT_S), "a sync was held for ever"
        if self._broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(descriptor)
        self.ended += 1

    def let(self, syncs: int = 1) -> None:
        """Let so many syncs end, those that run or those to come."""
        self._permits.release(syncs)

    def break_down(self) -> None:
        """From now on syncs fail, the one that is held at once."""
        self._broken = True
        self._permits.release(1_000)

    def wait_begun(self, syncs: int) -> None:
        """Return once so many have begun."""
        until(lambda: self.begun >= syncs, f"{syncs} syncs")


@contextmanager
def held_sync(path: Path, on_failure: Callable[[BaseException], None]) -> Iterator[tuple[SlotSync, HeldDisk]]:
    """A sync that has begun on a file of its own, and the disk that holds it back; ended at the end."""
    path.touch()
    disk = HeldDisk()
    sync = SlotSync(path, on_failure, make_durable=disk)
    sync.start()
    try:
        yield sync, disk
    finally:
        disk.let(1_000)
        sync.close(WAIT_S)
