"""Runs a data plane until the process is told to stop: signals in, good order out."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable

from routeproof.gateway.data_plane import DataPlane

_log = logging.getLogger("routeproof.serving")

# An exchange leaves no reference cycle behind, so the collector has little to find; let it look rarely.
_GC_THRESHOLDS = (50_000, 20, 50)


async def serve_until_stopped(
    data_plane: DataPlane,
    *,
    reload: Callable[[], None],
    started: Callable[[], None],
    draining: Callable[[], None],
) -> None:
    """Serve with a data plane that listens, until SIGTERM or SIGINT; then drain, until it is done or a second signal.

    SIGHUP calls `reload`; one that was blocked until now comes through. `started` is called once signals are heeded,
    `draining` when the drain begins.
    """
    loop = asyncio.get_running_loop()
    stop, hurry = asyncio.Event(), asyncio.Event()

    def on_stop() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_stop)
    loop.add_signal_handler(signal.SIGHUP, reload)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGHUP,))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    started()
    await stop.wait()
    _log.info("stopping: %d exchanges in flight", data_plane.hub.exchanges)
    draining()
    await _drain(data_plane, hurry)


async def _drain(data_plane: DataPlane, hurry: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        drained = group.create_task(data_plane.drain(), name="drain")
        hurried = group.create_task(hurry.wait(), name="second signal")
        await asyncio.wait((drained, hurried), return_when=asyncio.FIRST_COMPLETED)
        if not drained.done():
            drained.cancel()
            await data_plane.close()
        hurried.cancel()
