"""Whether the numbers of a usage object can be true together (check U01); reads it by itself, not as the gateway does.

- OpenAI, API reference, "usage" of a chat completion: the total is prompt plus completion; details are parts.
- DeepSeek, API docs, "context caching": hits and misses are the whole prompt; `cached_tokens` repeats the hits.
- Qwen, Model Studio, "context cache": hits and created tokens are parts of the prompt.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

COUNT_MAX: Final = 100_000_000
"""A hundred times the longest context that any family offers (1,048,576 tokens, DeepSeek's list of models)."""
_WHOLES: Final = ("prompt_tokens", "completion_tokens", "total_tokens")
_CACHE: Final = ("prompt_cache_hit_tokens", "prompt_cache_miss_tokens")
_DETAILS: Final = {"prompt_tokens_details": "prompt_tokens", "completion_tokens_details": "completion_tokens"}


class UsageFault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a usage object."""

    code: str
    where: str = ""
    detail: str = ""


def usage_faults(usage: object) -> Iterator[UsageFault]:
    """Everything that is wrong with a usage object, as JSON was read to Python's values."""
    if not isinstance(usage, dict):
        yield UsageFault("usage_not_object")
        return
    counts: dict[str, int] = {}
    for path, value in _given_counts(usage):
        fault = _count_fault(path, value)
        if fault is not None:
            yield fault
        elif isinstance(value, int):
            counts[path] = value
    for name in _DETAILS:
        if not isinstance(usage.get(name), dict | None):
            yield UsageFault("member_type", f"usage.{name}", "it is no object")
    for name in _WHOLES:
        if usage.get(name) is None:
            yield UsageFault("usage_count_missing", f"usage.{name}")
    yield from _sum_faults(counts)
    yield from _part_faults(counts)


def count_of(usage: object, *path: str) -> int | None:
    """One count of a usage object, or None where it is absent or no integer."""
    for name in path:
        usage = usage.get(name) if isinstance(usage, dict) else None
    return usage if type(usage) is int else None


def _given_counts(usage: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Path and value of every count: those with a known name, and every member of the details but words."""
    for name in (*_WHOLES, *_CACHE):
        if usage.get(name) is not None:
            yield name, usage[name]
    for name in _DETAILS:
        details = usage.get(name)
        if isinstance(details, dict):
            yield from (
                (f"{name}.{part}", value)
                for part, value in details.items()
                if part.endswith("_tokens") and value is not None
            )


def _count_fault(path: str, value: object) -> UsageFault | None:
    where = f"usage.{path}"
    if type(value) is not int:
        return UsageFault("usage_count_not_integer", where, f"it is {type(value).__name__}")
    if value < 0:
        return UsageFault("usage_count_negative", where, f"it is {value}")
    if value > COUNT_MAX:
        return UsageFault("usage_count_absurd", where, f"it has {len(str(value))} digits")
    return None


def _sum_faults(counts: dict[str, int]) -> Iterator[UsageFault]:
    if counts.keys() >= set(_WHOLES):
        prompt, completion, total = (counts[name] for name in _WHOLES)
        if prompt + completion != total:
            yield UsageFault("usage_total_wrong", "", f"{prompt} + {completion} is not {total}")
    if counts.keys() >= {"prompt_tokens", *_CACHE}:
        hit, miss = (counts[name] for name in _CACHE)
        if hit + miss != counts["prompt_tokens"]:
            yield UsageFault("usage_cache_sum_wrong", "", f"{hit} + {miss} is not {counts['prompt_tokens']}")
    cached = counts.get("prompt_tokens_details.cached_tokens")
    hit_again = counts.get("prompt_cache_hit_tokens")
    if None not in (cached, hit_again) and cached != hit_again:
        yield UsageFault("usage_cache_disagrees", "", f"{cached} and {hit_again}")


def _part_faults(counts: dict[str, int]) -> Iterator[UsageFault]:
    parts = [(path, _DETAILS[path.partition(".")[0]]) for path in counts if "." in path]
    parts += [(name, "prompt_tokens") for name in _CACHE if name in counts]
    for path, whole in parts:
        if whole in counts and counts[path] > counts[whole]:
            detail = f"{counts[path]} of {counts[whole]}"
            yield UsageFault("usage_part_exceeds_whole", f"usage.{path}", detail)
    read_and_written = sum(counts.get(f"prompt_tokens_details.{name}", 0) for name in _CACHED_OR_CREATED)
    if "prompt_tokens" in counts and read_and_written > counts["prompt_tokens"]:
        detail = f"{read_and_written} of {counts['prompt_tokens']}"
        yield UsageFault("usage_part_exceeds_whole", "usage.prompt_tokens_details", detail)


_CACHED_OR_CREATED: Final = ("cached_tokens", "cache_creation_input_tokens", "cache_write_tokens")
"""Tokens read from a cache and tokens written to one are different tokens of the prompt."""
