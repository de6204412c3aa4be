"""What the gateway reads of a chat answer or chunk."""

from typing import Final

import msgspec

from routeproof.wire.chat_shapes import BareShape, ChatShape, Choice

_decode: Final = msgspec.json.Decoder(ChatShape).decode
_decode_bare: Final = msgspec.json.Decoder(BareShape).decode


class ChatView:
    """One answer or chunk."""

    __slots__ = ("choices", "finish_reason", "has_error", "model", "usage_raw")

    def __init__(self, model: str | None, choices: list[Choice] | None, usage: bytes, error: bytes) -> None:
        self.model = model
        self.choices = -1 if choices is None else len(choices)
        """How many there are; -1 where the member is absent or null."""
        self.usage_raw = None if usage == b"null" else usage
        """The usage object's bytes; None where it is absent or null."""
        self.has_error = error != b"null"
        """An error member that is not null."""
        self.finish_reason: str | None = None
        """The last finish reason given by one of the choices."""
        if choices is not None:
            for choice in choices:
                self.finish_reason = choice.finish_reason or self.finish_reason


def view_chat(data: bytes) -> ChatView | None:
    """Read an answer or a chunk; None where it is not a JSON object."""
    try:
        shape = _decode(data)
    except msgspec.ValidationError:
        return _view_bare(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return ChatView(shape.model, shape.choices, bytes(shape.usage), bytes(shape.error))


def _view_bare(data: bytes) -> ChatView | None:
    try:
        bare = _decode_bare(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return ChatView(None, None, bytes(bare.usage), bytes(bare.error))
