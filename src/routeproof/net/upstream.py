"""One connection to a provider: sends a request, hands the answer on as it comes.

A connection is used again only after an exchange that ended cleanly: the answer was complete, framed, and nothing
followed it. After a cancellation, a timeout or a stray byte it is destroyed, so that no answer can reach another
request (as happened to others with pooled connections; see docs/promises.md).
"""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol, cast

import httptools

from routeproof.native import plain_head

if TYPE_CHECKING:
    from routeproof.net.pool import OriginPool

_plain_head: Final = plain_head
_NO_BODY: Final = frozenset((204, 304))


class Receiver(Protocol):
    """What takes an answer. Calls come in this order: head, data (any number), then one of end or lost."""

    def on_answer_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        """The head is here; field names are lower-case."""
        ...

    def on_answer_data(self, data: bytes, last: bool) -> None:
        """A piece of the body; with `last` the answer is complete, and the connection back in its pool."""
        ...

    def on_answer_lost(self, *, got_bytes: bool, malformed: bool) -> None:
        """The connection ended before the answer did. `got_bytes`: some of the answer had come."""
        ...


class UpstreamConnection:
    """A connection that carries one exchange at a time: an `asyncio.Protocol` by shape, so that it can be compiled."""

    __slots__ = (
        "_barren_bytes",
        "_chunks",
        "_complete",
        "_fields",
        "_got_bytes",
        "_has_framing",
        "_head_done",
        "_head_given",
        "_interim",
        "_left",
        "_parser",
        "_pool",
        "_receiver",
        "_reusable",
        "_status",
        "closed",
        "idle_since_s",
        "paused",
        "transport",
        "uses",
    )

    def __init__(self, pool: "OriginPool") -> None:
        self._pool = pool
        self._parser = httptools.HttpResponseParser(self)
        self._receiver: Receiver | None = None
        self._fields: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._head_done = self._head_given = self._complete = self._got_bytes = self._has_framing = False
        self._reusable = self._interim = False
        self._status = 0
        self._left = 0  # of a body whose length alone frames it; the parser does not see that one
        self._barren_bytes = 0  # since the last piece of a body: a head, or framing that leads to nothing
        self.transport: asyncio.Transport | None = None
        self.closed = False
        self.paused = False
        self.idle_since_s = 0.0
        self.uses = 0

    # -- what an exchange does with it

    def send(self, request: bytes, receiver: Receiver) -> None:
        """Send a whole request; its answer goes to `receiver`."""
        assert self._receiver is None and self.transport is not None
        self._receiver = receiver
        self._head_done = self._head_given = self._complete = self._got_bytes = self._has_framing = False
        self._barren_bytes = self._left = 0
        self.uses += 1
        self.transport.write(request)

    def abandon(self) -> None:
        """Give up the exchange and destroy the connection at once."""
        self._receiver = None
        if not self.closed:
            self.closed = True
            self._pool.forget(self)
            if self.transport is not None:
                self.transport.abort()

    def pause(self) -> None:
        """Stop reading: the client is slow."""
        if not self.paused and self.transport is not None and not self.closed:
            self.paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self.paused and self.transport is not None and not self.closed:
            self.paused = False
            self.transport.resume_reading()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        receiver = self._receiver
        if receiver is None:  # bytes that nobody asked for
            self.abandon()
            return
        first, self._got_bytes = not self._got_bytes, True
        if self._left > 0:
            self._take_counted(receiver, data)
        elif not first or not self._begin_counted(receiver, data):
            self._take_parsed(receiver, data)

    def _begin_counted(self, receiver: Receiver, data: bytes) -> bool:
        """Take what begins with a head that frames its answer by a length alone; False where it does not."""
        plain = _plain_head(data, self._pool.response_header_bytes_max)
        if plain is None:
            return False
        status, self._fields, size, length = plain
        self._head_done = self._head_given = self._has_framing = self._reusable = True
        self._left = length
        receiver.on_answer_head(status, self._fields)
        if self._receiver is receiver and len(data) > size:
            self._take_counted(receiver, data[size:])
        return True

    def _take_counted(self, receiver: Receiver, data: bytes) -> None:
        excess = len(data) - self._left
        if excess < 0:
            self._left = -excess
            receiver.on_answer_data(data, False)
            return
        self._left = 0
        if excess > 0:
            self._reusable = False  # something that nobody asked for follows the answer
            data = data[:-excess]
        self._finish(receiver, data)

    def _take_parsed(self, receiver: Receiver, data: bytes) -> None:
        malformed = False
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            malformed = True  # what had come whole before the fault is still the answer's
            self._reusable = False
        if self._head_done and not self._head_given:
            # Called from here and not from inside the parser, which would turn our own faults into the provider's.
            self._head_given = True
            if self._barren_bytes + len(data) > self._pool.response_header_bytes_max and self._head_too_large():
                self._lose(receiver)
                return
            receiver.on_answer_head(self._status, self._fields)
            if self._receiver is not receiver:
                self._chunks.clear()
                return
        chunks = self._chunks
        if self._complete:
            self._finish(receiver, b"".join(chunks) if len(chunks) != 1 else chunks[0])
            return
        if chunks:
            self._barren_bytes = 0
            body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            chunks.clear()
            receiver.on_answer_data(body, False)
        else:
            self._barren_bytes += len(data)
        if malformed or self._barren_bytes > self._pool.response_header_bytes_max:
            self._lose(receiver)

    def pause_writing(self) -> None:
        pass  # a request is written whole and its size is bounded: there is nothing to hold back

    def resume_writing(self) -> None:
        pass

    def eof_received(self) -> None:
        return None  # closes the transport; `connection_lost` decides what it means

    def connection_lost(self, exc: Exception | None) -> None:
        receiver = self._receiver
        if not self.closed:
            self.closed = True
            self._pool.forget(self)
        if receiver is None:
            return
        if exc is None and self._head_done and not self._has_framing:
            self._reusable = False
            self._finish(receiver, b"")  # RFC 9112 6.3 rule 8: the end of the connection ends the body
        else:
            self._receiver = None
            receiver.on_answer_lost(got_bytes=self._got_bytes, malformed=False)

    # -- httptools callbacks

    def on_message_begin(self) -> None:
        if self._complete:
            self._reusable = False  # a second answer to one request
            return
        self._fields = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_done:  # trailers, or another answer
            return
        name = name.lower()
        fields = self._fields
        if name in fields and name in (b"content-length", b"transfer-encoding"):
            raise ValueError("repeated framing field")
        fields[name] = value

    def on_headers_complete(self) -> None:
        if self._head_done:
            return
        parser = self._parser
        status = self._status = parser.get_status_code()
        if status < 200:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._interim = True
            return
        self._interim = False
        self._head_done = True
        fields = self._fields
        self._has_framing = b"content-length" in fields or b"transfer-encoding" in fields or status in _NO_BODY
        self._reusable = self._has_framing and parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        if not self._head_done:
            raise ValueError("an interim answer with a body")
        if not self._complete:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        if self._interim:
            self._interim = False
        else:
            self._complete = True

    # -- ends

    def _finish(self, receiver: Receiver, body: bytes) -> None:
        """The answer is complete: give the connection back first, so that the next exchange may take it."""
        self._chunks.clear()
        self._receiver = None
        transport = self.transport
        # An answer that overtook its own request leaves the rest of that request before the next one.
        if self._reusable and not self.closed and transport is not None and not transport.get_write_buffer_size():
            self.resume()
            self._pool.give_back(self)
        else:
            self.abandon()
        receiver.on_answer_data(body, True)

    def _head_too_large(self) -> bool:
        size = sum(len(name) + len(value) + len(b": \r\n") for name, value in self._fields.items())
        return size > self._pool.response_header_bytes_max

    def _lose(self, receiver: Receiver) -> None:
        """The answer can't be read on: destroy the connection, unless the receiver has done so itself."""
        if self._receiver is receiver:
            self.abandon()
            receiver.on_answer_lost(got_bytes=True, malformed=True)
