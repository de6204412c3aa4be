"""Writes what was tapped as the prover reads it, with the provider's key masked before it leaves the process."""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.errors import UpstreamKind
from routeproof.evidence.canonical import encode
from routeproof.evidence.observations import Body, Ending, Header, Read, Request, Times, Transcript, body_of
from routeproof.evidence.route import key_fingerprint
from routeproof.evidence.tap_record import TapRecord
from routeproof.gateway.routes import Route
from routeproof.gateway.tap import AttemptTap, ExchangeTap
from routeproof.ids import format_exchange_id
from routeproof.secret import MASK

_DEADLINES: Final[Mapping[str | None, str]] = {
    UpstreamKind.CONNECT_TIMEOUT: "connect",
    UpstreamKind.FIRST_BYTE_TIMEOUT: "first-byte",
    UpstreamKind.IDLE_TIMEOUT: "idle",
    UpstreamKind.TOTAL_TIMEOUT: "total",
}
_BEARER: Final = "Bearer "


def tap_record(tap: ExchangeTap) -> bytes:
    """The record of a finished exchange, as JSON."""
    attempts = tuple(_transcript(one, tap.started_s) for one in tap.attempts)
    return encode(TapRecord(request_id=format_exchange_id(tap.exchange_id), attempts=attempts))


def _transcript(tap: AttemptTap, origin_s: float) -> Transcript:
    route = tap.attempt.route
    head, _, body = tap.request.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, path = (*lines[0].split(" "), "", "")[:2]
    begun_ns = _ns(tap.begun_s, origin_s)
    sent_ns = None if tap.sent_s is None else _ns(tap.sent_s, origin_s)
    return Transcript(
        request=Request(
            method=method,
            path=path,
            headers=tuple(_request_header(line, route) for line in lines[1:]),
            body=_masked(body_of([Read(sent_ns or begun_ns, body)] if body else []), route),
        ),
        times=Times(
            begun_ns=begun_ns,
            connected_ns=sent_ns,
            sent_ns=sent_ns,
            first_byte_ns=None if tap.first_byte_s is None else _ns(tap.first_byte_s, origin_s),
            ended_ns=_ns(tap.begun_s if tap.ended_s is None else tap.ended_s, origin_s),
        ),
        status=tap.status,
        headers=tuple(
            (name.decode("latin-1"), route.masked(value).decode("latin-1")) for name, value in tap.fields.items()
        ),
        body=_masked(body_of(Read(_ns(at_s, origin_s), data) for at_s, data in tap.reads), route),
        ending=_ending(tap),
        deadline=None if tap.complete else _DEADLINES.get(tap.error_code),
        detail=tap.error_code,
    )


def _ending(tap: AttemptTap) -> Ending:
    if not tap.whole:
        return Ending.TOO_LARGE
    if tap.complete:
        return Ending.COMPLETE
    if tap.malformed:
        return Ending.MALFORMED
    if tap.lost:
        return Ending.RESET if tap.status is None else Ending.TRUNCATED
    if tap.error_code in _DEADLINES:
        return Ending.TIMED_OUT
    return Ending.CONNECT_FAILED if tap.sent_s is None else Ending.CANCELLED


def _request_header(line: str, route: Route) -> Header:
    """A credential is shown as the fingerprint of what was sent, which says whose it was and not what."""
    name, _, value = line.partition(": ")
    if name == "authorization":
        return name, f"{MASK} {key_fingerprint(value.removeprefix(_BEARER))}"
    return name, route.masked(value.encode("latin-1")).decode("latin-1")


def _masked(body: Body, route: Route) -> Body:
    """In one piece, for a key may lie across two reads; the digest stays that of what was observed."""
    data = body.data
    masked = route.masked(data)
    if masked == data:
        return body
    reads, at = [], 0
    for read in body.reads:
        reads.append(Read(read.at_ns, masked[at : at + len(read.data)]))
        at += len(read.data)
    return msgspec.structs.replace(body, reads=tuple(reads), secrets_masked=1)


def _ns(at_s: float, origin_s: float) -> int:
    return round((at_s - origin_s) * 1e9)
