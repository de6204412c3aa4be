"""The members of a chat answer or chunk that are decoded; all others are skipped, not built."""

import msgspec

_NULL = msgspec.Raw(b"null")


class Choice(msgspec.Struct, gc=False):
    """One choice, as far as it is read."""

    finish_reason: str | None = None


class ChatShape(msgspec.Struct, gc=False):
    """An answer or a chunk as OpenAI documents it."""

    model: str | None = None
    choices: list[Choice] | None = None
    usage: msgspec.Raw = _NULL
    error: msgspec.Raw = _NULL


class BareShape(msgspec.Struct, gc=False):
    """What is still read where another member has a shape that OpenAI's never has: what decides the bill."""

    usage: msgspec.Raw = _NULL
    error: msgspec.Raw = _NULL
