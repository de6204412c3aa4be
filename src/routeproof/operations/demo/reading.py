"""Reads what the demo's client received, by itself: none of the gateway's own readers takes part."""

from collections.abc import Iterator, Mapping

import msgspec

from routeproof.usage import Usage


class ToolCall(msgspec.Struct, frozen=True):
    """One tool call, its pieces joined."""

    name: str
    arguments: str


class ReadError(msgspec.Struct, frozen=True):
    """An error object."""

    code: str | None = None
    message: str = ""
    param: str | None = None


class Reading(msgspec.Struct, frozen=True):
    """An answer as the client understands it. None: it was not there."""

    model: str | None = None
    content: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Mapping[str, object] | None = None
    error: ReadError | None = None
    done: bool = False
    """`[DONE]` came."""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int = 0
    function: _Function | None = None


class _Message(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    delta: _Message | None = None


class _Chunk(msgspec.Struct):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: dict[str, object] | None = None
    error: ReadError | None = None


_decode = msgspec.json.Decoder(_Chunk).decode
_DATA = b"data: "
_DONE = b"[DONE]"


def read_answer(body: bytes, *, stream: bool) -> Reading | None:
    """The answer in a body, or in as much of a stream as came. None where it is no answer at all."""
    datas = list(_event_datas(body)) if stream else [body]
    try:
        chunks = [_decode(data) for data in datas if data != _DONE]
    except msgspec.DecodeError:
        return None
    messages = [message for chunk in chunks for message in _messages(chunk)]
    return Reading(
        model=next((chunk.model for chunk in chunks if chunk.model), None),
        content="".join(message.content or "" for message in messages),
        reasoning="".join(message.reasoning_content or "" for message in messages),
        tool_calls=_joined(messages),
        usage=next((chunk.usage for chunk in reversed(chunks) if chunk.usage is not None), None),
        error=next((chunk.error for chunk in chunks if chunk.error is not None), None),
        done=_DONE in datas,
    )


def count_events(body: bytes) -> int:
    """Whole events with data in as much of a stream as came."""
    return sum(1 for _ in _event_datas(body))


def read_usage(raw: Mapping[str, object]) -> Usage:
    """A usage object's counts by the documentation of both families; a count that is absent is zero."""
    prompt, completion = _inner(raw, "prompt_tokens_details"), _inner(raw, "completion_tokens_details")
    return Usage(
        input_tokens=_count(raw, "prompt_tokens"),
        output_tokens=_count(raw, "completion_tokens"),
        cache_hit_tokens=_count(prompt, "cached_tokens"),
        cache_write_tokens=_count(prompt, "cache_creation_input_tokens"),
        reasoning_tokens=_count(completion, "reasoning_tokens"),
        explicit_cache=prompt.get("cache_type") == "ephemeral",
    )


def _event_datas(body: bytes) -> Iterator[bytes]:
    """The data of each whole event; the rest after the last blank line is an event that was cut."""
    for event in body.split(b"\n\n")[:-1]:
        for line in event.split(b"\n"):
            if line.startswith(_DATA):
                yield line.removeprefix(_DATA)


def _messages(chunk: _Chunk) -> Iterator[_Message]:
    for choice in chunk.choices or ():
        yield from (part for part in (choice.message, choice.delta) if part is not None)


def _joined(messages: list[_Message]) -> tuple[ToolCall, ...]:
    joined: dict[int, ToolCall] = {}
    for message in messages:
        for call in message.tool_calls or ():
            piece = call.function or _Function()
            known = joined.get(call.index, ToolCall("", ""))
            joined[call.index] = ToolCall(known.name + (piece.name or ""), known.arguments + (piece.arguments or ""))
    return tuple(joined[index] for index in sorted(joined))


def _inner(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _count(raw: Mapping[str, object], name: str) -> int:
    value = raw.get(name)
    return value if isinstance(value, int) else 0
