"""The shapes between a provider's behaviour and the wire: the request as it came, the reply as planned."""

from enum import StrEnum
from typing import Protocol

import msgspec

from routeproof.simulator.faults import Fault, FaultCall

Headers = tuple[tuple[str, str], ...]
JsonObject = dict[str, object]


class HttpRequest(msgspec.Struct, frozen=True):
    """A request as received; headers in the order and case they were sent in."""

    method: str
    path: str
    """Without the query."""
    query: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first header of that lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def bearer(self) -> str | None:
        """The key in the Authorization header, if there is one."""
        value = self.header(b"authorization") or b""
        scheme, _, key = value.decode("latin-1").partition(" ")
        return key.strip() if scheme.lower() == "bearer" and key.strip() else None


class PieceKind(StrEnum):
    """What a stretch of a reply's body is."""

    COMMENT = "comment"
    """A keep-alive: an SSE comment, or a blank line before a JSON body."""
    EVENT = "event"
    FINISH = "finish"
    """The event that carries the finish reason; DeepSeek's carries the usage, too."""
    USAGE = "usage"
    """An event with usage and no choices."""
    DONE = "done"
    BODY = "body"
    """A whole body that is no stream."""


class Piece(msgspec.Struct, frozen=True):
    """A stretch of body that leaves in one write."""

    data: bytes
    kind: PieceKind
    after_s: float = 0.0
    """Seconds since the piece before."""


class Reply(msgspec.Struct, frozen=True):
    """An answer that nothing has gone wrong with yet."""

    status: int
    headers: Headers
    """Without the framing headers; those follow from `chunked`."""
    pieces: tuple[Piece, ...]
    chunked: bool = False
    before_s: float = 0.0
    """Seconds before the status line."""

    @property
    def is_stream(self) -> bool:
        """Whether the body is a stream of events."""
        return any(name == "content-type" and "event-stream" in value for name, value in self.headers)

    @property
    def body(self) -> bytes:
        """All bytes of the body, unframed."""
        return b"".join(piece.data for piece in self.pieces)


class Behaviour(Protocol):
    """What a simulated provider does, without any socket."""

    @property
    def base_path(self) -> str:
        """The path that clients put before `/chat/completions`."""
        ...

    @property
    def own_faults(self) -> frozenset[Fault]:
        """Faults that it commits itself, when `answer` is called with one."""
        ...

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """The reply to a request; `fault` is for a behaviour that commits it itself."""
        ...

    @property
    def a_key(self) -> str:
        """A key that it accepts."""
        ...

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """An error reply in this provider's own words; `name` is one of the refusals among the faults."""
        ...


class RefusedError(Exception):
    """A behaviour refuses a request; carries the reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}")
        self.reply = reply


def event(payload: object, kind: PieceKind = PieceKind.EVENT) -> Piece:
    """An SSE event whose data is the compact JSON of `payload`."""
    return Piece(b"data: " + msgspec.json.encode(payload) + b"\n\n", kind)


DONE = Piece(b"data: [DONE]\n\n", PieceKind.DONE)


def json_reply(status: int, payload: object, headers: Headers, *, chunked: bool = False) -> Reply:
    """A reply with one compact JSON body; `content-type` comes first unless `headers` has its own."""
    if not any(name == "content-type" for name, _ in headers):
        headers = (("content-type", "application/json"), *headers)
    return Reply(status, headers, (Piece(msgspec.json.encode(payload), PieceKind.BODY),), chunked=chunked)
