"""A provider of streams: every open stream gets one event at each tick. Run as `python -m bench.sse_upstream`.

Besides streams (any POST) it takes orders from the benchmark: `PUT /rate/50` sets the events per second and
stream, `GET /streams` counts the open ones, `DELETE /streams` closes them and counts those that were left.
"""

import argparse
import asyncio
import gc
from typing import Final, cast

import httptools
import uvloop

from bench.bodies import stream_event
from bench.loopback import HOST

HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_EVENT: Final = stream_event()
CHUNK: Final = b"%x\r\n%b\r\n" % (len(_EVENT), _EVENT)


class Streams:
    """The open streams and their rate."""

    def __init__(self) -> None:
        self.tick_s = 1.0
        self._open: dict[asyncio.Transport, bool] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, transport: asyncio.Transport) -> None:
        """Begin a stream."""
        transport.write(HEAD)
        self._open[transport] = True

    def remove(self, transport: asyncio.Transport) -> None:
        """Forget a stream, if it is one."""
        self._open.pop(transport, None)

    def mark(self, transport: asyncio.Transport, *, writable: bool) -> None:
        """A stream whose reader lags misses events instead of piling them up."""
        if transport in self._open:
            self._open[transport] = writable

    def tick(self) -> None:
        """One event to each stream."""
        for transport, writable in self._open.items():
            if writable:
                transport.write(CHUNK)

    def close_all(self) -> int:
        """Cut every stream; how many there were."""
        count = len(self._open)
        for transport in list(self._open):
            transport.abort()
        self._open.clear()
        return count


class Connection(asyncio.Protocol):
    """One connection: a stream, or an order."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _error: Exception | None) -> None:
        """The stream's reader is gone."""
        self._streams.remove(self._transport)

    def pause_writing(self) -> None:
        """The reader lags."""
        self._streams.mark(self._transport, writable=False)

    def resume_writing(self) -> None:
        """The reader has caught up."""
        self._streams.mark(self._transport, writable=True)

    def data_received(self, data: bytes) -> None:
        """Parse; a request that can't be parsed ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """Part of the request's target."""
        self._url += url

    def on_message_complete(self) -> None:
        """The request is whole: begin the stream, or do as ordered."""
        url, self._url = self._url, b""
        method = self._parser.get_method()
        if method == b"POST":
            self._streams.add(self._transport)
        else:
            self._reply(_obey(self._streams, method, url))

    def _reply(self, number: float) -> None:
        body = b"%g" % number
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


def _obey(streams: Streams, method: bytes, url: bytes) -> float:
    if method == b"PUT":
        streams.tick_s = 1 / float(url.rpartition(b"/")[2])
        return streams.tick_s
    return streams.close_all() if method == b"DELETE" else len(streams)


async def serve(port: int) -> None:
    """Serve until cancelled. A tick that comes too late is left out, not made up for."""
    loop = asyncio.get_running_loop()
    streams = Streams()
    await loop.create_server(lambda: Connection(streams), HOST, port, backlog=4096)
    due = loop.time()
    while True:
        due = max(due + streams.tick_s, loop.time() - streams.tick_s)
        await asyncio.sleep(due - loop.time())
        streams.tick()


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    gc.disable()  # a collection over thousands of streams would delay a tick
    uvloop.run(serve(port))


if __name__ == "__main__":
    main()
