"""The members of a chunk that are decoded; whatever has others, or other types, goes the slow way round."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

_Index = Annotated[int, msgspec.Meta(ge=0)]
_Instant = Annotated[int, msgspec.Meta(ge=1)]


class Function(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A piece of the function that is called."""

    name: str | UnsetType = UNSET
    arguments: str | UnsetType = UNSET


class Fragment(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A piece of a tool call."""

    index: _Index
    id: str | UnsetType = UNSET
    type: Literal["function"] | UnsetType = UNSET
    function: Function | UnsetType = UNSET


class Delta(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What a chunk adds to a message."""

    role: Literal["assistant"] | UnsetType | None = UNSET
    content: str | UnsetType | None = UNSET
    reasoning_content: str | UnsetType | None = UNSET
    refusal: str | UnsetType | None = UNSET
    tool_calls: list[Fragment] | UnsetType = UNSET


class Choice(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One choice's part of a chunk."""

    index: _Index
    delta: Delta
    finish_reason: str | UnsetType | None = UNSET
    logprobs: UnsetType | None = UNSET


class Chunk(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One chunk."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: _Instant
    model: str
    choices: list[Choice]
    usage: dict[str, msgspec.Raw] | UnsetType | None = UNSET
    system_fingerprint: str | UnsetType | None = UNSET
    service_tier: str | UnsetType | None = UNSET
    obfuscation: str | UnsetType = UNSET


MEMBERS: Final = frozenset((*Chunk.__struct_fields__, "moderation"))


def salvage(value: dict[str, object]) -> Chunk:
    """What can be used of a chunk with faults: members of the wrong type count as absent, texts as empty."""
    usage = value.get("usage")
    return Chunk(
        id=_text(value.get("id")),
        object="chat.completion.chunk",
        created=_whole(value.get("created")),
        model=_text(value.get("model")),
        choices=[_choice(one, one["delta"]) for one in _objects(value.get("choices")) if "delta" in one],
        usage=dict.fromkeys(usage, msgspec.Raw(b"null")) if isinstance(usage, dict) else UNSET,
        system_fingerprint=_text(value.get("system_fingerprint")) or UNSET,
    )


def _choice(value: dict[str, object], delta: object) -> Choice:
    finish = value.get("finish_reason")
    return Choice(
        index=_whole(value.get("index")),
        delta=_delta(delta) if isinstance(delta, dict) else Delta(),
        finish_reason=None if finish is None else str(finish),
    )


def _delta(value: dict[str, object]) -> Delta:
    """Some servers call the channel of the reasoning `reasoning`."""
    return Delta(
        role="assistant" if value.get("role") else UNSET,
        content=_text(value.get("content")),
        reasoning_content=_text(value.get("reasoning_content")) or _text(value.get("reasoning")),
        refusal=_text(value.get("refusal")),
        tool_calls=[_fragment(one) for one in _objects(value.get("tool_calls"))] or UNSET,
    )


def _fragment(value: dict[str, object]) -> Fragment:
    function = value.get("function")
    parts = function if isinstance(function, dict) else {}
    return Fragment(
        index=_whole(value.get("index")),
        id=_text(value["id"]) if "id" in value else UNSET,
        type="function" if "type" in value else UNSET,
        function=Function(
            name=_text(parts["name"]) if "name" in parts else UNSET,
            arguments=_text(parts.get("arguments")),
        ),
    )


def _objects(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value // 1 and value >= 0 else 0
