"""The connections to one origin: kept alive, bounded, dialled only at addresses that the egress rules permit."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import msgspec

from routeproof.errors import Overloaded, UpstreamError, UpstreamKind
from routeproof.limits import Limits
from routeproof.net.egress import EgressPolicy
from routeproof.net.tasks import Tasks
from routeproof.net.upstream import UpstreamConnection


class Origin(msgspec.Struct, frozen=True):
    """Where a provider is."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"


class Resolver(Protocol):
    """Turns a name into addresses."""

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses in the order to try. Raises OSError where there are none."""
        ...


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The system's resolver."""
    rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return [str(row[4][0]) for row in rows]


Ready = Callable[[UpstreamConnection | None, UpstreamError | None], None]
"""Called once: with a connection, or with why there is none."""


class Waiter:
    """One exchange's wait for a connection; `cancel` withdraws it."""

    __slots__ = ("_queue", "resolve")

    def __init__(self, ready: Ready, queue: "deque[Waiter]") -> None:
        self.resolve = ready
        """Gives the answer; for who has taken the waiter out of its queue."""
        self._queue = queue
        queue.append(self)

    def cancel(self) -> None:
        """Withdraw; without effect once the answer was given. Makes room in the queue at once."""
        try:
            self._queue.remove(self)
        except ValueError:
            return


class OriginPool:
    """Connections to one origin. Idle ones are taken last-in first-out, so that the surplus grows old and closes."""

    def __init__(
        self,
        origin: Origin,
        *,
        limits: Limits,
        connect_timeout_s: float,
        egress: EgressPolicy,
        tls: ssl.SSLContext | None,
        tasks: Tasks,
        resolver: Resolver = system_resolver,
    ) -> None:
        self.origin = origin
        self.response_header_bytes_max = limits.response_header_bytes_max
        self._limits = limits
        self._connect_timeout_s = connect_timeout_s
        self._egress = egress
        self._tls = tls
        self._tasks = tasks
        self._resolver = resolver
        self._loop = asyncio.get_running_loop()
        self._idle: deque[UpstreamConnection] = deque()
        self._open: set[UpstreamConnection] = set()
        self._dialling = 0
        self._waiters: deque[Waiter] = deque()
        self._closed = False

    def __repr__(self) -> str:
        busy = len(self._open) - len(self._idle)
        return (
            f"<OriginPool {self.origin}: {busy} busy, {len(self._idle)} idle, "
            f"{self._dialling} dialling, {len(self._waiters)} waiting>"
        )

    def take_idle(self) -> UpstreamConnection | None:
        """A connection that is ready now, if there is one."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if not connection.closed:
                return connection
        return None

    def take(self, ready: Ready) -> Waiter:
        """Ask for a fresh or freed connection. Raises Overloaded where the queue for this origin is full."""
        if len(self._waiters) >= self._limits.upstream_queue_max:
            raise Overloaded(f"Too many requests wait for a connection to {self.origin.host}; try again shortly.")
        waiter = Waiter(ready, self._waiters)
        self._dial_if_needed()
        return waiter

    def give_back(self, connection: UpstreamConnection) -> None:
        """An exchange ended cleanly."""
        if self._waiters:
            self._waiters.popleft().resolve(connection, None)
            return
        if self._closed or len(self._idle) >= self._limits.upstream_idle_connections_max:
            connection.abandon()
            return
        connection.idle_since_s = self._loop.time()
        self._idle.append(connection)

    def forget(self, connection: UpstreamConnection) -> None:
        """A connection is gone."""
        self._open.discard(connection)
        try:
            self._idle.remove(connection)
        except ValueError:
            self._dial_if_needed()

    def check_deadlines(self, now_s: float) -> None:
        """Close connections that have been idle for too long."""
        oldest = now_s - self._limits.upstream_idle_s
        while self._idle and self._idle[0].idle_since_s < oldest:
            self._idle[0].abandon()

    def close(self) -> None:
        """Close what is idle now and what is given back later."""
        self._closed = True
        while self._idle:
            self._idle[0].abandon()

    @property
    def open_connections(self) -> int:
        """Connections that are open, busy or idle."""
        return len(self._open)

    def _dial_if_needed(self) -> None:
        while (
            len(self._waiters) > self._dialling
            and len(self._open) + self._dialling < self._limits.upstream_connections_max
        ):
            self._dialling += 1
            self._tasks.spawn(self._dial(), name=f"dial {self.origin.host}")

    async def _dial(self) -> None:
        connection: UpstreamConnection | None = None
        error: UpstreamError | None = None
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                connection = await self._connect()
        except TimeoutError:
            error = self._failed(UpstreamKind.CONNECT_TIMEOUT, f"within {self._connect_timeout_s:g} s")
        except ssl.SSLCertVerificationError as fault:
            error = self._failed(
                UpstreamKind.CONNECT_FAILED, f": its certificate is not valid ({fault.verify_message})"
            )
        except OSError as fault:
            error = self._failed(UpstreamKind.CONNECT_FAILED, f": {fault.strerror or type(fault).__name__}")
        except ValueError as fault:  # a name that the resolver can't encode
            error = self._failed(UpstreamKind.CONNECT_FAILED, f": {fault}")
        except UpstreamError as fault:
            error = fault
        finally:
            self._dialling -= 1
        if connection is not None and connection.closed:
            error = self._failed(UpstreamKind.CONNECT_FAILED, ": it closed the connection at once")
        elif connection is not None:
            self._open.add(connection)
            self.give_back(connection)
            return
        if self._waiters:
            self._waiters.popleft().resolve(None, error)
        self._dial_if_needed()  # for those who waited while every connection was taken

    async def _connect(self) -> UpstreamConnection:
        origin = self.origin
        addresses = self._egress.permitted(await self._resolver(origin.host, origin.port))
        if not addresses:
            raise UpstreamError(
                UpstreamKind.EGRESS_DENIED,
                f"No address of {origin.host} may be dialled; private ones need allow_plain or allow_networks.",
            )
        *others, last = addresses
        share_s = self._connect_timeout_s
        for address in others:
            share_s /= 2  # one that swallows packets must leave time for the next
            try:
                async with asyncio.timeout(share_s):
                    return await self._connect_to(address)
            except OSError:
                continue
        return await self._connect_to(last)

    async def _connect_to(self, address: str) -> UpstreamConnection:
        origin = self.origin
        _, protocol = await self._loop.create_connection(
            self._new_connection,
            address,
            origin.port,
            ssl=self._tls if origin.tls else None,
            server_hostname=origin.host if origin.tls else None,
        )
        return cast("UpstreamConnection", protocol)

    def _new_connection(self) -> asyncio.Protocol:
        return cast("asyncio.Protocol", UpstreamConnection(self))

    def _failed(self, kind: UpstreamKind, how: str) -> UpstreamError:
        return UpstreamError(kind, f"Could not connect to {self.origin.host} {how}.".replace(" :", ":"))
