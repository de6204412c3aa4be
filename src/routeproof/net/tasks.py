"""The one place that starts asyncio tasks: each is referenced, named, and its failure reported."""

import asyncio
from collections.abc import Callable, Coroutine


class Tasks:
    """A group of running tasks. An exception that ends one goes to `on_error(name, exception)`."""

    def __init__(self, on_error: Callable[[str, BaseException], None]) -> None:
        self._on_error = on_error
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, coro: Coroutine[object, None, None], name: str) -> asyncio.Task[None]:
        """Start a task on the running loop and keep it referenced until it ends."""
        task = asyncio.create_task(coro, name=name)  # noqa: TID251 - this class is where the reference is kept
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def cancel_all(self) -> None:
        """Cancel every task and wait until all have ended, those that they start meanwhile included."""
        while self._running:
            for task in self._running:
                task.cancel()
            await asyncio.wait(self._running)
            await asyncio.sleep(0)  # done callbacks run on the next turn of the loop

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        exception = task.exception()
        if exception is not None:
            self._on_error(task.get_name(), exception)
