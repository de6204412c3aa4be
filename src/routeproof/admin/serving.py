"""Serves the admin plane's application with uvicorn, in the process that was started for it."""

import logging
import os
import signal
import socket
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from routeproof.admin.app import build_app
from routeproof.admin.process import SHUTDOWN_S
from routeproof.clock import SystemClock
from routeproof.config.settings import ListenAddress
from routeproof.store.workers import read_workers

CONNECTIONS_MAX: Final = 256
"""Beyond it the answer is 503. A silent client holds one: uvicorn has no deadline for a request's head."""
KEEPALIVE_S: Final = 5

_log = logging.getLogger("routeproof.admin")


class _Server(uvicorn.Server):
    """Lives and dies by the process that started it."""

    def __init__(self, config: uvicorn.Config, parent_pid: int) -> None:
        super().__init__(config)
        self._parent_pid = parent_pid

    async def on_tick(self, counter: int) -> bool:
        # A process whose parent was killed would hold the port that the parent's successor needs.
        return await super().on_tick(counter) or os.getppid() != self._parent_pid

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches every process of the terminal; health has to answer until the parent has drained.
        if sig != signal.SIGINT:
            self.should_exit = True


def run_admin(listener: socket.socket, database_path: Path, parent_pid: int) -> None:
    """Serve on a listening socket until SIGTERM, or until the parent process is gone. Main thread only."""
    config = uvicorn.Config(
        build_app(partial(read_workers, database_path), SystemClock()),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        http="h11",
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEPALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    server = _Server(config, parent_pid)
    _handle_signals(server)
    _log.info("admin plane listens on %s", ListenAddress(*listener.getsockname()[:2]))
    server.run(sockets=[listener])


def _handle_signals(server: _Server) -> None:
    """From the first moment on: uvicorn would leave the time until it runs to the default handlers."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it asks the data plane for a reload
