"""The few members of a chat answer or chunk that the gateway reads; all others are skipped, not built."""

import msgspec

_NULL = msgspec.Raw(b"null")


class _Choice(msgspec.Struct, gc=False):
    finish_reason: str | None = None


class ChatView(msgspec.Struct, gc=False):
    """What is read of one answer or chunk."""

    model: str | None = None
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = _NULL
    error: msgspec.Raw = _NULL

    @property
    def usage_raw(self) -> bytes | None:
        """The usage object's bytes; None where it is absent or null."""
        raw = bytes(self.usage)
        return None if raw == b"null" else raw

    @property
    def has_error(self) -> bool:
        """An error member that is not null."""
        return bytes(self.error) != b"null"

    @property
    def finish_reason(self) -> str | None:
        """The last finish reason given by one of the choices."""
        for choice in reversed(self.choices or ()):
            if choice.finish_reason:
                return choice.finish_reason
        return None


class _BareView(msgspec.Struct, gc=False):
    """What is still read where another member has a shape that OpenAI's never has: what decides the bill."""

    usage: msgspec.Raw = _NULL
    error: msgspec.Raw = _NULL


_decode = msgspec.json.Decoder(ChatView).decode
_decode_bare = msgspec.json.Decoder(_BareView).decode


def view_chat(data: bytes) -> ChatView | None:
    """Read an answer or a chunk; None where it is not a JSON object."""
    try:
        return _decode(data)
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    try:
        bare = _decode_bare(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return ChatView(usage=bare.usage, error=bare.error)
