"""A transport, a clock and a pool that tests drive by hand: no sockets, no waiting."""

import asyncio
from collections.abc import Callable, Sequence

from routeproof.errors import UpstreamError
from routeproof.limits import Limits
from routeproof.net.egress import EgressPolicy
from routeproof.net.pool import Origin, OriginPool
from routeproof.net.tasks import Tasks
from routeproof.net.upstream import UpstreamConnection


class FakeTransport(asyncio.Transport):
    """Notes what is done to it. `unsent` is what the peer has not taken yet."""

    def __init__(self, *, half_closes: bool = True) -> None:
        super().__init__()
        self.written = b""
        self.unsent = 0
        self.reading = True
        self.half_closed = self.closed = False
        self.aborted = False
        self.high_water: int | None = None
        self._half_closes = half_closes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def taken(self) -> bytes:
        """What was written since the last look."""
        written, self.written = self.written, b""
        return written

    def can_write_eof(self) -> bool:
        return self._half_closes

    def write_eof(self) -> None:
        assert self._half_closes
        assert not self.half_closed
        self.half_closed = True

    def close(self) -> None:
        self.closed = True

    @property
    def ended(self) -> bool:
        """Closed for writing, in one way or the other."""
        return self.half_closed or self.closed

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high_water = high


class FakeTime:
    """The part of an event loop that tells the time."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def time(self) -> float:
        """Seconds, as they were set."""
        return self.now_s


async def _resolve(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def report(name: str, error: BaseException) -> None:
    """A task must not fail."""
    raise AssertionError(f"{name} failed") from error


def pool_of(limits: Limits, dial: Callable[..., object]) -> OriginPool:
    """A pool whose dials go to `dial` instead of the network; made on the running loop."""
    asyncio.get_running_loop().create_connection = dial  # type: ignore[method-assign, assignment]
    origin = Origin("provider.test", 80, tls=False)
    policy = EgressPolicy(allow_plain=True)
    return OriginPool(
        origin, limits=limits, connect_timeout_s=5.0, egress=policy, tls=None, tasks=Tasks(report), resolver=_resolve
    )


def dialled(limits: Limits) -> tuple[OriginPool, UpstreamConnection, FakeTransport]:
    """A pool with one connection, which is in use and ends at a fake transport."""
    transport = FakeTransport()

    async def dial(factory: Callable[[], asyncio.Protocol], *_args: object, **_options: object) -> object:
        protocol = factory()
        protocol.connection_made(transport)
        return transport, protocol

    async def take() -> tuple[OriginPool, UpstreamConnection]:
        pool = pool_of(limits, dial)
        answer: asyncio.Future[UpstreamConnection | None] = asyncio.get_running_loop().create_future()
        pool.take(lambda connection, _error: answer.set_result(connection))
        connection = await answer
        assert connection is not None
        return pool, connection

    return *asyncio.run(take()), transport


class Wait:
    """One exchange that asks a pool for a connection."""

    def __init__(self, pool: OriginPool) -> None:
        self.connection: UpstreamConnection | None = None
        self.error: UpstreamError | None = None
        self.answered = asyncio.Event()
        self.waiter = pool.take(self._ready)

    def _ready(self, connection: UpstreamConnection | None, error: UpstreamError | None) -> None:
        assert self.connection is None and self.error is None, "answered twice"
        assert (connection is None) != (error is None)
        self.connection, self.error = connection, error
        self.answered.set()
