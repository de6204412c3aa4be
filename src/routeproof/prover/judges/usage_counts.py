"""The counts of an answer's usage object as a tariff takes them; read apart from the gateway's own reading."""

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.oracle.usage_arithmetic import count_of, usage_faults
from routeproof.usage import Usage

JsonObject = dict[str, object]


def reported_usage(plan: Plan, observation: Observation) -> JsonObject | None:
    """The usage object of an answer, streamed or not; None where it has none."""
    if was_streamed(observation):
        return stream_of(plan, observation).usage
    return answer_of(plan, observation).usage


def counts_of(usage: JsonObject | None) -> Usage | None:
    """The counts of a usage object; None where there is none, or where its numbers can't be true together."""
    if usage is None or any(True for _ in usage_faults(usage)):
        return None
    prompt, completion = count_of(usage, "prompt_tokens"), count_of(usage, "completion_tokens")
    if prompt is None or completion is None:
        return None
    return Usage(
        input_tokens=prompt,
        output_tokens=completion,
        cache_hit_tokens=hits_in(usage),
        cache_write_tokens=_detail(usage, "prompt_tokens_details", "cache_creation_input_tokens"),
        reasoning_tokens=_detail(usage, "completion_tokens_details", "reasoning_tokens"),
        explicit_cache=_cache_type(usage) == "ephemeral",
    )


def hits_in(usage: JsonObject) -> int:
    """Tokens that came from a cache; 0 where none are counted."""
    cached = count_of(usage, "prompt_tokens_details", "cached_tokens")
    return (count_of(usage, "prompt_cache_hit_tokens") or 0) if cached is None else cached


def _detail(usage: JsonObject, whole: str, part: str) -> int:
    return count_of(usage, whole, part) or 0


def _cache_type(usage: JsonObject) -> object:
    details = usage.get("prompt_tokens_details")
    return details.get("cache_type") if isinstance(details, dict) else None
