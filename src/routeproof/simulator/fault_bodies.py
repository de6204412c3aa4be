"""Faults in what a reply says: each turns an honest reply into a wrong one, with HTTP still in order."""

import gzip
from collections.abc import Callable, Iterator

import msgspec

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import JsonObject, Piece, PieceKind, Reply, event

_MIB = 1024 * 1024
_LINE_PIECE_BYTES = 64 * 1024

HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser</h1></body></html>\n"
)
FOREIGN_FRAME: JsonObject = {
    "choices": [],
    "x-sim-type": "inference-cost",
    "cost": "0.00063346",
    "normalizedUsage": {"inputTokens": 2813, "outputTokens": 436, "cacheReadTokens": 41984},
}
"""In the shape of the cost frame that some resellers add after the usage."""


def json_of(piece: Piece) -> JsonObject | None:
    """The JSON object of a piece, or None where it has none."""
    text = piece.data.removeprefix(b"data: ")
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None


def with_json(piece: Piece, value: JsonObject) -> Piece:
    """The piece with another JSON object in it."""
    data = msgspec.json.encode(value)
    if piece.data.startswith(b"data: "):
        data = b"data: " + data + b"\n\n"
    return Piece(data, piece.kind, piece.after_s)


def edited(reply: Reply, edit: Callable[[JsonObject], JsonObject]) -> Reply:
    """The reply with every JSON object in it edited."""
    pieces = []
    for piece in reply.pieces:
        value = json_of(piece)
        pieces.append(piece if value is None else with_json(piece, edit(value)))
    return with_pieces(reply, pieces)


def with_pieces(reply: Reply, pieces: list[Piece]) -> Reply:
    """The reply with another body."""
    return msgspec.structs.replace(reply, pieces=tuple(pieces))


def cut_point(reply: Reply, call: FaultCall) -> int:
    """The index of the first piece that is not sent: after `after_events` events, by default half of them."""
    events = [index for index, piece in enumerate(reply.pieces) if piece.kind is not PieceKind.COMMENT]
    wanted = len(events) // 2 if call.after_events is None else call.after_events
    return events[wanted] if wanted < len(events) else len(reply.pieces)


def _error_event(reply: Reply, call: FaultCall, error: Reply) -> Reply:
    if not reply.is_stream:
        return _error_in_200(reply, call, error)
    sent = list(reply.pieces[: cut_point(reply, call)])
    return with_pieces(reply, [*sent, _as_event(error)])


def _error_in_200(reply: Reply, _call: FaultCall, error: Reply) -> Reply:
    if reply.is_stream:
        return with_pieces(reply, [_as_event(error)])
    return with_pieces(reply, list(error.pieces))


def _as_event(error: Reply) -> Piece:
    return Piece(b"data: " + error.body.removeprefix(b"data: ").rstrip() + b"\n\n", PieceKind.EVENT)


