"""One client's connection between a hand-driven transport and an application that notes what it is asked."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, cast

from tests.unit.net.fakes import FakeTime, FakeTransport

from routeproof.errors import InvalidKey, RouteproofError, status_of
from routeproof.limits import Limits
from routeproof.net.client import ClientConnection
from routeproof.wire.head import RequestHead

LIMITS = Limits(
    body_bytes_max=5_000,
    body_bytes_max_unauthenticated=100,
    pipeline_bytes_max=500,
    header_deadline_s=10.0,
    header_rate_min_bytes_per_s=50,
    body_rate_grace_s=20.0,
    body_rate_min_bytes_per_s=10,
    idle_keepalive_s=15.0,
    client_drain_window_s=60.0,
    client_drain_min_bytes_per_s=100,
)


class Asked(NamedTuple):
    """A request that reached the application."""

    target: bytes
    body: bytes


class FakeApplication:
    """Answers by `answer`, or keeps the client waiting where it is None. `Authorization: no` is a wrong key."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.checked: list[bytes] = []
        self.refused: list[tuple[int, bytes | None]] = []

    def check_head(self, client: ClientConnection, head: RequestHead) -> None:
        """Refuse a wrong key."""
        self.checked.append(head.target)
        if head.fields.get(b"authorization") == b"no":
            raise InvalidKey("wrong key")

    def on_request(self, client: ClientConnection, head: RequestHead, body: bytes) -> None:
        """Note it; answer at once if told to."""
        self.asked.append(Asked(head.target, body))
        if self.answer is not None:
            client.respond(self.answer)

    def refusal(self, client: ClientConnection, error: RouteproofError, head: RequestHead | None) -> bytes:
        """An answer that shows what it is for."""
        self.refused.append((status_of(error), None if head is None else head.target))
        return b"<refused %d>" % status_of(error)


class FakeListener:
    """Registers connections."""

    def __init__(self, application: FakeApplication, limits: Limits, *, accepts: bool = True) -> None:
        self.limits = limits
        self.application = application
        self.draining = False
        self.closing = False
        self.open: list[ClientConnection] = []
        self._accepts = accepts

    def opened(self, connection: ClientConnection) -> bool:
        """Register."""
        self.open.append(connection)
        return self._accepts

    def ended(self, connection: ClientConnection) -> None:
        """Forget."""
        self.open.remove(connection)


class FakeHandler:
    """What answers a request: notes how the client fares."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.looks: list[float] = []

    def on_client_gone(self) -> None:
        """Left."""
        self.told.append("gone")

    def on_client_paused(self) -> None:
        """Full."""
        self.told.append("paused")

    def on_client_resumed(self) -> None:
        """Has room."""
        self.told.append("resumed")

    def check_deadlines(self, now_s: float) -> None:
        """Looked at."""
        self.looks.append(now_s)


class Scene:
    """A connection that was just accepted."""

    def __init__(
        self, answer: bytes | None = b"<ok>", limits: Limits = LIMITS, *, half_closes: bool = True, accepts: bool = True
    ) -> None:
        self.time = FakeTime()
        self.application = FakeApplication(answer)
        self.listener = FakeListener(self.application, limits, accepts=accepts)
        self.transport = FakeTransport(half_closes=half_closes)
        make = cast("Callable[..., ClientConnection]", ClientConnection)
        self.client = make(self.listener, self.time)
        self.client.connection_made(self.transport)

    def feed(self, raw: bytes, cuts: list[int] | None = None) -> None:
        """Let bytes arrive in the pieces between the cuts."""
        for start, stop in pairwise([0, *(cuts or []), len(raw)]):
            if start < stop:
                self.client.data_received(raw[start:stop])

    def after(self, seconds: float) -> None:
        """Let time pass, with one look at the deadlines at its end."""
        self.time.now_s += seconds
        self.client.check_deadlines(self.time.now_s)

    def fill(self, unsent: int) -> None:
        """The client does not read: so much is unsent, and the transport says so."""
        self.transport.unsent = unsent
        self.client.pause_writing()

    @property
    def closing(self) -> bool:
        """The last byte was written."""
        return self.transport.ended or self.transport.aborted


def post(body: bytes, *rows: str, target: str = "/a") -> bytes:
    """A request with a body by its length."""
    block = [f"POST {target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *rows, "", ""]
    return "\r\n".join(block).encode() + body


def get(*rows: str, target: str = "/a", version: str = "1.1") -> bytes:
    """A request without a body."""
    return "\r\n".join([f"GET {target} HTTP/{version}", "Host: a", *rows, "", ""]).encode()


def chunked(*pieces: bytes, target: str = "/a", rows: tuple[str, ...] = ()) -> bytes:
    """A request with a body in chunks."""
    block = [f"POST {target} HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", *rows, "", ""]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return "\r\n".join(block).encode() + framed + b"0\r\n\r\n"
