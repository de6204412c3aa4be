"""Ends work in good order when the process is told to stop."""

import asyncio
import signal
from types import TracebackType
from typing import Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class UntilStopped:
    """A `with` block that SIGINT or SIGTERM ends, wherever it waits; the code after it goes on.

    Use it in a coroutine of the main thread. A signal after the block meets the process's own handling again.
    """

    def __init__(self) -> None:
        self.stopped = False
        """A signal came."""
        self._task: asyncio.Task[object] | None = None

    def __enter__(self) -> Self:
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
        if not self.stopped or self._task is None:
            return False
        cancelled_elsewhere = self._task.uncancel() > 0
        return kind is asyncio.CancelledError and not cancelled_elsewhere

    def _stop(self) -> None:
        if not self.stopped and self._task is not None:
            self.stopped = True
            self._task.cancel()
