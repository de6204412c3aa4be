"""An event loop in a thread of its own, so that blocking clients can talk to servers in the same process."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

import uvloop

T = TypeVar("T")


class LoopThread:
    """Runs coroutines on a uvloop in the background; leaving the context stops it."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self.faults: list[dict[str, Any]] = []
        """What reached the loop's exception handler; a test that ends with one here has found a bug."""
        self.loop.set_exception_handler(lambda _loop, context: self.faults.append(context))
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def run(self, coro: Coroutine[Any, Any, T], timeout_s: float = 30.0) -> T:
        """Run a coroutine there and wait for its result here."""
        return asyncio.run_coroutine_threadsafe(coro, self.loop).result(timeout_s)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()
