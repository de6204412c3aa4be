"""A client on a bare socket that hides nothing: an answer's bytes, and whether its framing came to its end."""

import json
import re
import socket
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

WAIT_S = 10.0
CHAT = "/v1/chat/completions"
_LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class RawAnswer:
    """One answer as it came."""

    status: int
    fields: dict[str, str]
    """Header fields by lower-case name."""
    body: bytes
    """Unframed."""
    chunks: list[bytes]
    """Of a chunked body."""
    complete: bool
    """The framing came to its end."""
    size: int
    """Bytes on the wire, head and framing included."""

    @property
    def value(self) -> object:
        """The body's JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, object]:
        """The body's error object; fails where it does not have exactly the members that OpenAI gives it."""
        body = json.loads(self.body)
        assert list(body) == ["error"]
        error: dict[str, object] = body["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert isinstance(error["message"], str) and isinstance(error["type"], str)
        return error


class RawClient:
    """One connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def reset(self) -> None:
        """Leave at once and without ceremony (RST)."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self._socket.close()

    def until(self, mark: bytes) -> bytes:
        """Everything up to and including a mark; fails where the connection ends before it."""
        while mark not in self._read:
            assert self._more(), f"the connection ended before {mark!r}: {self._read!r}"
        found, _, self._read = self._read.partition(mark)
        return found + mark

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        while self._more():
            pass
        data, self._read = self._read, b""
        return data

    def answer(self, *, head_only: bool = False) -> RawAnswer:
        """The next answer, as much of it as comes."""
        head = self.until(b"\r\n\r\n")
        status, fields = read_head(head)
        chunks: list[bytes] = []
        size = len(head)
        if head_only or status == 100:
            body, complete = b"", True
        elif fields.get("transfer-encoding") == "chunked":
            chunks, complete, framed = self._chunked()
            body, size = b"".join(chunks), size + framed
        elif "content-length" in fields:
            wanted = int(fields["content-length"])
            while len(self._read) < wanted and self._more():
                pass
            body, self._read = self._read[:wanted], self._read[wanted:]
            complete, size = len(body) == wanted, size + len(body)
        else:
            body, complete = self.rest(), True
            size += len(body)
        return RawAnswer(status, fields, body, chunks, complete, size)

    def _chunked(self) -> tuple[list[bytes], bool, int]:
        """The chunks, whether the last one came, and how many bytes that was."""
        chunks: list[bytes] = []
        at = 0
        while True:
            found = re.compile(rb"([0-9a-f]+)\r\n").match(self._read, at)
            end = found.end() + int(found[1], 16) + 2 if found is not None else 0
            if found is None or len(self._read) < end:
                if self._more():
                    continue
                self._read, taken = b"", len(self._read)
                return chunks, False, taken
            assert self._read[end - 2 : end] == b"\r\n"
            chunk, at = self._read[found.end() : end - 2], end
            if not chunk:
                self._read = self._read[end:]
                return chunks, True, end
            chunks.append(chunk)

    def _more(self) -> bool:
        try:
            data = self._socket.recv(1 << 18)
        except ConnectionResetError:
            return False
        self._read += data
        return bool(data)


def read_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and header fields; fails where a field comes twice."""
    lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines[1:] if line]
    fields = {name.lower(): value for name, value in pairs}
    assert len(fields) == len(pairs), f"a field comes twice: {lines}"
    return int(lines[0].split(" ")[1]), fields


def request(
    method: str, target: str, *, key: str | None = None, body: bytes = b"", fields: Iterable[tuple[str, str]] = ()
) -> bytes:
    """A request's bytes, with a length where there is a body."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
    if not any(name.lower() == "host" for name, _ in fields):
        lines.append("Host: gateway")
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chat_request(key: str | None, body: Mapping[str, object] | bytes, **kwargs: Iterable[tuple[str, str]]) -> bytes:
    """A chat request's bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = (("Content-Type", "application/json"), *kwargs.get("fields", ()))
    return request("POST", CHAT, key=key, body=data, fields=fields)


def ask(port: int, data: bytes, *, head_only: bool = False) -> RawAnswer:
    """Send a request on a connection of its own and read the answer."""
    with RawClient(port) as client:
        client.send(data)
        return client.answer(head_only=head_only)
