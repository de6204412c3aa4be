"""Token counts of one attempt, normalised over the providers' shapes."""

from enum import StrEnum

import msgspec


class Usage(msgspec.Struct, frozen=True):
    """Tokens of one attempt. All counts are >= 0; parts never exceed their whole (checked where it is read)."""

    input_tokens: int
    """Everything read by the model, cache hits and cache writes included."""
    output_tokens: int
    """Everything written by the model, reasoning included."""
    cache_hit_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    explicit_cache: bool = False
    """The provider said that hits and writes came from an explicit cache (Qwen's `cache_type: ephemeral`)."""


class Provenance(StrEnum):
    """How an attempt's usage is known."""

    REPORTED = "reported"
    COUNTED = "counted"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"
