"""The connections to one origin: kept, bounded, handed on in order, and nobody left waiting."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.unit.net.fakes import FakeTransport, Wait, pool_of

from routeproof.errors import Overloaded, UpstreamKind
from routeproof.limits import Limits
from routeproof.net.pool import OriginPool

LIMITS = Limits(upstream_connections_max=2, upstream_queue_max=4, upstream_idle_connections_max=2, upstream_idle_s=55.0)
Step = Exception | None
"""How a dial ends: in a connection, or in this."""


class Network:
    """Dials that end when, and as, the test says."""

    def __init__(self) -> None:
        self.begun: list[asyncio.Future[Step]] = []
        self.transports: list[FakeTransport] = []

    async def dial(self, factory: Callable[[], asyncio.Protocol], *_args: object, **_options: object) -> object:
        """Wait to be told how it ends."""
        self.begun.append(asyncio.get_running_loop().create_future())
        fault = await self.begun[-1]
        if fault is not None:
            raise fault
        transport = FakeTransport()
        self.transports.append(transport)
        protocol = factory()
        protocol.connection_made(transport)
        return transport, protocol

    async def end(self, *steps: Step) -> None:
        """End the oldest dials in these ways, and let what follows from it happen."""
        await settle()
        for step in steps:
            next(dial for dial in self.begun if not dial.done()).set_result(step)
            await settle()

    @property
    def open_dials(self) -> int:
        """Dials that have not ended."""
        return sum(not dial.done() for dial in self.begun)


async def settle() -> None:
    """Let every task go on until it waits for the test."""
    for _ in range(10):
        await asyncio.sleep(0)


def scene(play: Callable[[OriginPool, Network], Awaitable[None]], limits: Limits = LIMITS) -> None:
    """Play with a pool and its network."""

    async def main() -> None:
        network = Network()
        await play(pool_of(limits, network.dial), network)

    asyncio.run(main())


def test_a_connection_is_dialled_and_then_kept() -> None:
    """Given back, it is there at once for the next; the last one that came back goes first."""

    async def play(pool: OriginPool, network: Network) -> None:
        assert pool.take_idle() is None
        one, other = Wait(pool), Wait(pool)
        await network.end(None, None)
        assert one.connection is not None
        assert other.connection is not None
        assert repr(pool) == "<OriginPool http://provider.test:80: 2 busy, 0 idle, 0 dialling, 0 waiting>"
        pool.give_back(one.connection)
        pool.give_back(other.connection)
        assert repr(pool) == "<OriginPool http://provider.test:80: 0 busy, 2 idle, 0 dialling, 0 waiting>"
        assert pool.take_idle() is other.connection
        assert pool.take_idle() is one.connection
        assert pool.take_idle() is None
        assert pool.open_connections == 2

    scene(play)


def test_a_connection_that_comes_back_serves_who_waits_longest() -> None:
    """In order; the dial that was begun for them fills the pool."""

    async def play(pool: OriginPool, network: Network) -> None:
        busy = Wait(pool)
        await network.end(None)
        first, second = Wait(pool), Wait(pool)
        assert busy.connection is not None
        pool.give_back(busy.connection)
        assert first.connection is busy.connection
        assert second.connection is None
        await network.end(None)
        assert second.connection is not None
        assert second.connection is not first.connection

    scene(play)


def test_connections_are_bounded_and_so_is_the_queue() -> None:
    """Two dials for two connections; the rest waits, up to its limit; and whoever ends makes room."""

    async def play(pool: OriginPool, network: Network) -> None:
        waits = [Wait(pool) for _ in range(4)]
        with pytest.raises(Overloaded, match=r"connection to provider\.test"):
            Wait(pool)
        await settle()
        assert network.open_dials == 2
        await network.end(None, None)
        assert [wait.connection is not None for wait in waits] == [True, True, False, False]
        assert network.open_dials == 0

        assert waits[0].connection is not None
        waits[0].connection.abandon()
        await settle()
        assert network.open_dials == 1
        await network.end(None)
        assert waits[2].connection is not None

    scene(play)


def test_a_failed_dial_fails_one_exchange_and_the_others_go_on() -> None:
    """Those that waited because every connection was taken get a dial of their own."""

    async def play(pool: OriginPool, network: Network) -> None:
        held = [Wait(pool), Wait(pool)]
        await network.end(None, None)
        waits = [Wait(pool), Wait(pool), Wait(pool)]
        assert held[0].connection is not None
        held[0].connection.abandon()
        await network.end(ConnectionRefusedError(111, "Connection refused"))
        assert waits[0].error is not None
        assert waits[0].error.kind is UpstreamKind.CONNECT_FAILED
        assert waits[0].error.message == "Could not connect to provider.test: Connection refused."
        assert (waits[1].error, waits[1].connection) == (None, None)
        await network.end(None)
        assert waits[1].connection is not None
        assert waits[2].connection is None

    scene(play)


def test_who_withdraws_is_not_served_and_makes_room_at_once() -> None:
    """A queue of exchanges whose clients have left refuses nobody; its dial serves the next, or is kept."""

    async def play(pool: OriginPool, network: Network) -> None:
        gone = [Wait(pool) for _ in range(4)]
        for wait in gone:
            wait.waiter.cancel()
            wait.waiter.cancel()
        late = Wait(pool)
        await network.end(None, None)
        assert late.connection is not None
        assert all((wait.connection, wait.error) == (None, None) for wait in gone)
        assert pool.take_idle() is not None

    scene(play)


def test_withdrawing_after_the_answer_changes_nothing() -> None:
    """The exchange has its connection."""

    async def play(pool: OriginPool, network: Network) -> None:
        wait = Wait(pool)
        await network.end(None)
        wait.waiter.cancel()
        assert wait.connection is not None
        assert pool.open_connections == 1

    scene(play)


def test_a_connection_that_closes_at_once_is_a_failure() -> None:
    """A provider that accepts and hangs up has not been reached."""

    async def play(pool: OriginPool, network: Network) -> None:
        async def dial(factory: Callable[[], asyncio.Protocol], *_args: object, **_options: object) -> object:
            protocol = factory()
            protocol.connection_made(FakeTransport())
            protocol.connection_lost(None)
            return None, protocol

        asyncio.get_running_loop().create_connection = dial  # type: ignore[method-assign, assignment]
        wait = Wait(pool)
        await settle()
        assert wait.error is not None
        assert wait.error.message == "Could not connect to provider.test: it closed the connection at once."
        assert pool.open_connections == 0

    scene(play)


def test_idle_connections_are_bounded_in_number_and_time() -> None:
    """One too many is closed when it comes back; an old one when it is looked at; the young ones stay."""

    async def play(pool: OriginPool, network: Network) -> None:
        waits = [Wait(pool) for _ in range(3)]
        await network.end(None, None, None)
        for wait in waits:
            assert wait.connection is not None
            pool.give_back(wait.connection)
        assert network.transports[2].aborted
        assert pool.open_connections == 2

        now_s = asyncio.get_running_loop().time()
        pool.check_deadlines(now_s + 54.0)
        assert pool.open_connections == 2

        old, young = waits[0].connection, waits[1].connection
        assert old is not None
        assert young is not None
        old.idle_since_s, young.idle_since_s = 100.0, 101.0
        pool.check_deadlines(155.0)
        assert pool.open_connections == 2
        pool.check_deadlines(155.5)
        assert (old.closed, young.closed) == (True, False)
        assert pool.take_idle() is young

    scene(play, Limits(upstream_connections_max=3, upstream_idle_connections_max=2, upstream_idle_s=55.0))


def test_a_provider_that_closes_an_idle_connection_is_noticed() -> None:
    """It is not given out any more."""

    async def play(pool: OriginPool, network: Network) -> None:
        wait = Wait(pool)
        await network.end(None)
        assert wait.connection is not None
        pool.give_back(wait.connection)
        wait.connection.connection_lost(None)
        assert pool.take_idle() is None
        assert pool.open_connections == 0

    scene(play)


def test_a_closed_pool_keeps_nothing() -> None:
    """What is idle is closed now, what is in use when it comes back."""

    async def play(pool: OriginPool, network: Network) -> None:
        idle, busy = Wait(pool), Wait(pool)
        await network.end(None, None)
        assert idle.connection is not None
        assert busy.connection is not None
        pool.give_back(idle.connection)
        pool.close()
        assert idle.connection.closed
        assert not busy.connection.closed
        pool.give_back(busy.connection)
        assert busy.connection.closed
        assert pool.open_connections == 0

    scene(play)
