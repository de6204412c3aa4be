"""What a gateway may do to its providers' replies: hide a chunk, drop reasoning, collapse a stream."""

import msgspec

from routeproof.simulator.fault_bodies import edited, json_of, with_pieces
from routeproof.simulator.reply import DONE, JsonObject, Piece, PieceKind, Reply, event


def reported_usage(reply: Reply) -> JsonObject | None:
    """The last usage object in a reply."""
    found = None
    for piece in reply.pieces:
        value = json_of(piece)
        usage = value.get("usage") if value is not None else None
        found = usage if isinstance(usage, dict) else found
    return found


def answered_model(reply: Reply, otherwise: str) -> str:
    """The model that the reply names."""
    for piece in reply.pieces:
        value = json_of(piece)
        if value is not None and isinstance(value.get("model"), str):
            return str(value["model"])
    return otherwise


def without_usage_chunk(reply: Reply) -> Reply:
    """The reply as a client sees it that did not ask for a usage chunk."""
    return with_pieces(reply, [piece for piece in reply.pieces if piece.kind is not PieceKind.USAGE])


def without_reasoning(reply: Reply) -> Reply:
    """The reply with every `reasoning_content` removed, and the chunks that held nothing else."""
    bare = edited(reply, _drop)
    return with_pieces(bare, [piece for piece in bare.pieces if not _is_hollow(piece)])


def as_one_event(reply: Reply, headers: tuple[tuple[str, str], ...]) -> Reply:
    """A whole completion as a stream of one giant event."""
    value = json_of(reply.pieces[-1]) or {}
    choices = value.get("choices")
    frames = [_as_chunk_choice(choice) for choice in choices] if isinstance(choices, list) else []
    frame = {**value, "object": "chat.completion.chunk", "choices": frames}
    return Reply(reply.status, headers, (event(frame, PieceKind.FINISH), DONE), chunked=True)


def _as_chunk_choice(choice: JsonObject) -> JsonObject:
    return {("delta" if name == "message" else name): field for name, field in choice.items()}


def _drop(value: JsonObject) -> JsonObject:
    choices = value.get("choices")
    if not isinstance(choices, list):
        return value
    return {**value, "choices": [_without(choice) for choice in choices]}


def _without(choice: JsonObject) -> JsonObject:
    kept = dict(choice)
    for name in ("delta", "message"):
        inner = kept.get(name)
        if isinstance(inner, dict):
            kept[name] = {key: field for key, field in inner.items() if key != "reasoning_content"}
    return kept


def _is_hollow(piece: Piece) -> bool:
    value = json_of(piece)
    choices = value.get("choices") if value is not None else None
    if piece.kind is not PieceKind.EVENT or not isinstance(choices, list) or not choices:
        return False
    deltas = [choice.get("delta") for choice in choices]
    return all(isinstance(delta, dict) and not any(delta.values()) for delta in deltas)


def asked(body: bytes) -> JsonObject:
    """A request body as an object to change. Raises msgspec.DecodeError."""
    return msgspec.json.decode(body, type=dict[str, object])
