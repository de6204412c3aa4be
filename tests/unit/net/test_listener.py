"""The listener: so many connections and no more, an orderly stop, and a port of its own."""

import asyncio

from tests.unit.net.client_scene import FakeApplication
from tests.unit.net.fakes import FakeTransport

from routeproof.limits import Limits
from routeproof.net.client import ClientConnection
from routeproof.net.deadlines import Deadlines
from routeproof.net.listener import Listener

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def listener_of(application: FakeApplication, limits: Limits | None = None) -> tuple[Listener, Deadlines]:
    """A listener on the running loop, and what sweeps its connections."""
    deadlines = Deadlines(asyncio.get_running_loop(), 0.25)
    return Listener(application, limits or Limits(), deadlines), deadlines


def connect(listener: Listener) -> tuple[ClientConnection, FakeTransport]:
    """One more connection."""
    connection, transport = ClientConnection(listener, asyncio.get_running_loop()), FakeTransport()
    connection.connection_made(transport)
    return connection, transport


def test_connections_are_bounded() -> None:
    """One too many is closed at once and counted; one that ends makes room; each is swept while it lives."""

    async def main() -> None:
        listener, deadlines = listener_of(FakeApplication(b""), Limits(connections_max=2))
        first, _ = connect(listener)
        connect(listener)
        refused, transport = connect(listener)
        assert transport.aborted
        refused.connection_lost(None)
        assert (listener.open_connections, listener.refused, len(deadlines.watched())) == (2, 1, 2)

        first.connection_lost(None)
        assert not connect(listener)[1].aborted
        assert (listener.open_connections, listener.refused, len(deadlines.watched())) == (2, 1, 2)

    asyncio.run(main())


def test_a_drain_lets_answers_end() -> None:
    """First each new answer is its connection's last; then idle connections are closed and the others waited for."""

    async def main() -> None:
        listener, _ = listener_of(FakeApplication(None))
        idle, idle_transport = connect(listener)
        busy, busy_transport = connect(listener)
        listener.begin_drain()
        busy.data_received(GET)
        assert not busy.keep_alive
        assert not idle_transport.ended

        listener.stop_accepting()
        assert idle_transport.ended
        assert not busy_transport.ended
        idle.connection_lost(None)
        assert not await listener.wait_ended(0.01)

        waiting = asyncio.gather(listener.wait_ended(5.0))
        await asyncio.sleep(0)
        busy.respond(b"")
        assert busy_transport.ended
        busy.connection_lost(None)
        assert await waiting == [True]
        assert await listener.wait_ended(0.0)

    asyncio.run(main())


def test_aborting_closes_what_is_still_open() -> None:
    """Busy or not."""

    async def main() -> None:
        listener, _ = listener_of(FakeApplication(None))
        busy, busy_transport = connect(listener)
        _, idle_transport = connect(listener)
        busy.data_received(GET)
        listener.abort_all()
        assert busy_transport.aborted
        assert idle_transport.aborted

    asyncio.run(main())


def test_a_request_over_a_socket_is_answered() -> None:
    """On a free port of the loopback; after the stop nobody listens there."""

    async def main() -> None:
        listener, _ = listener_of(FakeApplication(b"HTTP/1.1 204 No Content\r\n\r\n"))
        port = await listener.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 204 No Content\r\n\r\n"

        listener.stop_accepting()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        assert await listener.wait_ended(5.0)
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            refused = True
        assert refused

    asyncio.run(main())
