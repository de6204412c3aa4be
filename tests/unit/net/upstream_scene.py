"""One connection to a provider between a hand-driven transport and a receiver that notes what it is told."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from tests.unit.net.fakes import dialled

from routeproof.limits import Limits
from routeproof.net.upstream import UpstreamConnection

HEADER_BYTES_MAX = 500
LIMITS = Limits(response_header_bytes_max=HEADER_BYTES_MAX)


class Story(NamedTuple):
    """What a receiver was told of one answer."""

    status: int | None = None
    body: bytes = b""
    end: str | None = None
    """"complete", "lost" or "malformed"; None while the answer goes on."""


class Listening:
    """A receiver that writes down what it is told, and checks the order of the calls."""

    connection: UpstreamConnection

    def __init__(self) -> None:
        self.story = Story()
        self.fields: dict[bytes, bytes] = {}
        self.got_bytes: bool | None = None

    def on_answer_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        assert self.story == Story()
        self.fields = dict(fields)
        self.story = Story(status)

    def on_answer_data(self, data: bytes, last: bool) -> None:
        assert self.story.status is not None
        assert self.story.end is None
        assert data or last
        self.story = Story(self.story.status, self.story.body + data, "complete" if last else None)

    def on_answer_lost(self, *, got_bytes: bool, malformed: bool) -> None:
        assert self.story.end is None
        self.got_bytes = got_bytes
        self.story = self.story._replace(end="malformed" if malformed else "lost")


class Scene:
    """One connection with one request sent on it."""

    def __init__(self, listening: Listening | None = None) -> None:
        self.pool, self.connection, self.transport = dialled(LIMITS)
        self.listening = self.send(listening)

    def send(self, listening: Listening | None = None) -> Listening:
        """Send a request; returns who listens to its answer."""
        listening = listening or Listening()
        listening.connection = self.connection
        self.connection.send(b"request", listening)
        return listening

    def feed(self, raw: bytes, cuts: Iterable[int] = ()) -> None:
        """Let bytes arrive in the pieces between the cuts, for as long as the connection lives."""
        for start, stop in pairwise([0, *cuts, len(raw)]):
            if raw[start:stop] and not self.connection.closed:
                self.connection.data_received(raw[start:stop])

    def taken_again(self) -> bool:
        """Whether the pool gives the connection out once more, open."""
        return self.pool.take_idle() is self.connection and not self.connection.closed and not self.transport.aborted

    def destroyed(self) -> bool:
        """Whether the connection is closed and the pool has forgotten it."""
        return self.connection.closed and self.pool.open_connections == 0 and self.pool.take_idle() is None


def head(*rows: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    """An answer's head."""
    return "".join(f"{row}\r\n" for row in (status, *rows, "")).encode("latin-1")


WHOLE = head("Content-Length: 5") + b"hello"
CHUNKED = head("Transfer-Encoding: chunked") + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
HELLO = Story(200, b"hello", "complete")
