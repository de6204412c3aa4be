"""The answer of one attempt on its way to the client: what all kinds of answers share.

Until something of it has gone to the client (the exchange is `committed`) the attempt may still fail over; from then
on a failure is shown as what it is: an error event without `[DONE]` in a stream, a body that ends short of its
framing otherwise. An answer holds no reference to its exchange, which keeps every exchange free of reference cycles.
"""

from typing import TYPE_CHECKING

from routeproof.errors import RouteproofError
from routeproof.gateway.reply_bytes import CHUNKED, LAST_CHUNK

if TYPE_CHECKING:
    from routeproof.gateway.relay import Exchange
    from routeproof.net.client import ClientConnection


class Answer:
    """Base of the kinds; each takes the body's pieces as they come."""

    __slots__ = ("unframed",)

    def __init__(self) -> None:
        self.unframed = False
        """The body goes out without chunks of our own: its length is declared, or its end is the connection's."""

    @property
    def worth_draining(self) -> bool:
        """A usage may still come, even if the client has left."""
        return False

    def data(self, exchange: "Exchange", data: bytes, last: bool) -> None:
        """Take a piece of the body."""
        raise NotImplementedError

    def last_words(self, _error: RouteproofError) -> bytes:
        """What goes out before an answer that has begun is broken off."""
        return b""

    def only_comments_for(self, _now_s: float) -> float:
        """For how many seconds nothing but keep-alives has come."""
        return 0.0

    def keep_client_alive(self, _exchange: "Exchange", _now_s: float) -> None:
        """The provider is silent and the operator wants clients to hear from us."""

    def framed(self, run: bytes) -> bytes:
        """A piece of the body as it goes out."""
        if self.unframed or not run:
            return run
        return b"%x\r\n%b\r\n" % (len(run), run)

    def with_end(self, run: bytes) -> bytes:
        """The last piece of the body as it goes out, already framed, with the end that the framing calls for."""
        return run if self.unframed else run + LAST_CHUNK

    def open_framing(self, client: "ClientConnection | None") -> bytes:
        """The framing line for a body of unknown length: chunks, or the connection's end for HTTP/1.0."""
        if client is not None and client.http_1_0:
            self.unframed = True
            client.keep_alive = False
            return b""
        return CHUNKED
