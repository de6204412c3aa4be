"""A simulated provider on a port of its own: what it has seen, what it does wrong, how long it takes."""

import asyncio
import ssl
from collections import deque

from routeproof.clock import Clock
from routeproof.simulator.connection import SimConnection
from routeproof.simulator.fault_memory import Remembering
from routeproof.simulator.plan import Latency, plan
from routeproof.simulator.player import Player
from routeproof.simulator.reply import Behaviour, HttpRequest
from routeproof.simulator.schedule import FaultSchedule
from routeproof.simulator.seen import RequestRecorder, SeenLog, SeenRequest


class SimServer:
    """One simulated provider on one port. Change `latency` and `faults` while it runs; look into `log`."""

    def __init__(
        self,
        name: str,
        behaviour: Behaviour,
        clock: Clock,
        *,
        faults: FaultSchedule | None = None,
        latency: Latency = Latency(),  # noqa: B008 - frozen
        recorder: RequestRecorder | None = None,
    ) -> None:
        self.name = name
        self.behaviour = behaviour
        self.faults = faults if faults is not None else FaultSchedule()
        self.latency = latency
        self.log = SeenLog()
        self._connections: set[SimConnection] = set()
        self._clock = clock
        self._recorder = recorder
        self._listener: asyncio.Server | None = None
        self._scheme = "http"

    @property
    def behaviour(self) -> Behaviour:
        """What answers. Another one begins without a memory."""
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._answering = Remembering(behaviour)

    @property
    def seen(self) -> deque[SeenRequest]:
        """The newest requests."""
        return self.log.requests

    async def start(self, host: str, port: int, ssl_context: ssl.SSLContext | None = None) -> None:
        """Listen; port 0 takes any free one."""
        loop = asyncio.get_running_loop()
        self._scheme = "http" if ssl_context is None else "https"
        self._listener = await loop.create_server(
            lambda: SimConnection(self), host, port, ssl=ssl_context, backlog=1024
        )

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._listener is None:
            return
        self._listener.close()
        for connection in list(self._connections):
            connection.drop()
        await self.log.wait_connections_open(0)
        await self._listener.wait_closed()
        self._listener = None

    @property
    def address(self) -> tuple[str, int]:
        """The host and port that it listens on."""
        if self._listener is None:
            raise RuntimeError(f"the simulated provider {self.name!r} is not running; await start() first")
        host, port = self._listener.sockets[0].getsockname()[:2]
        return str(host), int(port)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host, port = self.address
        return f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def base_url(self) -> str:
        """What a client puts before `/chat/completions`."""
        return self.origin + self.behaviour.base_path

    async def wait_seen(self, count: int) -> None:
        """Wait until that many requests have arrived, ever."""
        await self.log.wait_seen(count)

    async def wait_closed(self, number: int) -> SeenRequest:
        """Wait until request `number` is over: answered whole, or its connection gone."""
        return await self.log.wait_closed(number)

    def opened(self, connection: SimConnection) -> tuple[int, bool]:
        """A client has connected. Returns the connection's number, and whether it is refused."""
        number = self.log.connections_opened
        self.log.connections_opened += 1
        self.log.connections_open += 1
        self._connections.add(connection)
        self.log.notify()
        return number, self.faults.strikes_connection(number)

    def closed(self, connection: SimConnection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        self.log.connections_open -= 1
        self.log.notify()

    def reply_over(self, seen: SeenRequest, *, client_gone: bool) -> None:
        """A reply was sent whole, or can't be sent any further."""
        seen.over = True
        seen.client_gone = client_gone
        self.log.notify()

    def reply_to(self, connection: SimConnection, number: int, request: HttpRequest) -> Player:
        """Note a request and plan its reply."""
        seen = self.log.add(number, request)
        if self._recorder is not None:
            self._recorder.record(self.name, seen, self._clock.wall_ns())
        scheduled = self.faults.for_request(request.body, seen.number)
        chosen = plan(self._answering, scheduled, self.latency, request)
        seen.fault = None if chosen.fault is None else chosen.fault.fault.value
        loop = asyncio.get_running_loop()
        return Player(loop, connection.transport, chosen.actions, seen, connection.reply_over)
