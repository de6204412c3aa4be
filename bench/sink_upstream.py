"""A provider that reads a whole request before it answers. Run as `python -m bench.sink_upstream`."""

import argparse
import asyncio
from typing import Final, cast

import httptools
import uvloop

from bench.bodies import answer_body
from bench.loopback import HOST

_BODY: Final = answer_body()
ANSWER: Final = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
    len(_BODY),
    _BODY,
)


READ_BYTES: Final = 256 * 1024


class Connection(asyncio.BufferedProtocol):
    """Drops the body, answers at its end. It reads into one buffer, to leave the core to the load generator."""

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, _sizehint: int) -> memoryview:
        """The same buffer for every read."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Parse; a request that can't be parsed ends the connection."""
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._transport.write(ANSWER)


async def serve(port: int) -> None:
    """Serve until cancelled."""
    server = await asyncio.get_running_loop().create_server(Connection, HOST, port, backlog=1024)
    await server.serve_forever()


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    uvloop.run(serve(port))


if __name__ == "__main__":
    main()
