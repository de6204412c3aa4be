"""One client's connection: reads requests under their limits, one at a time and in order, and writes answers.

The states, and what ends each:

    HEAD     waiting for, or reading, a request's head     header deadline and rate; idle limit between requests
    BODY     reading its body                              minimum rate after a grace
    BUSY     the application answers                       the application's own deadlines; drain rate of the client
    CLOSING  the last bytes go out, input is ignored       a short linger
"""

import asyncio
from typing import Final, cast

from routeproof.errors import ClientTooSlow, RequestTooLarge, RouteproofError
from routeproof.net.client_roles import Connections, Handler
from routeproof.wire.chunked import ChunkedDecoder
from routeproof.wire.head import HeadMemo, RequestHead, head_end, parse_head

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_S = 2.0


# Plain numbers: a look at an enum's member costs more than all that is decided by it.
_HEAD: Final = 0
_BODY: Final = 1
_BUSY: Final = 2
_CLOSING: Final = 3


class ClientConnection:
    """The server side of one connection: an `asyncio.Protocol` by shape, so that it can be compiled."""

    __slots__ = (
        "_body",
        "_buffer",
        "_chunked",
        "_drained_at_mark",
        "_head",
        "_limits",
        "_listener",
        "_loop",
        "_mark_s",
        "_memo",
        "_reading_paused",
        "_received",
        "_requests",
        "_since_s",
        "_state",
        "_transport",
        "_wanted",
        "_written",
        "handler",
        "http_1_0",
        "keep_alive",
        "memo",
        "writable",
    )

    def __init__(self, listener: Connections, loop: asyncio.AbstractEventLoop) -> None:
        self._listener = listener
        self._limits = listener.limits
        self._loop = loop
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._state: int = _HEAD
        self._buffer = b""
        self._body = bytearray()  # not a list of pieces: a client may send it byte by byte
        self._chunked: ChunkedDecoder | None = None
        self._head: RequestHead | None = None
        self._memo = HeadMemo()
        self._received = self._wanted = self._requests = self._written = self._drained_at_mark = 0
        self._since_s = self._mark_s = loop.time()
        self._reading_paused = False
        self.handler: Handler | None = None
        self.memo: object | None = None
        """The application's own, for as long as the connection lives."""
        self.keep_alive = True
        self.http_1_0 = False
        self.writable = True

    # -- answers

    def respond(self, payload: bytes) -> None:
        """Write a whole answer (head and body) and end the exchange."""
        self._transport.write(payload)
        self._written += len(payload)
        self._end_exchange()

    def write(self, payload: bytes) -> None:
        """Write a piece of an answer that is not its end."""
        self._transport.write(payload)
        self._written += len(payload)

    def finish(self, payload: bytes = b"") -> None:
        """Write the last bytes of an answer and end the exchange."""
        if payload:
            self._transport.write(payload)
            self._written += len(payload)
        self._end_exchange()

    def break_off(self, payload: bytes = b"") -> None:
        """Write last words, then close without the end that the framing calls for: a visible break."""
        if payload:
            self._transport.write(payload)
            self._written += len(payload)
        self.handler = None
        self._close()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._listener.opened(self):
            self._state = _CLOSING
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=self._limits.stream_high_water_bytes)

    def data_received(self, data: bytes) -> None:
        state = self._state
        if state == _HEAD and self.writable:
            if self._buffer:
                data = self._buffer + data
                self._buffer = b""
            else:
                self._since_s = self._loop.time()
            self._advance(data)
        elif state == _BODY:
            self._advance(data)
        elif state != _CLOSING:  # a request is being answered, or answers wait to be read
            self._buffer += data
            self._regulate()
        else:
            self._received += len(data)

    def eof_received(self) -> None:
        # A half-close can't be told from a client that is gone until a write fails, and until then the provider
        # would go on working at the operator's cost. So the end of a client's sending is its end; the transport then
        # closes itself, once what is written has gone out.
        self._state = _CLOSING
        self._since_s = self._loop.time()
        self._tell_gone()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._state = _CLOSING
        self._listener.ended(self)
        self._tell_gone()

    def pause_writing(self) -> None:
        self.writable = False
        self._mark_s = self._loop.time()
        self._drained_at_mark = self._drained()
        if self.handler is not None:
            self.handler.on_client_paused()

    def resume_writing(self) -> None:
        self.writable = True
        if self.handler is not None:
            self.handler.on_client_resumed()
        elif self._state == _HEAD:
            self._since_s = self._loop.time()
            self._go_on()

    # -- deadlines

    def check_deadlines(self, now_s: float) -> None:
        """Close a client that is silent or slow; let what answers it look at its own deadlines."""
        if self.handler is not None:
            self.handler.check_deadlines(now_s)
        limits = self._limits
        if not self.writable and now_s - self._mark_s >= limits.client_drain_window_s:
            drained = self._drained()
            if drained - self._drained_at_mark < limits.client_drain_min_bytes_per_s * (now_s - self._mark_s):
                self._transport.abort()
                return
            self._mark_s, self._drained_at_mark = now_s, drained
        elapsed_s = now_s - self._since_s
        if self._state == _HEAD:
            if not self.writable:
                pass  # it is held to the drain rate instead
            elif self._requests and not self._buffer:
                if elapsed_s > limits.idle_keepalive_s:
                    self._close()
            elif elapsed_s > limits.header_deadline_s or (
                elapsed_s > 1.0 and self._buffer and len(self._buffer) < limits.header_rate_min_bytes_per_s * elapsed_s
            ):
                self._refuse_slow("The request's headers", silent=not self._buffer)
        elif self._state == _BODY:
            if elapsed_s > limits.body_rate_grace_s and self._received < limits.body_rate_min_bytes_per_s * elapsed_s:
                self._refuse_slow("The request's body", silent=False)
        elif self._state == _CLOSING and self._lingered(elapsed_s):
            self._transport.abort()

    def _lingered(self, elapsed_s: float) -> bool:
        """The last bytes have had their time to go out, and the client to read them."""
        if self._transport.get_write_buffer_size():
            return elapsed_s > self._limits.client_drain_window_s
        if self._received and elapsed_s <= self._limits.body_rate_grace_s:
            self._received = 0  # since the last look: it is still sending, and a reset would eat our answer
            return False
        return elapsed_s > _LINGER_S

    def close_if_idle(self) -> None:
        """Close unless a request is being read or answered."""
        if self._state == _HEAD and not self._buffer:
            self._close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    @property
    def busy(self) -> bool:
        """A request is being answered."""
        return self._state == _BUSY

    # -- reading

    def _advance(self, data: bytes) -> None:
        """Read as many requests as `data` holds, for as long as each is answered at once."""
        try:
            while data:
                if self._state == _BODY:
                    data = self._read_body(data)
                elif self._state == _HEAD and self.writable:
                    data = self._read_head(data)
                else:
                    break
            if data and self._state != _CLOSING:
                self._buffer = data
            if self._buffer or self._reading_paused:
                self._regulate()
        except RouteproofError as error:
            self._refuse(error)

    def _read_head(self, data: bytes) -> bytes:
        limits = self._limits
        head = self._memo.recall(data, limits.body_bytes_max_unauthenticated)
        if head is None:
            end = head_end(data, limits)
            if end < 0:
                self._buffer = data
                return b""
            head = parse_head(data[:end], limits)
            self._memo.keep(data[:end], head)
        else:
            end = head.size
        self._head = head
        wanted = head.content_length
        if wanted is not None and len(data) - end >= wanted and wanted <= limits.body_bytes_max_unauthenticated:
            stop = end + wanted
            self._dispatch(head, data[end:stop])
            return data[stop:] if len(data) > stop else b""
        if wanted is not None and wanted > limits.body_bytes_max:
            raise RequestTooLarge(f"The body is larger than {limits.body_bytes_max} bytes.")
        self._listener.application.check_head(self, head)
        if head.expects_continue and len(data) == end:
            self.write(_CONTINUE)
        self._state = _BODY
        self._since_s = self._loop.time()
        self._received = 0
        self._wanted = wanted or 0
        self._chunked = ChunkedDecoder(limits.body_bytes_max) if wanted is None else None
        return data[end:]

    def _read_body(self, data: bytes) -> bytes:
        self._received += len(data)
        if self._chunked is not None:
            rest = self._chunked.feed(data)
            if self._chunked.complete:
                body = self._chunked.body()
                self._chunked = None
                self._dispatch(self._head, body)
            return rest
        excess = self._received - self._wanted
        if excess <= 0:
            self._body += data
            rest = b""
        else:
            self._body += data[:-excess]
            rest = data[-excess:]
        if excess >= 0:
            body, self._body = bytes(self._body), bytearray()
            self._dispatch(self._head, body)
        return rest

    def _dispatch(self, head: RequestHead | None, body: bytes) -> None:
        assert head is not None
        self._state = _BUSY
        self._requests += 1
        self._head = None
        self.http_1_0 = head.minor_version == 0
        self.keep_alive = head.keep_alive and not self._listener.draining
        self._listener.application.on_request(self, head, body)

    # -- ends

    def _end_exchange(self) -> None:
        self.handler = None
        if self._state == _CLOSING:
            return
        if not self.keep_alive or (self._listener.closing and not self._buffer):
            self._close()
            return
        self._state = _HEAD
        self._since_s = self._loop.time()
        self._go_on()

    def _go_on(self) -> None:
        """Look at what came while an answer was on its way."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            self._advance(data)

    def _regulate(self) -> None:
        """Stop reading while more is held of further requests than is allowed, and until they have been looked at."""
        waiting = self._state == _BUSY or not self.writable
        full = waiting and len(self._buffer) > self._limits.pipeline_bytes_max
        if full != self._reading_paused:
            self._reading_paused = full
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _refuse(self, error: RouteproofError) -> None:
        self.write(self._listener.application.refusal(self, error, self._head))
        self._close()

    def _refuse_slow(self, what: str, *, silent: bool) -> None:
        if silent:  # it never asked for anything: there is nobody to explain it to
            self._transport.abort()
        else:
            self._refuse(ClientTooSlow(f"{what} did not arrive in time."))

    def _close(self) -> None:
        """Half-close after the last byte and ignore input for a moment, so that a reset can't eat the answer."""
        if self._state == _CLOSING:
            return
        self._state = _CLOSING
        self._since_s = self._loop.time()
        self._buffer = b""
        self._body = bytearray()
        self._chunked = None
        self._received = 0
        if self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def _tell_gone(self) -> None:
        handler, self.handler = self.handler, None
        if handler is not None:
            handler.on_client_gone()

    def _drained(self) -> int:
        return self._written - self._transport.get_write_buffer_size()
