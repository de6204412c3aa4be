"""How the rows of the framing table are written: whole requests as bytes, with what must come of each."""

from typing import NamedTuple

BODY = b'{"model":"assistant","messages":[{"role":"user","content":"hi"}]}'
KEY_MARK = b"@KEY@"
SIZE = len(BODY)
HEX = f"{SIZE:x}"
AUTH = "Authorization: Bearer @KEY@"
JSON = "Content-Type: application/json"
HOST = "Host: gateway.test"
CHUNKED = "Transfer-Encoding: chunked"
LENGTH = f"Content-Length: {SIZE}"


class Row(NamedTuple):
    """One request (or several on one connection) and what must come of it."""

    name: str
    raw: bytes
    statuses: tuple[int, ...]
    """Of the answers, in order."""
    reaches: int
    """How many requests the provider may see."""
    closes: bool | None
    """The gateway ends the connection after the last answer; None: either way, as long as it says so."""


def post(*lines: str, body: bytes = BODY, start: str = "POST /v1/chat/completions HTTP/1.1", host: str = HOST) -> bytes:
    """A chat request with these lines after its key and its type."""
    block = [start, *([host] if host else []), AUTH, JSON, *lines]
    return "\r\n".join(block).encode("latin-1") + b"\r\n\r\n" + body


def get(*lines: str, start: str = "GET /healthz HTTP/1.1", host: str = HOST) -> bytes:
    """A GET with these lines after its Host."""
    return "\r\n".join([start, *([host] if host else []), *lines]).encode("latin-1") + b"\r\n\r\n"


def chunks(*pieces: bytes) -> bytes:
    """A chat request in chunks: the pieces are the body as framed."""
    return post(CHUNKED, body=b"".join(pieces))


def refused(name: str, raw: bytes, status: int = 400) -> Row:
    """The gateway answers for itself, closes, and sends nothing on."""
    return Row(name, raw, (status,), 0, closes=True)


def taken(name: str, raw: bytes, *, closes: bool = False) -> Row:
    """The provider sees it once."""
    return Row(name, raw, (200,), 1, closes=closes)


def served(name: str, raw: bytes, status: int = 200, *, closes: bool = False) -> Row:
    """Answered by the gateway itself."""
    return Row(name, raw, (status,), 0, closes=closes)
