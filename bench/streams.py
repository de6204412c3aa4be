"""Many streams open at once: a client that counts what they bring."""

import asyncio
from typing import Final, cast

import httptools

from bench.errors import BenchError
from bench.loopback import HOST

OPENING_AT_ONCE: Final = 50
_POLL_S: Final = 0.02


class Crowd:
    """Opens the same stream many times; counts events, and the reads they came in."""

    def __init__(self, port: int, request: bytes) -> None:
        self.events = 0
        self.reads = 0
        self.started = 0
        """Streams that have brought an event."""
        self.problem: str | None = None
        """The first thing that went wrong with any stream."""
        self._port = port
        self._request = request
        self._streams: list[Stream] = []

    async def grow(self, total: int, timeout_s: float) -> None:
        """Open streams until there are `total`, and wait for an event on each. Raises BenchError."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_s):
                while (missing := total - len(self._streams)) > 0:
                    await asyncio.gather(*(self._open(loop) for _ in range(min(missing, OPENING_AT_ONCE))))
                await self._wait_started(total)
        except TimeoutError:
            raise BenchError(f"{self.started} of {total} streams began within {timeout_s:g} s") from None
        except OSError as error:
            raise BenchError(f"a stream could not be opened: {error}") from error

    def check(self) -> None:
        """Raise BenchError if a stream has broken."""
        if self.problem is not None:
            raise BenchError(f"a stream broke: {self.problem}")

    def close(self) -> None:
        """Cut every stream, as a client that goes away."""
        for stream in self._streams:
            stream.close()
        self._streams.clear()

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        _, stream = await loop.create_connection(lambda: Stream(self, self._request), HOST, self._port)
        self._streams.append(stream)

    async def _wait_started(self, total: int) -> None:
        while self.started < total:
            self.check()
            await asyncio.sleep(_POLL_S)


class Stream(asyncio.Protocol):
    """One open stream."""

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self._crowd = crowd
        self._request = request
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._events = 0
        self._carried = b""
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count a read, and the events in it."""
        before = self._events
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"the answer can't be parsed: {error}")
        brought = self._events - before
        if brought:
            self._crowd.reads += 1
            self._crowd.events += brought
            self._crowd.started += before == 0

    def connection_lost(self, error: Exception | None) -> None:
        """A stream that ends by itself has broken: these have no end."""
        if not self._closing:
            self._fail(f"it ended after {self._events} events ({error or 'closed by the other side'})")

    def on_headers_complete(self) -> None:
        """Anything but 200 is a failure."""
        status = self._parser.get_status_code()
        if status != 200:
            self._fail(f"answered with {status}")

    def on_body(self, piece: bytes) -> None:
        """Events end in an empty line, which may be cut in two."""
        text = self._carried + piece if self._carried else piece
        self._events += text.count(b"\n\n")
        self._carried = b"\n" if text.endswith(b"\n") and not text.endswith(b"\n\n") else b""

    def close(self) -> None:
        """Go away at once."""
        self._closing = True
        self._transport.abort()

    def _fail(self, problem: str) -> None:
        if self._crowd.problem is None:
            self._crowd.problem = problem


def request_bytes(port: int, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """An HTTP/1.1 request with its body."""
    fields = {"Host": f"{HOST}:{port}", "Content-Type": "application/json", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    return head.encode("ascii") + body
