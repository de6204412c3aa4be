"""Faults in what the events of a stream say, and in the words of any answer; HTTP and framing stay in order."""

from collections.abc import Callable

from routeproof.simulator.fault_bodies import cut_point, edited, json_of, with_json, with_pieces
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import JsonObject, Piece, PieceKind, Reply

LEAKED_KEY = "sk-up-4f9c2d71a6be40d3b8e25c90"
_LEAK = f"POST https://llm-internal.example:8443/v1 with {LEAKED_KEY} failed in /srv/relay/upstream.py, line 88"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_FIRST_ERROR = 400


def _change_id(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    if not reply.is_stream:
        return reply
    at = cut_point(reply, call)
    changed = [_with(piece, {"id": "chatcmpl-another"}) if place >= at else piece for place, piece in _placed(reply)]
    return with_pieces(reply, changed)


def _drop_finish(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    """The usage that rides on the finish reason stays."""
    if not reply.is_stream:
        return reply
    return with_pieces(
        reply, [_first_choice(piece, finish_reason=None) if _ends(piece) else piece for piece in reply.pieces]
    )


def _repeat_role(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    def with_role(piece: Piece) -> Piece:
        choice = _choice_of(piece)
        delta = {} if choice is None else choice.get("delta")
        return _first_choice(piece, delta={**delta, "role": "assistant"}) if isinstance(delta, dict) else piece

    return with_pieces(reply, [with_role(piece) for piece in reply.pieces]) if reply.is_stream else reply


def _false_done(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    if not reply.is_stream:
        return reply
    at = cut_point(reply, call)
    ending = [piece for place, piece in _placed(reply) if place >= at and piece.kind is not PieceKind.EVENT]
    return with_pieces(reply, [*reply.pieces[:at], *ending])


def _garble_utf8(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    def garbled(piece: Piece) -> Piece:
        text = "".join(char if char.isascii() else _REPLACEMENT * len(char.encode()) for char in piece.data.decode())
        return Piece(text.encode(), piece.kind, piece.after_s)

    return with_pieces(reply, [garbled(piece) for piece in reply.pieces])


def _leak_upstream(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    def leaking(value: JsonObject) -> JsonObject:
        error = value.get("error")
        if not isinstance(error, dict):
            return value
        return {**value, "error": {**error, "message": f"{error.get('message')} ({_LEAK})"}}

    return edited(reply, leaking) if reply.status >= _FIRST_ERROR else reply


def _placed(reply: Reply) -> list[tuple[int, Piece]]:
    return list(enumerate(reply.pieces))


def _with(piece: Piece, changed: JsonObject) -> Piece:
    value = json_of(piece)
    return piece if value is None else with_json(piece, {**value, **changed})


def _ends(piece: Piece) -> bool:
    return piece.kind is PieceKind.FINISH


def _choice_of(piece: Piece) -> JsonObject | None:
    choices = (json_of(piece) or {}).get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None


def _first_choice(piece: Piece, **changed: object) -> Piece:
    choice = _choice_of(piece)
    return piece if choice is None else _with(piece, {"choices": [{**choice, **changed}]})


STREAM_FAULTS: dict[Fault, Callable[[Reply, FaultCall, Reply], Reply]] = {
    Fault.CHANGE_ID: _change_id,
    Fault.DROP_FINISH: _drop_finish,
    Fault.REPEAT_ROLE: _repeat_role,
    Fault.FALSE_DONE: _false_done,
    Fault.GARBLE_UTF8: _garble_utf8,
    Fault.LEAK_UPSTREAM: _leak_upstream,
}
"""As `fault_bodies.BODY_FAULTS`."""
