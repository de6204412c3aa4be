"""Clients that hold connections without using them are freed of them, and cost the others nothing meanwhile."""

from collections.abc import Callable, Iterator

import pytest
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

OF_EACH_KIND = 50
SLOW_READERS = 10
"""Fewer: each has megabytes on its way."""
LIMITS = """
header_deadline_s = 1.5
body_rate_grace_s = 1.5
body_rate_min_bytes_per_s = 100_000
idle_keepalive_s = 1.5
stream_high_water_bytes = 16_384
client_drain_window_s = 0.3
client_drain_min_bytes_per_s = 100_000
"""
BIG_STREAM = "[[sim:bytes=4000000]][[sim:events=400]][[sim:stall_mid_stream]][[sim:after_events=395]]"
"""More than the buffers on the way hold, from a provider that would wait for ever for its end."""


class SlowClient:
    """One of a kind: how it begins, and how it goes on, a byte at a time."""

    def __init__(self, gateway: RunningGateway, *, says: bytes = b"", drips: bool = False, reads: bool = False) -> None:
        self.client = RawClient(gateway.port, receive_bytes=4_096)
        self.client.send(says)
        self.client.socket.setblocking(False)
        self._drips = drips
        self._reads = reads
        self.heard = b""

    def go_on(self) -> None:
        """Send a byte; read what there is, or only one."""
        if self._drips:
            self.client.send(b"a")
        self.hear(1 if self._reads else 65_536)

    def hear(self, size: int) -> bool:
        """Take what there is, up to that many bytes; False where nothing is."""
        try:
            data = self.client.socket.recv(size)
        except BlockingIOError:
            return False
        except ConnectionError:
            self.client.ended = "reset"
            return False
        self.heard += data
        if not data:
            self.client.ended = "eof"
        return bool(data)


KINDS: dict[str, Callable[[RunningGateway], SlowClient]] = {
    "silent": SlowClient,
    "dripping head": lambda gateway: SlowClient(gateway, says=b"GET /healthz HTTP/1.1\r\nX-Slow: ", drips=True),
    "dripping second head": lambda gateway: SlowClient(
        gateway, says=request("GET", "/healthz") + b"GET /healthz HTTP/1.1\r\nX-Slow: ", drips=True
    ),
    "dripping body": lambda gateway: SlowClient(
        gateway, says=chat(gateway.key)[:-20].replace(b"Content-Length: ", b"Content-Length: 9"), drips=True
    ),
    "idle": lambda gateway: SlowClient(gateway, says=request("GET", "/healthz")),
    "slow reader": lambda gateway: SlowClient(gateway, says=chat(gateway.key, BIG_STREAM, stream=True), reads=True),
}


def count_of(kind: str) -> int:
    """How many there are of a kind."""
    return SLOW_READERS if kind == "slow reader" else OF_EACH_KIND


class Siege:
    """All kinds at once, until the gateway is rid of them, with honest clients asking all the time."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.slow = {kind: [make(gateway) for _ in range(count_of(kind))] for kind, make in KINDS.items()}
        self.honest: list[int] = []
        self._gateway = gateway

    def hold(self) -> None:
        """Let them go on until the gateway is rid of them all, and take what they were told."""
        until(self._over, "an end of the slow connections", 40)
        for client in self.slow["slow reader"]:
            while client.hear(1_000_000):
                pass

    def _over(self) -> bool:
        """Go on for a bit; whether the gateway has no connection left, of those it had with each of them."""
        gateway = self._gateway
        self.honest.append(ask(gateway.port, chat(gateway.key, head="Connection: close\r\n")).status)
        for clients in self.slow.values():
            for client in clients:
                client.go_on()
        gateway.turn()
        met = all(client.heard or client.client.ended for clients in self.slow.values() for client in clients)
        return met and gateway.plane.listener.open_connections == 0

    def leave(self) -> None:
        """Close what is still open here."""
        for clients in self.slow.values():
            for client in clients:
                client.client.socket.close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """A gateway of little patience."""
    with RunningGateway(limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def siege(gateway: RunningGateway) -> Iterator[Siege]:
    """What came of the slow clients; each test looks at one side of it."""
    siege = Siege(gateway)
    try:
        siege.hold()
        yield siege
    finally:
        siege.leave()


def test_all_of_them_are_gone_in_the_end(gateway: RunningGateway, siege: Siege) -> None:
    """The number of open connections comes back to none, though no slow client ever closed its own."""
    assert gateway.plane.listener.open_connections == 0


def test_honest_clients_are_served_meanwhile(siege: Siege) -> None:
    """Every request of an honest client is answered while the slow ones hold their connections."""
    assert len(siege.honest) > 10
    assert set(siege.honest) == {200}


@pytest.mark.parametrize("kind", ["silent"])
def test_who_never_asked_is_told_nothing(siege: Siege, kind: str) -> None:
    """A connection without a request is closed without an answer."""
    assert {client.heard for client in siege.slow[kind]} == {b""}


@pytest.mark.parametrize("kind", ["dripping head", "dripping body"])
def test_who_asks_too_slowly_is_told_so(siege: Siege, kind: str) -> None:
    """A request that does not arrive in time is answered 408, and its connection closed."""
    for client in siege.slow[kind]:
        assert client.heard.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close\r\n" in client.heard


def test_a_second_request_has_a_deadline_too(siege: Siege) -> None:
    """A good first request buys no time for the next one."""
    for client in siege.slow["dripping second head"]:
        assert client.heard.startswith(b"HTTP/1.1 200 ")
        assert client.heard.count(b"HTTP/1.1 ") == 2
        assert b"HTTP/1.1 408 " in client.heard


def test_an_idle_connection_is_closed_after_its_answer(siege: Siege) -> None:
    """Nothing follows the answer but the end."""
    for client in siege.slow["idle"]:
        assert (client.heard[:12], client.heard.count(b"HTTP/1.1 "), client.client.ended) == (b"HTTP/1.1 200", 1, "eof")


def test_a_slow_reader_is_cut_off_and_its_provider_let_go(gateway: RunningGateway, siege: Siege) -> None:
    """A client that reads below the minimum rate loses its connection; the provider's ends too; the rows say so."""
    for client in siege.slow["slow reader"]:
        assert client.heard.startswith(b"HTTP/1.1 200 ")
        assert b"[DONE]" not in client.heard
    streams = [row.exchange for row in gateway.ledger.entries if row.exchange.stream]
    assert [row.outcome for row in streams] == ["cancelled"] * SLOW_READERS
    cut = [seen for seen in gateway.simulator.server("deepseek").seen if BIG_STREAM.encode() in seen.body]
    assert [seen.client_gone for seen in cut] == [True] * SLOW_READERS
