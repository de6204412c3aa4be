"""The request head: one strict grammar, so that a request has one reading or none.

RFC 9112 lets a recipient repair a good deal of malformed framing; each repair is a way to smuggle a request past
whoever repairs differently. Here the whole block is matched against one regular expression first, and what does
not match is refused. Deliberately refused although the RFC allows it: empty lines before the request line,
absolute-form targets, obs-fold, any transfer coding but a lone `chunked`.

`Upgrade` is one of the fields that mean nothing here, as RFC 9110 7.8 allows: clients offer HTTP/2 in their first
request, and go on in HTTP/1.1 when they are answered in it. Ignoring it can hide no second request: the protocol never
changes on this side, the body is as long as its framing says, and no field of a client's ever goes to a provider.
"""

import re
from functools import lru_cache
from typing import Final

from routeproof.errors import MalformedRequest, UnsupportedEncoding
from routeproof.limits import Limits

# RFC 9110 5.6.2 token; RFC 9110 5.5 field-value (VCHAR, obs-text, SP, HTAB, no other control).
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
# Possessive quantifiers: a head that does not match is refused in one pass, whatever it holds.
_HEAD = re.compile(
    rb"([A-Z]{1,16}+) (/[!-~]*+|\*) HTTP/1\.([01])\r\n((?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*+\r\n)*+)\r\n"
)
_LENGTH_FIELD = re.compile(rb"\ncontent-length:[ \t]*(?=[1-9])", re.IGNORECASE)
# The fields that decide anything here; all others are checked by the grammar and otherwise ignored.
_DECIDING_FIELD = re.compile(
    rb"\n(host|content-length|transfer-encoding|authorization|content-encoding|content-type|connection|expect)"
    rb":[ \t]*+([^\r]*)",
    re.IGNORECASE,
)
_REQUEST_LINE = re.compile(rb"[A-Z]{1,16}+ (?:/[!-~]*+|\*) HTTP/1\.[01]\r\n")
_LATER_VERSION = re.compile(rb"HTTP/[2-9](?:\.[0-9])?")
# Host is never used to decide anything; it is still refused where it could not be a host (RFC 3986 3.2.2).
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_LIST_FIELDS = frozenset((b"connection", b"expect"))
_LENGTH_DIGITS_MAX: Final = 15
_HOST_BYTES_MAX = 261  # a name of 255 bytes (RFC 1035 2.3.4) and a port
_MEMO_BYTES_MAX: Final = 4096  # of one connection, for its whole life
_FIELD_BYTES_MIN = len(b"a:\r\n")


class RequestHead:
    """A request's head as read. `fields` holds what decides anything, by lower-case names."""

    __slots__ = ("content_length", "fields", "keep_alive", "method", "minor_version", "size", "target")

    def __init__(
        self,
        method: bytes,
        target: bytes,
        fields: dict[bytes, bytes],
        content_length: int | None,
        keep_alive: bool,
        minor_version: int,
        size: int,
    ) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.content_length = content_length
        """None where the body is chunked."""
        self.keep_alive = keep_alive
        self.minor_version = minor_version
        """The x of HTTP/1.x; a 1.0 client gets no chunked answer."""
        self.size = size
        """Bytes of the head, its closing empty line included."""

    @property
    def expects_continue(self) -> bool:
        """The client waits for `100 Continue` before it sends its body (a 1.0 client can't: RFC 9110 10.1.1)."""
        return self.minor_version == 1 and self.fields.get(b"expect", b"").lower() == b"100-continue"


def head_end(buffer: bytes | bytearray, limits: Limits) -> int:
    """Where the head ends in `buffer`, or -1 while it is incomplete.

    Raises MalformedRequest as soon as what has arrived can't become a head that is allowed.
    """
    end = buffer.find(b"\r\n\r\n", 0, limits.header_bytes_max)
    if end >= 0:
        return end + 4
    line_end = buffer.find(b"\r\n", 0, limits.header_line_bytes_max + 2)
    if line_end < 0 and len(buffer) > limits.header_line_bytes_max + 1:
        raise _long_request_line(limits)
    if len(buffer) >= limits.header_bytes_max:
        raise MalformedRequest(f"The request's head is larger than {limits.header_bytes_max} bytes.", status=431)
    if _has_bare_line_end(buffer):
        raise _bare_line_end()
    if line_end >= 0:
        if _REQUEST_LINE.match(buffer) is None:
            raise _bad_request_line(buffer[:line_end])
    elif buffer and not buffer[:1].isupper():
        raise _bad_request_line(buffer)
    return -1


def parse_head(block: bytes, limits: Limits) -> RequestHead:
    """Read a complete head, its closing empty line included.

    Raises MalformedRequest for whatever could be read in two ways, UnsupportedEncoding for a coded body.
    """
    match = _HEAD.fullmatch(block)
    if match is None:
        raise _explain(block)
    method, target, minor, lines = match.groups()
    if len(lines) > _FIELD_BYTES_MIN * limits.header_fields_max:
        _check_field_count(lines, limits)
    if len(block) > limits.header_line_bytes_max:
        _check_line_lengths(block, limits)
    fields: dict[bytes, bytes] = {}
    # The line end before the first field stands in front of `lines`; the match above made sure of it.
    for name, value in _DECIDING_FIELD.findall(block, match.start(4) - 1):
        key = name.lower()
        if key in fields:
            if key not in _LIST_FIELDS:
                raise MalformedRequest(f"The {key.decode('ascii')} field is given more than once.")
            value = fields[key] + b", " + value
        fields[key] = value.rstrip(b" \t")
    is_1_1 = minor == b"1"
    length = _body_length(fields, is_1_1)
    host = fields.get(b"host")
    if host is None:
        if is_1_1:
            raise MalformedRequest("The Host field is missing.")
    elif len(host) > _HOST_BYTES_MAX or not _is_host(host):
        raise MalformedRequest("The Host field is not a host.")
    return RequestHead(method, target, fields, length, _keep_alive(fields, is_1_1), int(is_1_1), len(block))


