"""The data plane's listener: accepts connections up to a bound, and stops in good order."""

import asyncio
import ssl
from typing import cast

from routeproof.limits import Limits
from routeproof.net.client import ClientConnection
from routeproof.net.client_roles import Application, Handler
from routeproof.net.deadlines import Deadlines


class Listener:
    """One listening socket and the connections accepted from it. Made on the loop that it serves on."""

    def __init__(self, application: Application, limits: Limits, deadlines: Deadlines) -> None:
        self.application = application
        self.limits = limits
        self.draining = False
        self.closing = False
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._connections: set[ClientConnection] = set()
        self._server: asyncio.Server | None = None
        self._all_ended = asyncio.Event()
        self.refused = 0

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Begin to accept; returns the port (useful where 0 was asked for). Raises OSError."""
        # A connection is ours, and under its own deadlines, only once its handshake is done.
        handshake_s = self.limits.header_deadline_s if tls is not None else None
        self._server = await self._loop.create_server(
            self._new_connection, host, port, ssl=tls, ssl_handshake_timeout=handshake_s, backlog=2048
        )
        return int(self._server.sockets[0].getsockname()[1])

    def _new_connection(self) -> asyncio.Protocol:
        return cast("asyncio.Protocol", ClientConnection(self, self._loop))

    def begin_drain(self) -> None:
        """From now on each new answer is its connection's last, and says so."""
        self.draining = True

    def stop_accepting(self) -> None:
        """Close the listening socket and the idle connections."""
        self.draining = self.closing = True
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.close_if_idle()

    async def wait_ended(self, timeout_s: float) -> bool:
        """Wait until all connections have ended; False where some have not within the time."""
        self._all_ended.clear()
        if not self._connections:
            return True
        try:
            async with asyncio.timeout(timeout_s):
                await self._all_ended.wait()
        except TimeoutError:
            return False
        return True

    def abort_all(self) -> None:
        """Close whatever is still open."""
        for connection in tuple(self._connections):
            connection.abort()

    def handlers(self) -> list[Handler]:
        """What is answering requests now."""
        return [connection.handler for connection in self._connections if connection.handler is not None]

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        return len(self._connections)

    def opened(self, connection: ClientConnection) -> bool:
        """Register a connection; False where it is one too many."""
        if len(self._connections) >= self.limits.connections_max:
            self.refused += 1
            return False
        self._connections.add(connection)
        self._deadlines.add(connection)
        return True

    def ended(self, connection: ClientConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self._deadlines.discard(connection)
        if not self._connections:
            self._all_ended.set()
