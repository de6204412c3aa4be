"""Deadlines without a timer each: what has one is looked at in one sweep, a few times a second."""

import asyncio
from typing import Protocol


class Watched(Protocol):
    """Something with deadlines."""

    def check_deadlines(self, now_s: float) -> None:
        """Act on each deadline that has passed; `now_s` is the loop's time."""
        ...


class Deadlines:
    """Sweeps all watched objects every `interval_s` seconds while any is there."""

    def __init__(self, loop: asyncio.AbstractEventLoop, interval_s: float) -> None:
        self._loop = loop
        self._interval_s = interval_s
        self._watched: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None
        # A class that lives for every request adds itself here directly: one call less on the hot path.
        self.add = self._watched.add
        self.discard = self._watched.discard

    def start(self) -> None:
        """Begin to sweep."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._interval_s, self._sweep)

    def stop(self) -> None:
        """Stop sweeping; no deadline fires any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def watched(self) -> tuple[Watched, ...]:
        """Everything that is watched now."""
        return tuple(self._watched)

    def _sweep(self) -> None:
        self._timer = self._loop.call_later(self._interval_s, self._sweep)
        now_s = self._loop.time()
        for watched in tuple(self._watched):
            try:
                watched.check_deadlines(now_s)
            except Exception as fault:  # noqa: BLE001 - a fault in one may not stop the deadlines of all others
                self._loop.call_exception_handler({"message": f"checking deadlines of {watched!r}", "exception": fault})
