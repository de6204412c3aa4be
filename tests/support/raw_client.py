"""A client that writes the bytes it is told to and reads answers by the letter: no repairs, no retries, no pool."""

import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Iterator
from typing import Self

_READ_BYTES = 65_536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # socket(7), SO_LINGER with a timeout of zero


class Answer:
    """One answer as it was framed."""

    def __init__(self, head: bytes, body: bytes, *, complete: bool, chunks: list[bytes] | None = None) -> None:
        lines = head.split(b"\r\n")
        self.head = head
        self.status = int(lines[0].split(b" ")[1])
        self.fields = {name.lower().decode(): value.strip().decode() for name, _, value in _pairs(lines[1:])}
        self.body = body
        self.complete = complete
        """It came to the end that its own framing announced."""
        self.chunks = chunks or []

    def __repr__(self) -> str:
        return f"<Answer {self.status} {'complete' if self.complete else 'cut'} {self.body[:200]!r}>"

    @property
    def events(self) -> list[bytes]:
        """The data of each event, comments left out."""
        return [part[6:] for part in self.body.split(b"\n\n") if part.startswith(b"data: ")]

    @property
    def error(self) -> dict[str, str]:
        """The error object of the body."""
        found = json.loads(self.body)["error"]
        assert isinstance(found, dict)
        return found

    @property
    def error_event(self) -> dict[str, str] | None:
        """The error object of the last event; None where that is something else."""
        if not self.events or self.events[-1] == b"[DONE]":
            return None
        error = json.loads(self.events[-1]).get("error")
        return error if isinstance(error, dict) else None

    @property
    def text(self) -> str:
        """What the model said, from a plain answer or from a stream's chunks."""
        if not self.fields.get("content-type", "").startswith("text/event-stream"):
            return str(json.loads(self.body)["choices"][0]["message"]["content"])
        chunks = [json.loads(event) for event in self.events if event != b"[DONE]"]
        return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk.get("choices"))


def _pairs(lines: list[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    return [line.partition(b":") for line in lines if line]


class RawClient:
    """One connection. Every wait ends after `timeout_s` seconds with TimeoutError."""

    def __init__(
        self,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        receive_bytes: int | None = None,
        timeout_s: float = 15.0,
    ) -> None:
        sock = socket.socket()
        if receive_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.settimeout(timeout_s)
        try:
            sock.connect(("127.0.0.1", port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket = sock if tls is None else tls.wrap_socket(sock, server_hostname="localhost")
        except OSError:
            sock.close()
            raise
        self._buffer = bytearray()
        self.ended: str | None = None
        """`eof` or `reset`, once the other side has ended the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send bytes; False where the other side no longer takes any."""
        try:
            self.socket.sendall(data)
        except ConnectionError:
            return False
        return True

    def ask(self, request: bytes) -> Answer:
        """Send a whole request and read its answer."""
        self.send(request)
        return self.answer(head_only=request.startswith(b"HEAD "))

    def reset(self) -> None:
        """Leave without a word: the other side sees a connection reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.socket.close()

    def finish_sending(self) -> None:
        """Close our half."""
        self.socket.shutdown(socket.SHUT_WR)

    # -- reading

    def answer(self, *, head_only: bool = False) -> Answer:
        """The next answer, interim ones skipped. Raises ConnectionError where none comes."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            raise ConnectionError(f"no answer: {self.ended}")
        if head.startswith(b"HTTP/1.1 1"):
            return self.answer(head_only=head_only)
        fields = Answer(head, b"", complete=True).fields
        if head_only:
            return Answer(head, b"", complete=True)
        if fields.get("transfer-encoding") == "chunked":
            return self._chunked(head)
        if "content-length" in fields:
            size = int(fields["content-length"])
            body = self.take(size)
            return Answer(head, body, complete=len(body) == size)
        return Answer(head, self.rest(), complete=self.ended == "eof")

    def event(self) -> bytes:
        """The next chunk of a stream whose head was read before; b"" at its end."""
        line = self._until(b"\r\n")
        assert line is not None, self.ended
        return self.take(int(line, 16) + 2)[:-2]

    def rest_of_chunks(self) -> Answer:
        """The rest of a stream whose head was read before."""
        return self._chunked(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")

    def head(self) -> bytes:
        """The next answer's head alone, its empty line included."""
        head = self._until(b"\r\n\r\n")
        assert head is not None, self.ended
        return head

    def take(self, size: int) -> bytes:
        """That many bytes; fewer only where the connection ends before."""
        while len(self._buffer) < size and self._more():
            pass
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def rest(self) -> bytes:
        """Everything up to the connection's end."""
        while self._more():
            pass
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    def _chunked(self, head: bytes) -> Answer:
        chunks: list[bytes] = []
        while True:
            line = self._until(b"\r\n")
            if line is None:
                return Answer(head, b"".join(chunks), complete=False, chunks=chunks)
            size = int(line, 16)
            data = self.take(size + 2)
            if not size:
                return Answer(head, b"".join(chunks), complete=data == b"\r\n", chunks=chunks)
            chunks.append(data[:size])

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            if not self._more():
                return None
        return self.take(self._buffer.index(mark) + len(mark))

    def _more(self) -> bool:
        if self.ended is not None:
            return False
        try:
            data = self.socket.recv(_READ_BYTES)
        except (ConnectionResetError, ssl.SSLError):
            self.ended = "reset"
            return False
        if not data:
            self.ended = "eof"
            return False
        self._buffer += data
        return True


def request(method: str, target: str, *, key: str | None = None, fields: str = "", body: bytes | None = None) -> bytes:
    """A plain HTTP/1.1 request. `fields` are whole lines with their CRLFs."""
    lines = f"{method} {target} HTTP/1.1\r\nHost: gateway.test\r\n{fields}"
    if key is not None:
        lines += f"Authorization: Bearer {key}\r\n"
    if body is not None:
        lines += f"Content-Length: {len(body)}\r\n"
    return lines.encode("latin-1") + b"\r\n" + (body or b"")


def chat_body(text: str = "hello", *, model: str = "assistant", stream: bool = False, **fields: object) -> bytes:
    """A chat request's body."""
    messages = [{"role": "user", "content": text}]
    return json.dumps({"model": model, "messages": messages, "stream": stream, **fields}).encode()


def chat(key: str | None, text: str = "hello", *, head: str = "", **fields: object) -> bytes:
    """A chat request; `head` holds more header lines."""
    lines = f"Content-Type: application/json\r\n{head}"
    return request("POST", "/v1/chat/completions", key=key, fields=lines, body=chat_body(text, **fields))  # type: ignore[arg-type]


def ask(port: int, raw: bytes, *, tls: ssl.SSLContext | None = None) -> Answer:
    """One request on a connection of its own."""
    with RawClient(port, tls=tls) as client:
        return client.ask(raw)


@contextlib.contextmanager
def several(port: int, count: int) -> Iterator[list[RawClient]]:
    """That many connections, closed in the end whatever has become of them."""
    clients = [RawClient(port) for _ in range(count)]
    try:
        yield clients
    finally:
        for client in clients:
            client.socket.close()
