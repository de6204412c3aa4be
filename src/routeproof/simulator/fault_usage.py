"""Faults in what is counted: each makes a usage object that may well be believed, and is not true."""

from collections.abc import Callable

from routeproof.simulator.caches import BLOCK_TOKENS
from routeproof.simulator.fault_bodies import edited
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import JsonObject, Reply

_PERCENT = 100
_TOTAL_OFF = 7

UsageEdit = Callable[[JsonObject, FaultCall], JsonObject]


def editing_usage(edit: UsageEdit) -> Callable[[Reply, FaultCall, Reply], Reply]:
    """The fault that edits every usage object of a reply."""

    def commit(reply: Reply, call: FaultCall, _error: Reply) -> Reply:
        def edit_object(value: JsonObject) -> JsonObject:
            usage = value.get("usage")
            return {**value, "usage": edit(usage, call)} if isinstance(usage, dict) else value

        return edited(reply, edit_object)

    return commit


def with_hits(usage: JsonObject, hits: int) -> JsonObject:
    """The usage with so many cached tokens, in every way in which it tells them."""
    details = usage.get("prompt_tokens_details")
    inner = details if isinstance(details, dict) else {}
    told: JsonObject = {**usage, "prompt_tokens_details": {**inner, "cached_tokens": hits}}
    if "prompt_cache_hit_tokens" in usage:
        told |= {"prompt_cache_hit_tokens": hits, "prompt_cache_miss_tokens": _count(usage, "prompt_tokens") - hits}
    return told


def _wrong_total(usage: JsonObject, _call: FaultCall) -> JsonObject:
    return {**usage, "total_tokens": _count(usage, "total_tokens") + _TOTAL_OFF}


def _inflate_prompt(usage: JsonObject, call: FaultCall) -> JsonObject:
    return _with_prompt(usage, _count(usage, "prompt_tokens") * (call.count or 150) // _PERCENT)


def _inject_prompt(usage: JsonObject, call: FaultCall) -> JsonObject:
    return _with_prompt(usage, _count(usage, "prompt_tokens") + (500 if call.count is None else call.count))


def _inflate_completion(usage: JsonObject, call: FaultCall) -> JsonObject:
    completion = _count(usage, "completion_tokens") * (call.count or 200) // _PERCENT
    return {
        **usage,
        "completion_tokens": completion,
        "total_tokens": _count(usage, "prompt_tokens") + completion,
    }


def _phantom_cache(usage: JsonObject, _call: FaultCall) -> JsonObject:
    return with_hits(usage, _count(usage, "prompt_tokens") // BLOCK_TOKENS * BLOCK_TOKENS)


def _no_cache(usage: JsonObject, _call: FaultCall) -> JsonObject:
    return with_hits(usage, 0)


def _with_prompt(usage: JsonObject, prompt: int) -> JsonObject:
    """What is added is never a hit."""
    told: JsonObject = {
        **usage,
        "prompt_tokens": prompt,
        "total_tokens": prompt + _count(usage, "completion_tokens"),
    }
    if "prompt_cache_hit_tokens" in usage:
        told["prompt_cache_miss_tokens"] = prompt - _count(usage, "prompt_cache_hit_tokens")
    return told


def _count(usage: JsonObject, name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0


USAGE_FAULTS: dict[Fault, Callable[[Reply, FaultCall, Reply], Reply]] = {
    Fault.WRONG_TOTAL: editing_usage(_wrong_total),
    Fault.INFLATE_PROMPT: editing_usage(_inflate_prompt),
    Fault.INJECT_PROMPT: editing_usage(_inject_prompt),
    Fault.INFLATE_COMPLETION: editing_usage(_inflate_completion),
    Fault.PHANTOM_CACHE: editing_usage(_phantom_cache),
    Fault.NO_CACHE: editing_usage(_no_cache),
}
"""As `fault_bodies.BODY_FAULTS`."""
