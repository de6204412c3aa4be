"""What a simulated server has seen: every request, what became of it, and ways to wait for either."""

import asyncio
import os
from collections import deque
from pathlib import Path

import msgspec

from routeproof.simulator.reply import HttpRequest

SEEN_MAX = 4_096
SEEN_BYTES_MAX = 64 * 1024 * 1024
_HIDDEN_HEADERS = frozenset({b"authorization", b"x-api-key", b"cookie"})


class SeenRequest:
    """One request as it arrived, and how far its reply got."""

    def __init__(self, number: int, connection: int, request: HttpRequest) -> None:
        self.number = number
        """Counted from 0 in the order of arrival."""
        self.connection = connection
        """Counted from 0 in the order of accepting."""
        self.request = request
        self.fault: str | None = None
        """The fault that was committed on it."""
        self.response_bytes = 0
        """Bytes handed to the socket."""
        self.response_events = 0
        """Whole events handed to the socket, [DONE] included."""
        self.over = False
        """The reply was sent whole, or the connection is gone."""
        self.client_gone = False
        """The client closed the connection before the reply was over."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.request.path

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers in the order and case they were sent in."""
        return self.request.headers

    @property
    def body(self) -> bytes:
        """The raw body."""
        return self.request.body


class _RecordedRequest(msgspec.Struct):
    provider: str
    number: int
    connection: int
    at_ns: int
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: str


class RequestRecorder:
    """Appends one JSON line per request to a file, in one write each, so that a killed reader loses none."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def record(self, provider: str, seen: SeenRequest, at_ns: int) -> None:
        """Write the line. Credentials are left out; the body is kept: it is what tests look for."""
        headers = [
            (name.decode("latin-1"), "****" if name.lower() in _HIDDEN_HEADERS else value.decode("latin-1"))
            for name, value in seen.headers
        ]
        body = seen.body.decode(errors="replace")
        line = _RecordedRequest(provider, seen.number, seen.connection, at_ns, seen.method, seen.path, headers, body)
        os.write(self._descriptor, msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


class SeenLog:
    """The newest requests of one server, bounded in number and in bytes of bodies; its counters count all."""

    def __init__(self, size_max: int = SEEN_MAX, body_bytes_max: int = SEEN_BYTES_MAX) -> None:
        self._size_max = size_max
        self._body_bytes_max = body_bytes_max
        self._body_bytes = 0
        self.requests: deque[SeenRequest] = deque()
        self.total = 0
        self.connections_opened = 0
        self.connections_open = 0
        self._changed = asyncio.Event()

    def add(self, connection: int, request: HttpRequest) -> SeenRequest:
        """Note a request that has arrived whole."""
        seen = SeenRequest(self.total, connection, request)
        self.total += 1
        self.requests.append(seen)
        self._body_bytes += len(request.body)
        while len(self.requests) > self._size_max or (
            self._body_bytes > self._body_bytes_max and len(self.requests) > 1
        ):
            self._body_bytes -= len(self.requests.popleft().body)
        self.notify()
        return seen

    def get(self, number: int) -> SeenRequest:
        """The request of that arrival number. Raises LookupError if it was never seen, or is kept no more."""
        first = self.total - len(self.requests)
        if not first <= number < self.total:
            raise LookupError(f"request {number} is not among the kept ones, {first} to {self.total - 1}")
        return self.requests[number - first]

    def notify(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_seen(self, count: int) -> None:
        """Wait until that many requests have arrived, ever."""
        while self.total < count:
            await self._changed.wait()

    async def wait_closed(self, number: int) -> SeenRequest:
        """Wait until request `number` has arrived and is over: answered whole, or its connection gone."""
        while self.total <= number or not self.get(number).over:
            await self._changed.wait()
        return self.get(number)

    async def wait_connections_open(self, count: int) -> None:
        """Wait until exactly that many connections are open."""
        while self.connections_open != count:
            await self._changed.wait()