class HeadMemo:
    """Recognises a head that repeats the connection's last one in everything but its Content-Length.

    Clients that keep their connection send the same fields each time. Bytes that are equal before and after the
    length's digits parse to the same head, so only the digits are read again.
    """

    __slots__ = ("_after", "_before", "_last")

    def __init__(self) -> None:
        self._before = self._after = b""
        self._last: RequestHead | None = None

    def keep(self, block: bytes, head: RequestHead) -> None:
        """Remember a head that was parsed in full."""
        match = _LENGTH_FIELD.search(block)
        if match is None or head.content_length is None or len(block) > _MEMO_BYTES_MAX:
            self._last = None
            return
        self._before, self._after = block[: match.end()], block[block.index(b"\r", match.end()) :]
        self._last = head

    def recall(self, data: bytes, body_bytes_max: int) -> RequestHead | None:
        """The head that `data` begins with, where it repeats the last one; None where it must be parsed."""
        last = self._last
        if last is None or not data.startswith(self._before):
            return None
        start = len(self._before)
        stop = data.find(b"\r", start, start + _LENGTH_DIGITS_MAX)
        if stop < 0 or not data.startswith(self._after, stop):
            return None
        digits = data[start:stop]  # only now: compiled, a slice that ends before its start is no empty one
        if not digits.isdigit() or digits[0] == 48:
            return None
        length = int(digits)
        if length > body_bytes_max:
            return None
        size = stop + len(self._after)
        return RequestHead(last.method, last.target, last.fields, length, last.keep_alive, last.minor_version, size)


def _body_length(fields: dict[bytes, bytes], is_1_1: bool) -> int | None:
    """The declared length of the body, None for chunked (RFC 9112 6.3, without its repairs)."""
    coding = fields.get(b"transfer-encoding")
    declared = fields.get(b"content-length")
    if fields.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedEncoding("The body's Content-Encoding is not supported; send it unencoded.")
    if coding is None:
        if declared is None:
            return 0
        plain = declared.isdigit() and len(declared) <= _LENGTH_DIGITS_MAX
        if not plain or (declared[0] == 48 and len(declared) > 1):
            raise MalformedRequest("Content-Length is not a plain decimal number.")
        return int(declared)
    if declared is not None:
        raise MalformedRequest("Content-Length and Transfer-Encoding together are ambiguous; send one of them.")
    if coding.lower() != b"chunked" or not is_1_1:
        raise MalformedRequest("The only transfer coding is a lone 'chunked' over HTTP/1.1.")
    return None


@lru_cache(maxsize=1024)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def _check_field_count(lines: bytes, limits: Limits) -> None:
    if lines.count(b"\r\n") > limits.header_fields_max:
        raise MalformedRequest(f"More than {limits.header_fields_max} header fields.", status=431)


def _check_line_lengths(block: bytes, limits: Limits) -> None:
    request_line, *lines = block.split(b"\r\n")
    if len(request_line) > limits.header_line_bytes_max:
        raise _long_request_line(limits)
    if max(map(len, lines)) > limits.header_line_bytes_max:
        raise MalformedRequest(f"A header line is longer than {limits.header_line_bytes_max} bytes.", status=431)


def _keep_alive(fields: dict[bytes, bytes], is_1_1: bool) -> bool:
    """RFC 9112 9.3: `close` wins over everything, and a 1.0 connection stays only where it was asked to."""
    connection = fields.get(b"connection")
    if connection is None:
        return is_1_1
    options = connection.lower()
    if options == b"keep-alive":
        return True
    names = [option.strip(b" \t") for option in options.split(b",")]
    return b"close" not in names and (is_1_1 or b"keep-alive" in names)


def _has_bare_line_end(data: bytes | bytearray) -> bool:
    """A CR or LF that is not half of a CRLF, or a NUL; a CR at the very end may still become a CRLF."""
    # Counting is memchr's work: a head that drips in is looked at again with each byte.
    pairs = data.count(b"\r\n")
    returns = data.count(b"\r") - data.endswith(b"\r")
    return data.count(b"\n") != pairs or returns != pairs or b"\x00" in data


def _long_request_line(limits: Limits) -> MalformedRequest:
    return MalformedRequest(f"The request line is longer than {limits.header_line_bytes_max} bytes.", status=414)


def _bare_line_end() -> MalformedRequest:
    return MalformedRequest("The request's head holds a bare CR, a bare LF or a NUL; end each line with CRLF.")


def _bad_request_line(line: bytes | bytearray) -> MalformedRequest:
    if _LATER_VERSION.fullmatch(line.rpartition(b" ")[2]):
        return MalformedRequest("Only HTTP/1.1 and HTTP/1.0 are spoken here.", status=505)
    return MalformedRequest("The request line is not 'METHOD /path HTTP/1.1'.")


def _explain(block: bytes) -> MalformedRequest:
    """Say which part of a head is at fault."""
    if _has_bare_line_end(block):
        return _bare_line_end()
    if _REQUEST_LINE.match(block) is None:
        return _bad_request_line(block.partition(b"\r\n")[0])
    return MalformedRequest("A header line is not 'Name: value' with a plain name and a printable value.")
