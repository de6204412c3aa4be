"""Faults of the connection and of HTTP's framing: each turns an honest reply into steps that go wrong."""

from collections.abc import Callable, Iterator
from itertools import chain

import msgspec

from routeproof.simulator.actions import (
    LAST_CHUNK,
    Action,
    Close,
    CloseWhenIdle,
    DieOnReuse,
    HalfClose,
    Pause,
    Reset,
    Stall,
    Write,
    chunk,
    opening,
    piece_steps,
    render,
)
from routeproof.simulator.fault_bodies import cut_point
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import Piece, PieceKind, Reply

_IDLE_CLOSE_S = 0.05
_LENGTH_ERROR_BYTES = 10


def _until(reply: Reply, end: int, length: int | None = None) -> Iterator[Action]:
    """The head and the pieces before `end`."""
    whole = None if reply.chunked else len(reply.body)
    yield from opening(reply, whole if length is None else length)
    for piece in reply.pieces[:end]:
        yield from piece_steps(piece, chunked=reply.chunked and length is None)


def _refuse(_reply: Reply, _call: FaultCall) -> Iterator[Action]:
    yield Close()


def _reset(_reply: Reply, _call: FaultCall) -> Iterator[Action]:
    yield Reset()


def _stall_before_headers(reply: Reply, call: FaultCall) -> Iterator[Action]:
    yield Stall() if call.seconds is None else Pause(call.seconds)
    yield from render(reply)


def _stall_mid_stream(reply: Reply, call: FaultCall) -> Iterator[Action]:
    at = cut_point(reply, call)
    yield from _until(reply, at)
    yield Stall() if call.seconds is None else Pause(call.seconds)
    for piece in reply.pieces[at:]:
        yield from piece_steps(piece, chunked=reply.chunked)
    if reply.chunked:
        yield Write(LAST_CHUNK)


def _half_close(reply: Reply, call: FaultCall) -> Iterator[Action]:
    yield from _until(reply, cut_point(reply, call))
    yield HalfClose()
    yield Stall()


def _reset_mid_stream(reply: Reply, call: FaultCall) -> Iterator[Action]:
    yield from _until(reply, cut_point(reply, call))
    yield Reset()


def _close_after_response(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    yield from render(reply)
    yield Close()


def _close_on_reuse(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    yield from render(reply)
    yield DieOnReuse()


def _close_while_idle(reply: Reply, call: FaultCall) -> Iterator[Action]:
    yield from render(reply)
    yield CloseWhenIdle(_IDLE_CLOSE_S if call.seconds is None else call.seconds)


def _cut_mid_event(reply: Reply, call: FaultCall) -> Iterator[Action]:
    at = min(cut_point(reply, call), len(reply.pieces) - 1)
    piece = reply.pieces[at]
    return _cut_inside(reply, at, len(piece.data) // 2)


def _cut_mid_utf8(reply: Reply, call: FaultCall) -> Iterator[Action]:
    """Cuts after the first byte of the first wide character at or after the cut point, else anywhere."""
    last = len(reply.pieces) - 1
    start = 0 if call.after_events is None else min(cut_point(reply, call), last)
    for index in range(start, len(reply.pieces)):
        wide = next((place for place, byte in enumerate(reply.pieces[index].data) if byte >= 0xC0), None)
        if wide is not None:
            return _cut_inside(reply, index, wide + 1)
    return _cut_mid_event(reply, call)


def _cut_inside(reply: Reply, at: int, size: int) -> Iterator[Action]:
    yield from _until(reply, at)
    data = reply.pieces[at].data
    framed = chunk(data) if reply.chunked else data
    shift = len(framed) - len(data) - 2 if reply.chunked else 0
    yield Write(framed[: shift + size])
    yield Close()


def _end_mid_event(reply: Reply, call: FaultCall) -> Iterator[Action]:
    at = min(cut_point(reply, call), len(reply.pieces) - 1)
    half = reply.pieces[at].data[: len(reply.pieces[at].data) // 2]
    kept = (*reply.pieces[:at], Piece(half, PieceKind.BODY))
    return render(msgspec.structs.replace(reply, pieces=kept))


def _without_done(reply: Reply) -> Reply:
    if reply.is_stream:
        return msgspec.structs.replace(
            reply, pieces=tuple(piece for piece in reply.pieces if piece.kind is not PieceKind.DONE)
        )
    last = reply.pieces[-1]
    return msgspec.structs.replace(reply, pieces=(*reply.pieces[:-1], Piece(last.data[:-1], last.kind, last.after_s)))


def _cut_before_done(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    return render(_without_done(reply))


def _close_before_done(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    kept = _without_done(reply)
    yield from opening(reply, None if reply.chunked else len(reply.body))
    for piece in kept.pieces:
        yield from piece_steps(piece, chunked=reply.chunked)
    yield Close()


def _single_bytes(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    for action in render(reply):
        if not isinstance(action, Write):
            yield action
            continue
        last = len(action.data) - 1
        for place, byte in enumerate(action.data):
            yield Write(bytes((byte,)), action.ends_event and place == last)
            yield Pause()


def _malformed_chunk(reply: Reply, call: FaultCall) -> Iterator[Action]:
    chunked = msgspec.structs.replace(reply, chunked=True)
    return chain(_until(chunked, cut_point(reply, call)), (Write(b"zz\r\nnot a chunk\r\n"), Close()))


def _length_too_long(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    yield from _until(reply, len(reply.pieces), len(reply.body) + _LENGTH_ERROR_BYTES)
    yield Close()


def _length_too_short(reply: Reply, _call: FaultCall) -> Iterator[Action]:
    return _until(reply, len(reply.pieces), max(len(reply.body) - _LENGTH_ERROR_BYTES, 0))


WIRE_FAULTS: dict[Fault, Callable[[Reply, FaultCall], Iterator[Action]]] = {
    Fault.REFUSE: _refuse,
    Fault.RESET: _reset,
    Fault.STALL_BEFORE_HEADERS: _stall_before_headers,
    Fault.STALL_MID_STREAM: _stall_mid_stream,
    Fault.HALF_CLOSE: _half_close,
    Fault.RESET_MID_STREAM: _reset_mid_stream,
    Fault.CLOSE_AFTER_RESPONSE: _close_after_response,
    Fault.CLOSE_ON_REUSE: _close_on_reuse,
    Fault.CLOSE_WHILE_IDLE: _close_while_idle,
    Fault.CUT_MID_EVENT: _cut_mid_event,
    Fault.CUT_MID_UTF8: _cut_mid_utf8,
    Fault.END_MID_EVENT: _end_mid_event,
    Fault.CUT_BEFORE_DONE: _cut_before_done,
    Fault.CLOSE_BEFORE_DONE: _close_before_done,
    Fault.SINGLE_BYTES: _single_bytes,
    Fault.MALFORMED_CHUNK: _malformed_chunk,
    Fault.CONTENT_LENGTH_TOO_LONG: _length_too_long,
    Fault.CONTENT_LENGTH_TOO_SHORT: _length_too_short,
}
