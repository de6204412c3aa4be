"""Reads a chat usage object of any family into one shape, and refuses to guess where its numbers contradict.

One reader serves all dialects: families add members to OpenAI's object, none gives a member another meaning.

- OpenAI: `prompt_tokens_details.cached_tokens` and `completion_tokens_details.reasoning_tokens` are parts of
  their wholes (API reference, "chat completion object").
- DeepSeek: `prompt_tokens` = `prompt_cache_hit_tokens` + `prompt_cache_miss_tokens`; `cached_tokens` repeats
  the hits, so the two are compared and never added (API docs, "context caching"; recordings of 2026).
- Qwen: `prompt_tokens` includes hits and creations; `cache_type: "ephemeral"` alone tells an explicit cache's
  hits from an implicit one's, at half the price (Model Studio, "context cache", read 2026-10-11).

An object without chat's members may be of Anthropic's format instead, where it says so (`messages_usage`).
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from routeproof.dialects.base import UsageReading
from routeproof.dialects.messages_usage import read_messages_usage
from routeproof.dialects.usage_shapes import COUNT_MAX, PromptDetails, WireUsage
from routeproof.usage import Usage

__all__ = ["COUNT_MAX", "read_chat_usage"]

_EXPLICIT: Final = msgspec.Raw(b'"ephemeral"')
# A Final of this module: compiled, an imported class is looked up by name each time.
_READING: Final = UsageReading
_USAGE: Final = Usage
_NO_DETAILS: Final = PromptDetails()
_decode: Final = msgspec.json.Decoder(WireUsage).decode


def read_chat_usage(raw: bytes | msgspec.Raw) -> UsageReading:
    """The counts of a usage object, or the anomaly that makes them untrustworthy; never raises."""
    try:
        wire = _decode(raw)
    except (ValueError, RecursionError):
        return read_messages_usage(raw) or UsageReading(None, _why_undecodable(raw))
    details = wire.prompt_tokens_details or _NO_DETAILS
    cached = details.cached_tokens
    hits = wire.prompt_cache_hit_tokens
    if hits is None:
        hits = cached or 0
    writes, reasoning = _cache_writes(details), _reasoning(wire)
    prompt, completion, total = wire.prompt_tokens, wire.completion_tokens, wire.total_tokens
    if (
        0 <= hits <= prompt <= COUNT_MAX
        and 0 <= writes <= prompt - hits
        and 0 <= reasoning <= completion <= COUNT_MAX
        and (total is None or total == prompt + completion)
        and (cached is None or cached == hits)
        and (wire.prompt_cache_miss_tokens is None or hits + wire.prompt_cache_miss_tokens == prompt)
    ):
        explicit = details.cache_type == _EXPLICIT
        return _READING(_USAGE(prompt, completion, hits, writes, reasoning, explicit))
    return UsageReading(None, _why_untrusted(wire, hits, writes, reasoning))


def _cache_writes(details: PromptDetails) -> int:
    if details.cache_creation_input_tokens is not None:
        return details.cache_creation_input_tokens
    if details.cache_creation is not None:
        return details.cache_creation.ephemeral_5m_input_tokens or 0
    return 0


def _reasoning(wire: WireUsage) -> int:
    details = wire.completion_tokens_details
    return 0 if details is None else details.reasoning_tokens or 0


def _why_untrusted(wire: WireUsage, hits: int, writes: int, reasoning: int) -> str:
    counts = (
        wire.prompt_tokens,
        wire.completion_tokens,
        wire.total_tokens or 0,
        wire.prompt_cache_miss_tokens or 0,
        hits,
        writes,
        reasoning,
    )
    if min(counts) < 0:
        return "negative"
    if max(counts) > COUNT_MAX:
        return "too_large"
    if hits + writes > wire.prompt_tokens or reasoning > wire.completion_tokens:
        return "part_exceeds_whole"
    if wire.total_tokens not in (None, wire.prompt_tokens + wire.completion_tokens):
        return "total_mismatch"
    return "cache_mismatch"


# The slow way, for objects that the typed decoder refused: find the word for what is wrong with them.

_decode_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_INTEGER: Final = re.compile(rb"-?\d+")
_WHOLES: Final = ("prompt_tokens", "completion_tokens")
_TOP_COUNTS: Final = (*_WHOLES, "total_tokens", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens")


def _why_undecodable(raw: bytes | msgspec.Raw) -> str:
    members = _members(raw)
    if members is None:
        return "not_an_object"
    for count in _counts_of(members):
        if _INTEGER.fullmatch(count) is None:
            return "not_an_integer"
        if len(count) > len(str(COUNT_MAX)):
            return "negative" if count.startswith(b"-") else "too_large"
    if any(bytes(members.get(name, b"null")) == b"null" for name in _WHOLES):
        return "missing_count"
    return "not_an_object"


def _members(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    try:
        return _decode_members(raw)
    except (ValueError, RecursionError):
        return None


def _counts_of(members: dict[str, msgspec.Raw]) -> Iterator[bytes]:
    """Every count that is given, as its JSON text; details that are no object hold none."""
    yield from _given(members, *_TOP_COUNTS)
    prompt_details = _nested(members, "prompt_tokens_details")
    yield from _given(prompt_details, "cached_tokens", "cache_creation_input_tokens")
    yield from _given(_nested(prompt_details, "cache_creation"), "ephemeral_5m_input_tokens")
    yield from _given(_nested(members, "completion_tokens_details"), "reasoning_tokens")


def _nested(members: dict[str, msgspec.Raw], name: str) -> dict[str, msgspec.Raw]:
    value = members.get(name)
    return {} if value is None else _members(value) or {}


def _given(members: dict[str, msgspec.Raw], *names: str) -> Iterator[bytes]:
    for name in names:
        text = bytes(members.get(name, b"null"))
        if text != b"null":
            yield text
