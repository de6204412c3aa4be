"""Decoder for chunked request bodies (RFC 9112 7.1), strict where llhttp and others repair.

Chunk extensions and trailers are refused: no client of this API needs them, and both have carried smuggling.
"""

import re

from routeproof.errors import MalformedRequest, RequestTooLarge

_SIZE_LINE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_SIZE_LINE_MAX = 10


class ChunkedDecoder:
    """Fed with bytes as they arrive; gathers the body up to `body_bytes_max`."""

    __slots__ = ("_body_bytes_max", "_buffer", "_gathered", "_left", "complete", "size")

    def __init__(self, body_bytes_max: int) -> None:
        self._body_bytes_max = body_bytes_max
        self._buffer = b""
        self._left = 0  # of the current chunk, its closing CRLF included
        self._gathered = bytearray()  # not a list of pieces: a chunk may be a single byte
        self.complete = False
        self.size = 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns those after the body's end (empty while it is incomplete).

        Raises MalformedRequest for framing that is not exact, RequestTooLarge over the cap.
        """
        data = self._buffer + data
        position = 0
        while not self.complete:
            if self._left:
                taken = self._take(data, position)
                if not taken:
                    break
                position += taken
                continue
            end = data.find(b"\r\n", position, position + _SIZE_LINE_MAX)
            if end < 0:
                self._check_partial_size(data[position:])
                break
            position = self._begin_chunk(data, position, end)
            if position < 0:
                return self._wait(data[-position - 1 :])
        if self.complete:
            self._buffer = b""
            return data[position:]
        return self._wait(data[position:])

    def body(self) -> bytes:
        """The body gathered so far."""
        return bytes(self._gathered)

    def _wait(self, rest: bytes) -> bytes:
        self._buffer = rest
        return b""

    def _begin_chunk(self, data: bytes, position: int, end: int) -> int:
        """Read a size line; returns the position after it, or -(position + 1) where more is needed to decide."""
        line = data[position:end]
        if _SIZE_LINE.fullmatch(line) is None:
            raise MalformedRequest("A chunk size is not a plain hexadecimal number.")
        size = int(line, 16)
        if size:
            self.size += size
            if self.size > self._body_bytes_max:
                raise RequestTooLarge(f"The body is larger than {self._body_bytes_max} bytes.")
            self._left = size + 2
            return end + 2
        closing = data[end + 2 : end + 4]
        if closing == b"\r\n":
            self.complete = True
            return end + 4
        if closing not in (b"", b"\r"):
            raise MalformedRequest("Trailers after a chunked body are not accepted.")
        return -(position + 1)

    def _take(self, data: bytes, position: int) -> int:
        """Take what is there of the current chunk; returns how many bytes that was."""
        available = len(data) - position
        if available >= self._left:
            taken = self._left
            if data[position + taken - 2 : position + taken] != b"\r\n":
                raise MalformedRequest("A chunk is longer than its size says.")
            piece = data[position : position + taken - 2]
        else:
            # The closing CRLF is looked at whole, with the chunk's last byte: keep three bytes back.
            taken = max(0, min(available, self._left - 3))
            piece = data[position : position + taken]
        self._gathered += piece
        self._left -= taken
        return taken

    @staticmethod
    def _check_partial_size(rest: bytes) -> None:
        line = rest[:-1] if rest.endswith(b"\r") else rest
        if line and (len(rest) >= _SIZE_LINE_MAX or _SIZE_LINE.fullmatch(line) is None):
            raise MalformedRequest("A chunk size is not a plain hexadecimal number.")
