"""The bytes of answers to clients: status lines, our header fields, error bodies."""

from typing import Final

from routeproof.errors import MethodNotAllowed, RouteproofError, UpstreamError, body_of, status_of
from routeproof.ids import ExchangeId, format_exchange_id
from routeproof.wire.head import RequestHead

_REASONS = {
    200: b"OK", 400: b"Bad Request", 401: b"Unauthorized", 402: b"Payment Required", 403: b"Forbidden",
    404: b"Not Found", 405: b"Method Not Allowed", 408: b"Request Timeout", 409: b"Conflict",
    413: b"Content Too Large", 414: b"URI Too Long", 415: b"Unsupported Media Type", 422: b"Unprocessable Content",
    429: b"Too Many Requests", 431: b"Request Header Fields Too Large", 500: b"Internal Server Error",
    502: b"Bad Gateway", 503: b"Service Unavailable", 504: b"Gateway Timeout", 505: b"HTTP Version Not Supported",
}  # fmt: skip
STATUS_LINES: Final = {
    status: b"HTTP/1.1 %d %b\r\n" % (status, _REASONS.get(status, b"Answer")) for status in range(100, 600)
}

JSON: Final = b"application/json"
CHUNKED: Final = b"transfer-encoding: chunked\r\n"
LAST_CHUNK: Final = b"0\r\n\r\n"
# Of a provider's header fields, these reach the client: what says when to come back.
RELAYED_FIELDS: Final = frozenset(
    (
        b"retry-after",
        b"x-ratelimit-limit-requests",
        b"x-ratelimit-limit-tokens",
        b"x-ratelimit-remaining-requests",
        b"x-ratelimit-remaining-tokens",
        b"x-ratelimit-reset-requests",
        b"x-ratelimit-reset-tokens",
    )
)
_VALUE_CUT: Final = 256


def relayed_head(
    status: int,
    *,
    request_id: ExchangeId,
    route_lines: bytes,
    attempts: int,
    upstream_id: bytes | None,
    content_type: bytes,
    extra: bytes,
    keep_alive: bool,
) -> bytes:
    """The head of an answer that came from a provider. `route_lines` and `extra` are whole lines with their CRLFs."""
    return b"%bcontent-type: %b\r\nx-request-id: req_%b\r\n%bx-routeproof-attempts: %d\r\n%b%b%b\r\n" % (
        STATUS_LINES[status],
        content_type,
        b"%016x" % request_id,  # by itself: compiled, the rest is then a mere concatenation
        route_lines,
        attempts,
        b"" if upstream_id is None else b"x-upstream-request-id: %b\r\n" % upstream_id,
        extra,
        b"" if keep_alive else b"connection: close\r\n",
    )


def relayed_fields(fields: dict[bytes, bytes]) -> bytes:
    """The provider's header lines that reach the client."""
    if RELAYED_FIELDS.isdisjoint(fields):
        return b""
    names = sorted(RELAYED_FIELDS.intersection(fields))
    return b"".join(b"%b: %b\r\n" % (name, fields[name][:_VALUE_CUT]) for name in names)


def plain_answer(
    status: int,
    body: bytes,
    *,
    keep_alive: bool,
    request_id: ExchangeId | None = None,
    extra: bytes = b"",
    head_only: bool = False,
) -> bytes:
    """A whole answer of our own, in JSON."""
    id_line = b"" if request_id is None else b"x-request-id: %b\r\n" % format_exchange_id(request_id).encode()
    return b"%bcontent-type: application/json\r\n%b%bcontent-length: %d\r\n%b\r\n%b" % (
        STATUS_LINES[status],
        id_line,
        extra,
        len(body),
        b"" if keep_alive else b"connection: close\r\n",
        b"" if head_only else body,
    )


def error_answer(
    error: RouteproofError,
    *,
    keep_alive: bool,
    request_id: ExchangeId | None = None,
    extra: bytes = b"",
    head: RequestHead | None = None,
) -> bytes:
    """A whole answer for an error of ours, with its fault named for whoever reads headers."""
    fault = error.failure_class.fault if isinstance(error, UpstreamError) else error.fault
    extra += b"x-routeproof-fault: %b\r\n" % fault.value.encode()
    if isinstance(error, MethodNotAllowed):
        extra += b"allow: %b\r\n" % (error.param or "").encode()
    if error.retryable and not isinstance(error, UpstreamError):
        extra += b"retry-after: 1\r\n"
    if status_of(error) == 401:
        extra += b"www-authenticate: Bearer\r\n"
    head_only = head is not None and head.method == b"HEAD"
    return plain_answer(
        status_of(error),
        body_of(error),
        keep_alive=keep_alive,
        request_id=request_id,
        extra=extra,
        head_only=head_only,
    )


def error_event(error: RouteproofError) -> bytes:
    """An error as the last event of a stream."""
    return b"data: %b\n\n" % body_of(error)
