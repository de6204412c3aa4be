"""Runs the admin plane in a process of its own."""

import logging
import os
import signal
import socket
from types import FrameType
from typing import Final

import uvicorn

from routeproof.admin.app import ReadWorkers, build_app
from routeproof.clock import SystemClock
from routeproof.config.settings import ListenAddress
from routeproof.errors import OperatorError

CONNECTIONS_MAX: Final = 256
"""Beyond it the answer is 503. A silent client holds one: uvicorn has no deadline for a request's head."""
KEEPALIVE_S: Final = 5
SHUTDOWN_S: Final = 3

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


def serve_admin(listen: ListenAddress, read_workers: ReadWorkers, parent_pid: int) -> None:
    """Serve until SIGTERM, or until the parent process is gone. Call it in the process's main thread.

    Raises OperatorError where the address can't be had.
    """
    config = uvicorn.Config(
        build_app(read_workers, SystemClock()),
        log_config=None,
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
    with _bind(listen) as listener:
        host, port = listener.getsockname()[:2]
        _log.info("admin plane listens on %s", ListenAddress(host, port))
        server.run(sockets=[listener])


def _handle_signals(server: _Server) -> None:
    """From the first moment on: uvicorn would leave the time until it runs to the default handlers."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it asks the data plane for a reload


def _bind(listen: ListenAddress) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
        raise OperatorError(
            f"can't listen on {listen} ({why}); stop what uses it, or change server.admin_listen"
        ) from error
