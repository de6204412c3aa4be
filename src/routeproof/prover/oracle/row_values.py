"""What a ledger's row and an answer can be compared by: plain counts and names."""

import msgspec

from routeproof.prover.oracle.usage_arithmetic import count_of


class RowValues(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one row; None: not known, not compared."""

    prompt_tokens: int | None = None
    """Everything that was read, cached tokens included."""
    completion_tokens: int | None = None
    """Everything that was written, reasoning included."""
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    model: str | None = None
    """The model that answered."""
    finish_reason: str | None = None


def values_of(usage: dict[str, object] | None, model: str | None, finish_reason: str | None) -> RowValues:
    """The same values as an answer gives them; parts that it does not count are 0."""
    counted = usage is not None
    hits = count_of(usage, "prompt_tokens_details", "cached_tokens")
    if hits is None:
        hits = count_of(usage, "prompt_cache_hit_tokens")
    reasoning = count_of(usage, "completion_tokens_details", "reasoning_tokens")
    return RowValues(
        prompt_tokens=count_of(usage, "prompt_tokens"),
        completion_tokens=count_of(usage, "completion_tokens"),
        cached_tokens=(hits or 0) if counted else None,
        reasoning_tokens=(reasoning or 0) if counted else None,
        model=model,
        finish_reason=finish_reason,
    )
