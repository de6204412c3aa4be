"""What the gateway reads of a chat answer or chunk."""

from typing import Final

import msgspec

from routeproof.native import plain_chat
from routeproof.wire.chat_shapes import BareShape, ChatShape

_plain_chat: Final = plain_chat
_decode: Final = msgspec.json.Decoder(ChatShape).decode
_decode_bare: Final = msgspec.json.Decoder(BareShape).decode
_NULL: Final = msgspec.Raw(b"null")


class ChatView:
    """One answer or chunk."""

    __slots__ = ("choices", "finish_reason", "has_error", "model", "usage_raw")

    def __init__(
        self, model: str | None, choices: int, usage_raw: bytes | None, finish_reason: str | None, *, has_error: bool
    ) -> None:
        self.model = model
        self.choices = choices
        """How many there are; -1 where the member is absent or null."""
        self.usage_raw = usage_raw
        """The usage object's bytes; None where it is absent or null."""
        self.finish_reason = finish_reason
        """The last finish reason given by one of the choices."""
        self.has_error = has_error
        """An error member that is not null."""


def view_chat(data: bytes) -> ChatView | None:
    """Read an answer or a chunk; None where it is not a JSON object."""
    plain = _plain_chat(data)
    if plain is None:
        return _view_any(data)
    model, choices, usage_raw, finish_reason = plain
    return ChatView(model, choices, usage_raw, finish_reason, has_error=False)


def _view_any(data: bytes) -> ChatView | None:
    """`view_chat` for an answer of any kind."""
    try:
        shape = _decode(data)
    except msgspec.ValidationError:
        return _view_bare(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    choices = shape.choices or []
    finish_reason: str | None = None
    for choice in choices:
        finish_reason = choice.finish_reason or finish_reason
    return ChatView(
        shape.model,
        -1 if shape.choices is None else len(choices),
        _unless_null(shape.usage),
        finish_reason,
        has_error=shape.error != _NULL,
    )


def _view_bare(data: bytes) -> ChatView | None:
    try:
        bare = _decode_bare(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return ChatView(None, -1, _unless_null(bare.usage), None, has_error=bare.error != _NULL)


def _unless_null(raw: msgspec.Raw) -> bytes | None:
    return None if raw == _NULL else bytes(raw)
