"""Decides what a request gets: which fault strikes it, and the steps of its reply."""

from collections.abc import Iterator

import msgspec

from routeproof.simulator.actions import Action, render
from routeproof.simulator.chat import read_chat
from routeproof.simulator.directions import MARK, DirectionError, Directions, read_directions
from routeproof.simulator.fault_answers import ANSWER_FAULTS
from routeproof.simulator.fault_bodies import BODY_FAULTS
from routeproof.simulator.fault_requests import REQUEST_FAULTS
from routeproof.simulator.fault_streams import STREAM_FAULTS
from routeproof.simulator.fault_usage import USAGE_FAULTS
from routeproof.simulator.fault_wire import WIRE_FAULTS
from routeproof.simulator.faults import (
    GATEWAY_FAULTS,
    REFUSALS,
    FaultCall,
    UnknownFaultError,
    fault_named,
    parse_fault_call,
)
from routeproof.simulator.reply import Behaviour, HttpRequest, Piece, PieceKind, Reply, json_reply

FAULT_HEADER = b"x-sim-fault"
_REPLY_FAULTS = {**BODY_FAULTS, **STREAM_FAULTS, **USAGE_FAULTS}
_PACED = frozenset({PieceKind.EVENT, PieceKind.FINISH})


class Latency(msgspec.Struct, frozen=True):
    """How long a provider takes. Seconds."""

    first_byte_s: float = 0.0
    event_interval_s: float = 0.0
    """Before each event but the first; usage and [DONE] come with the event before them."""


class Plan(msgspec.Struct, frozen=True):
    """What a request gets."""

    actions: Iterator[Action]
    fault: FaultCall | None


def plan(behaviour: Behaviour, scheduled: FaultCall | None, latency: Latency, request: HttpRequest) -> Plan:
    """The reply to a request. A scheduled fault goes before one in a header, that before one in a prompt."""
    try:
        directions = _directions(request)
        call = scheduled or _asked(request, directions)
        if call is not None and call.fault in GATEWAY_FAULTS - behaviour.own_faults:
            raise UnknownFaultError(f"only a provider of kind 'newapi' can {call.fault.value}")
    except (UnknownFaultError, DirectionError) as error:
        return Plan(render(_misdirected(str(error))), None)
    interval_s = latency.event_interval_s
    if directions.event_interval_ms is not None:
        interval_s = directions.event_interval_ms / 1000
    pace = Latency(latency.first_byte_s, interval_s)
    return Plan(_steps(behaviour, call, pace, request), call)


def _steps(behaviour: Behaviour, call: FaultCall | None, pace: Latency, request: HttpRequest) -> Iterator[Action]:
    if call is None:
        return render(paced(behaviour.answer(request, None), pace))
    if call.fault in REFUSALS:
        return render(paced(_refusal(behaviour, call, request), pace))
    striking = REQUEST_FAULTS.get(call.fault) or ANSWER_FAULTS.get(call.fault)
    if striking is not None:
        return render(paced(striking(behaviour, request, call), pace))
    reply = paced(behaviour.answer(request, call), pace)
    if call.fault in _REPLY_FAULTS:
        return render(_REPLY_FAULTS[call.fault](reply, call, behaviour.refusal("status_500", request)))
    if call.fault in WIRE_FAULTS:
        return WIRE_FAULTS[call.fault](reply, call)
    return render(reply)


def paced(reply: Reply, pace: Latency) -> Reply:
    """The reply with the waits of its provider."""
    if not (pace.first_byte_s or pace.event_interval_s):
        return reply
    pieces: list[Piece] = []
    begun = False
    for piece in reply.pieces:
        if piece.kind in _PACED:
            wait_s = piece.after_s + pace.event_interval_s if begun else piece.after_s
            piece = Piece(piece.data, piece.kind, wait_s)
            begun = True
        pieces.append(piece)
    return msgspec.structs.replace(reply, pieces=tuple(pieces), before_s=reply.before_s + pace.first_byte_s)


def _refusal(behaviour: Behaviour, call: FaultCall, request: HttpRequest) -> Reply:
    reply = behaviour.refusal(call.fault.value, request)
    if reply.status != 429:
        return reply
    retry_after = ("retry-after", f"{1 if call.seconds is None else call.seconds:g}")
    return msgspec.structs.replace(reply, headers=(*reply.headers, retry_after))


def _directions(request: HttpRequest) -> Directions:
    if MARK.encode() not in request.body:
        return Directions()
    try:
        return read_directions(read_chat(request.body).messages)
    except msgspec.DecodeError:  # ValidationError is one of these; the provider will refuse the body itself
        return Directions()


def _asked(request: HttpRequest, directions: Directions) -> FaultCall | None:
    header = request.header(FAULT_HEADER)
    if header is not None:
        return parse_fault_call(header.decode("latin-1"))
    if directions.fault is None:
        return None
    return FaultCall(
        fault=fault_named(directions.fault),
        after_events=directions.after_events,
        seconds=directions.seconds,
        count=directions.count,
        control=directions.control,
    )


def _misdirected(message: str) -> Reply:
    error = {"message": message, "type": "simulator_error", "param": None, "code": "simulator_error"}
    return json_reply(400, {"error": error}, ())