def _html_200(_reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Reply(200, headers, (Piece(HTML, PieceKind.BODY),))


def _empty_body(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    return msgspec.structs.replace(reply, pieces=(), chunked=False)


def _wrong_model(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    return edited(reply, lambda value: {**value, "model": "sim-other-model"} if "model" in value else value)


def _trailing(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    extra: JsonObject = {"id": "trailing", "choices": [{"index": 0, "delta": {"content": "after the end"}}]}
    piece = event(extra) if reply.is_stream else Piece(b"\n" + msgspec.json.encode(extra), PieceKind.BODY)
    return with_pieces(reply, [*reply.pieces, piece])


def _huge_line(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    size = call.count or 4 * _MIB
    fills = (min(_LINE_PIECE_BYTES, size - start) for start in range(0, size, _LINE_PIECE_BYTES))
    line = [Piece(data, PieceKind.COMMENT) for data in (b"data: ", *(b"x" * fill for fill in fills))]
    return with_pieces(reply, [*reply.pieces[: cut_point(reply, call)], *line])


def _big_event(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    at = cut_point(reply, call)
    model = next((value["model"] for piece in reply.pieces if (value := json_of(piece)) and "model" in value), "")
    frame: JsonObject = {
        "id": "big",
        "object": "chat.completion.chunk",
        "model": model,
        "choices": [],
        "pad": "",
    }
    spare = (call.count or _MIB) - len(event(frame).data)
    padded = event({**frame, "pad": "x" * max(spare, 0)})
    return with_pieces(reply, [*reply.pieces[:at], padded, *reply.pieces[at:]])


def _comments(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    comment = Piece(b": still here\n\n" if reply.is_stream else b"\n", PieceKind.COMMENT)
    return with_pieces(reply, [*[comment] * (10_000 if call.count is None else call.count), *reply.pieces])


def _keepalives(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
    data = b": keep-alive\n\n" if reply.is_stream else b"\n"
    comment = Piece(data, PieceKind.COMMENT, call.seconds or 0.0)
    return with_pieces(reply, [*[comment] * (5 if call.count is None else call.count), *reply.pieces])


def _gzip_body(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    body = gzip.compress(reply.body, mtime=0)
    headers = (*reply.headers, ("content-encoding", "gzip"))
    return msgspec.structs.replace(reply, headers=headers, pieces=(Piece(body, PieceKind.BODY),))


def _foreign_frame(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    if not reply.is_stream:
        return edited(reply, lambda value: {**value, "x-sim-cost": FOREIGN_FRAME["cost"]})
    return with_pieces(reply, _before_done(reply, event(FOREIGN_FRAME)))


def _before_done(reply: Reply, extra: Piece) -> list[Piece]:
    at = next((index for index, piece in enumerate(reply.pieces) if piece.kind is PieceKind.DONE), len(reply.pieces))
    return [*reply.pieces[:at], extra, *reply.pieces[at:]]


def _missing_usage(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    kept = with_pieces(reply, [piece for piece in reply.pieces if piece.kind is not PieceKind.USAGE])
    return edited(kept, lambda value: {name: field for name, field in value.items() if name != "usage"})


def _usage_edit(edit: Callable[[JsonObject], JsonObject]) -> Callable[[Reply, FaultCall, Reply], Reply]:
    def edit_object(value: JsonObject) -> JsonObject:
        usage = value.get("usage")
        return {**value, "usage": edit(usage)} if isinstance(usage, dict) else value

    return lambda reply, _call, _error: edited(reply, edit_object)


def _negative(usage: JsonObject) -> JsonObject:
    return {name: -count - 1 if isinstance(count, int) else count for name, count in usage.items()}


def _absurd(usage: JsonObject) -> JsonObject:
    return {name: 10**18 * 100 + count if isinstance(count, int) else count for name, count in usage.items()}


def _inconsistent(usage: JsonObject) -> JsonObject:
    prompt = usage.get("prompt_tokens")
    hits = prompt + 1_000 if isinstance(prompt, int) else 1_000
    return {**usage, "prompt_tokens_details": {"cached_tokens": hits}, "prompt_cache_hit_tokens": hits}


def _duplicate_usage(reply: Reply, _call: FaultCall, _error: Reply) -> Reply:
    if not reply.is_stream:
        return with_pieces(reply, [_usage_twice(piece) for piece in reply.pieces])
    carrier = next((value for value in _objects(reply) if isinstance(value.get("usage"), dict)), None)
    if carrier is None:
        return reply
    again = event({**carrier, "choices": []}, PieceKind.USAGE)
    return with_pieces(reply, _before_done(reply, again))


def _usage_twice(piece: Piece) -> Piece:
    value = json_of(piece)
    if value is None or "usage" not in value:
        return piece
    extra = b',"usage":' + msgspec.json.encode(value["usage"]) + b"}"
    return Piece(piece.data[:-1] + extra, piece.kind, piece.after_s)


def _objects(reply: Reply) -> Iterator[JsonObject]:
    return (value for piece in reply.pieces if (value := json_of(piece)) is not None)


BODY_FAULTS: dict[Fault, Callable[[Reply, FaultCall, Reply], Reply]] = {
    Fault.ERROR_EVENT: _error_event,
    Fault.ERROR_IN_200: _error_in_200,
    Fault.HTML_200: _html_200,
    Fault.EMPTY_BODY: _empty_body,
    Fault.WRONG_MODEL: _wrong_model,
    Fault.TRAILING_AFTER_DONE: _trailing,
    Fault.HUGE_LINE: _huge_line,
    Fault.BIG_EVENT: _big_event,
    Fault.TEN_THOUSAND_COMMENTS: _comments,
    Fault.KEEPALIVES_THEN_ANSWER: _keepalives,
    Fault.GZIP_BODY: _gzip_body,
    Fault.FOREIGN_FRAME: _foreign_frame,
    Fault.MISSING_USAGE: _missing_usage,
    Fault.NEGATIVE_USAGE: _usage_edit(_negative),
    Fault.ABSURD_USAGE: _usage_edit(_absurd),
    Fault.INCONSISTENT_USAGE: _usage_edit(_inconsistent),
    Fault.DUPLICATE_USAGE: _duplicate_usage,
}
"""Each takes the honest reply, the call, and the provider's own error reply."""
