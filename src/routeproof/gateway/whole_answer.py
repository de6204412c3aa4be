"""A body that is no stream: held while it is small, then relayed as it comes."""

from typing import TYPE_CHECKING

from routeproof.errors import UpstreamKind
from routeproof.gateway.answer import Answer
from routeproof.gateway.settlement import failure_outcome
from routeproof.ledger.entries import OK
from routeproof.wire.chat_view import ChatView, view_chat

if TYPE_CHECKING:
    from routeproof.gateway.attempt import Attempt
    from routeproof.gateway.relay import Exchange

_NOT_JSON = "The provider's answer is not the JSON that it says it is."


class WholeAnswer(Answer):
    """Relays one JSON body; reads usage, model and finish reason from it once it is complete."""

    __slots__ = ("_attempt", "_blank", "_hold_bytes", "_keep_bytes", "_parts", "_size")

    def __init__(self, attempt: "Attempt", *, hold_bytes: int, keep_bytes: int) -> None:
        super().__init__()
        self._attempt = attempt
        self._blank = True
        self._hold_bytes = min(hold_bytes, keep_bytes)
        self._keep_bytes = keep_bytes
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def worth_draining(self) -> bool:
        """A usage may still come, even if the client has left."""
        return True

    def data(self, exchange: "Exchange", data: bytes, last: bool) -> None:
        """Take a piece of the body."""
        if last and not exchange.committed:
            if self._parts:
                self._parts.append(data)
                data = b"".join(self._parts)
            self._respond(exchange, data)
            return
        self._size += len(data)
        if self._size <= self._keep_bytes or not exchange.committed:
            self._parts.append(data)
        else:
            self._parts.clear()
        if not exchange.committed:
            self._blank = self._blank and data.isspace()
            # Blank lines say that the provider lives; the client must see them. Otherwise hold what is small.
            if self._size < self._hold_bytes and not self._blank:
                return
            run = exchange.commit(200, self._framing(exchange)) + self.framed(b"".join(self._parts))
        else:
            run = self.framed(data)
        if last:
            self._end(exchange, run)
        else:
            exchange.send(run)

    def _respond(self, exchange: "Exchange", body: bytes) -> None:
        """The whole body at once: by far the common case."""
        view = view_chat(body)
        if view is None:
            exchange.fail(UpstreamKind.INVALID_RESPONSE, _NOT_JSON)
            return
        if view.has_error and view.choices <= 0:
            exchange.fail_in_200(body)
            return
        self._note(view)
        payload = exchange.commit(200, b"content-length: %d\r\n" % len(body)) + body
        client = exchange.client
        exchange.complete(200, OK, None, len(payload))
        if client is not None:
            client.respond(payload)

    def _framing(self, exchange: "Exchange") -> bytes:
        length = self._attempt.fields.get(b"content-length")
        if length is None:
            return self.open_framing(exchange.client)
        self.unframed = True
        return b"content-length: %b\r\n" % length

    def _end(self, exchange: "Exchange", run: bytes) -> None:
        """The last piece of a body that was relayed as it came."""
        error: UpstreamKind | None = None
        if self._size <= self._keep_bytes:
            body = b"".join(self._parts)
            view = view_chat(body)
            if view is None:
                # Keep the last piece back: a body that is no JSON must not look like a whole answer.
                exchange.fail(UpstreamKind.INVALID_RESPONSE, _NOT_JSON)
                return
            self._note(view)
            if view.has_error and view.choices <= 0:
                error = exchange.classify_in_200(body)
        run = self.with_end(run)
        client = exchange.client
        exchange.complete(200, OK if error is None else failure_outcome(error), error, len(run))
        if client is not None:
            client.finish(run)

    def _note(self, view: ChatView) -> None:
        attempt = self._attempt
        attempt.model = view.model
        attempt.usage_raw = view.usage_raw
        attempt.finish_reason = view.finish_reason
