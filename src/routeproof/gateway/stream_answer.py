"""A stream on its way to the client: whole events, as they come, byte for byte."""

from typing import TYPE_CHECKING

from routeproof.errors import RouteproofError, UpstreamKind
from routeproof.gateway.answer import Answer
from routeproof.gateway.reply_bytes import error_event
from routeproof.gateway.settlement import failure_outcome
from routeproof.ledger.entries import OK
from routeproof.wire.chat_stream import ChatStream
from routeproof.wire.sse import EventTooLarge

if TYPE_CHECKING:
    from routeproof.gateway.attempt import Attempt
    from routeproof.gateway.relay import Exchange

_COMMENT = b": keep-alive\n\n"
_STREAM_LINES = b"cache-control: no-store\r\nx-accel-buffering: no\r\n"


class StreamAnswer(Answer):
    """Relays events; reads usage, model, finish reason and errors on the way."""

    __slots__ = ("_commented_s", "_last_event_s", "_seen_events", "_stream")

    def __init__(self, attempt: "Attempt", *, hide_usage: bool, event_bytes_max: int, now_s: float) -> None:
        super().__init__()
        self._stream = attempt.stream = ChatStream(hide_usage=hide_usage, event_bytes_max=event_bytes_max)
        self._seen_events = 0
        self._last_event_s = now_s
        self._commented_s = 0.0

    @property
    def worth_draining(self) -> bool:
        """A usage may still come, even if the client has left."""
        return True

    def data(self, exchange: "Exchange", data: bytes, last: bool) -> None:
        """Take a piece of the body."""
        try:
            run = self._stream.feed(data) if data else data
        except EventTooLarge:
            exchange.fail(UpstreamKind.EVENT_TOO_LARGE, "The provider sent an event over the size limit.")
            return
        if not exchange.committed:
            self._first(exchange, run, last)
        elif last:
            self._end(exchange, self.framed(run))
        elif run:
            exchange.send(run if self.unframed else b"%x\r\n%b\r\n" % (len(run), run))

    def _first(self, exchange: "Exchange", run: bytes, last: bool) -> None:
        """Nothing has gone out yet: an error or an empty end may still lead to another route."""
        stream = self._stream
        if stream.error_raw is not None:
            exchange.fail_in_200(stream.error_raw)
        elif run:
            run = self._head(exchange) + self.framed(run)
            if last:
                self._end(exchange, run)
            else:
                exchange.send(run)
        elif last:
            exchange.fail(UpstreamKind.TRUNCATED, "The provider's stream ended before its first event.")

    def _head(self, exchange: "Exchange") -> bytes:
        return exchange.commit(200, _STREAM_LINES + self.open_framing(exchange.client))

    def _end(self, exchange: "Exchange", run: bytes) -> None:
        """The body is complete; `run` is what is left to send."""
        stream = self._stream
        client = exchange.client
        if stream.error_raw is not None:
            # The provider told the client itself; what is left is to end, and not to call it done.
            kind = exchange.classify_in_200(stream.error_raw)
            if stream.done:
                run = self.with_end(run)
            exchange.complete(200, failure_outcome(kind), kind, len(run))
            if client is not None and stream.done:
                client.finish(run)
            elif client is not None:
                client.break_off(run)
        elif stream.done and not stream.rest:
            run = self.with_end(run)
            exchange.complete(200, OK, None, len(run))
            if client is not None:
                client.finish(run)
        else:
            if run:
                exchange.send(run)
            exchange.fail(UpstreamKind.TRUNCATED, "The provider's stream ended before its end mark.")

    def last_words(self, error: RouteproofError) -> bytes:
        """An error event; no `[DONE]` follows, and no proper end of the body either."""
        return self.framed(error_event(error))

    def only_comments_for(self, now_s: float) -> float:
        """For how many seconds nothing but keep-alives has come."""
        events = self._stream.data_events
        if events != self._seen_events:
            self._seen_events = events
            self._last_event_s = now_s
        return now_s - self._last_event_s

    def keep_client_alive(self, exchange: "Exchange", now_s: float) -> None:
        """Send a comment of our own; events go out whole, so this is always between two of them."""
        client = exchange.client
        due = now_s - self._commented_s >= exchange.hub.limits.client_keepalive_comment_s
        if due and client is not None and client.writable:
            self._commented_s = now_s
            head = b"" if exchange.committed else self._head(exchange)
            exchange.send(head + self.framed(_COMMENT))
