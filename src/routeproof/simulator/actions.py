"""What a simulated server does to its connection, step by step, and the steps of an honest reply."""

from collections.abc import Iterator
from http import HTTPStatus

import msgspec

from routeproof.simulator.reply import Piece, PieceKind, Reply


class Write(msgspec.Struct, frozen=True):
    """Hand these bytes to the socket, alone in one write."""

    data: bytes
    ends_event: bool = False
    """With these bytes one more whole event has been sent."""


class Pause(msgspec.Struct, frozen=True):
    """Wait, counted from when the step before was due; 0 gives the loop one turn."""

    seconds: float = 0.0


class Stall(msgspec.Struct, frozen=True):
    """Do nothing until the client leaves or the server stops."""


class Reset(msgspec.Struct, frozen=True):
    """Reset the connection (RST)."""


class HalfClose(msgspec.Struct, frozen=True):
    """Shut down the sending side only. TLS has no such thing: there the connection closes."""


class Close(msgspec.Struct, frozen=True):
    """Close the connection after what was written has left."""


class DieOnReuse(msgspec.Struct, frozen=True):
    """Stay open, and close without a byte when the next request begins to arrive."""


class CloseWhenIdle(msgspec.Struct, frozen=True):
    """The reply is over; close after this long without a new request."""

    seconds: float


Action = Write | Pause | Stall | Reset | HalfClose | Close | DieOnReuse | CloseWhenIdle
"""A list that ends without closing means: the reply is over, keep the connection."""

LAST_CHUNK = b"0\r\n\r\n"
_WHOLE_EVENTS = frozenset({PieceKind.EVENT, PieceKind.FINISH, PieceKind.USAGE, PieceKind.DONE})


def chunk(data: bytes) -> bytes:
    """One chunk of the chunked coding (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def head(reply: Reply, length: int | None) -> bytes:
    """Status line and headers, framed by a content length, or as chunks where `length` is None."""
    framing = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
    phrase = HTTPStatus(reply.status).phrase
    lines = [
        f"HTTP/1.1 {reply.status} {phrase}",
        *(f"{name}: {value}" for name, value in (*reply.headers, framing)),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def render(reply: Reply) -> Iterator[Action]:
    """The steps of an honest reply."""
    yield from opening(reply, None if reply.chunked else len(reply.body))
    for piece in reply.pieces:
        yield from piece_steps(piece, chunked=reply.chunked)
    if reply.chunked:
        yield Write(LAST_CHUNK)


def opening(reply: Reply, length: int | None) -> Iterator[Action]:
    """The wait before the head, and the head."""
    if reply.before_s:
        yield Pause(reply.before_s)
    yield Write(head(reply, length))


def piece_steps(piece: Piece, *, chunked: bool) -> Iterator[Action]:
    """The wait before a piece, and the piece as one chunk, or bare."""
    if piece.after_s:
        yield Pause(piece.after_s)
    data = chunk(piece.data) if chunked else piece.data
    if data:
        yield Write(data, is_whole_event(piece))


def is_whole_event(piece: Piece) -> bool:
    """Whether the piece is one event of a stream; comments and plain bodies are not."""
    return piece.kind in _WHOLE_EVENTS
