"""One client connection of a simulated server: HTTP/1.1 in through `httptools`, raw bytes out."""

import asyncio
from collections import deque
from typing import Protocol, cast

import httptools

from routeproof.simulator.player import Player
from routeproof.simulator.reply import HttpRequest
from routeproof.simulator.seen import SeenRequest

BODY_BYTES_MAX = 64 * 1024 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Host(Protocol):
    """What a connection needs of its server."""

    def opened(self, connection: "SimConnection") -> tuple[int, bool]:
        """A client has connected. Returns the connection's number, and whether it is refused."""
        ...

    def closed(self, connection: "SimConnection") -> None:
        """A connection is gone."""
        ...

    def reply_over(self, seen: SeenRequest, *, client_gone: bool) -> None:
        """A reply was sent whole, or can't be sent any further."""
        ...

    def reply_to(self, connection: "SimConnection", number: int, request: HttpRequest) -> Player:
        """Note a request and plan its reply."""
        ...


class SimConnection(asyncio.Protocol):
    """Reads requests and has them answered one after the other."""

    transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self._host = host
        self._number = 0
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[HttpRequest, bool]] = deque()
        self._player: Player | None = None
        self._keep = True
        self._dies_on_reuse = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and finished its TLS handshake if there is one."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's does not derive from asyncio's
        # Each write leaves at once, or pauses the player. A TLS transport with a mark of 0 would pause on nothing.
        encrypted = transport.get_extra_info("sslcontext") is not None
        self.transport.set_write_buffer_limits(high=1 if encrypted else 0, low=0)
        self._number, refused = self._host.opened(self)
        if refused:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if self._dies_on_reuse:
            self.transport.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.write(_BAD_REQUEST)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why it went changes nothing
        """The connection is gone."""
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        player, self._player = self._player, None
        self._waiting.clear()
        if player is not None:
            player.stop()
            self._host.reply_over(player.seen, client_gone=not player.closing)
        self._host.closed(self)

    def pause_writing(self) -> None:
        """What was written has not left yet."""
        if self._player is not None:
            self._player.block()

    def resume_writing(self) -> None:
        """All that was written has left."""
        if self._player is not None:
            self._player.unblock()

    def drop(self) -> None:
        """End the connection now: the server stops."""
        if self._player is not None:
            self._player.closing = True
        self.transport.abort()

    # What the parser calls

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._target, self._headers, self._body, self._body_bytes = b"", [], [], 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name, value))
        if name.lower() == b"expect" and value.lower() == b"100-continue":
            self.transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > BODY_BYTES_MAX:
            self.transport.abort()
            return
        self._body.append(body)

    def on_message_complete(self) -> None:
        """A whole request has arrived."""
        path, _, query = self._target.decode("latin-1").partition("?")
        request = HttpRequest(
            self._parser.get_method().decode("latin-1"),
            path,
            query,
            tuple(self._headers),
            b"".join(self._body),
        )
        self._waiting.append((request, self._parser.should_keep_alive()))
        if self._player is None:
            self._answer_next()

    # What the player calls

    def reply_over(self, idle_s: float | None, dies_on_reuse: bool) -> None:
        """A reply was sent whole."""
        assert self._player is not None
        player, self._player = self._player, None
        self._host.reply_over(player.seen, client_gone=False)
        self._dies_on_reuse = dies_on_reuse
        if not self._keep:
            self.transport.close()
        elif idle_s is not None:
            self._idle_timer = asyncio.get_running_loop().call_later(idle_s, self.transport.close)
        else:
            self._answer_next()

    def _answer_next(self) -> None:
        if not self._waiting or self.transport.is_closing():
            return
        request, self._keep = self._waiting.popleft()
        self._player = self._host.reply_to(self, self._number, request)
        self._player.run()
