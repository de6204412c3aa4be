"""The members of a usage object that are decoded, over all families."""

import msgspec

_Count = int | None


class CacheCreation(msgspec.Struct, gc=False):
    """Qwen: what was written into an explicit cache."""

    ephemeral_5m_input_tokens: _Count = None


class PromptDetails(msgspec.Struct, gc=False):
    """Parts of the prompt."""

    cached_tokens: _Count = None
    cache_type: msgspec.Raw = msgspec.Raw(b"null")
    cache_creation_input_tokens: _Count = None
    cache_creation: CacheCreation | None = None


class CompletionDetails(msgspec.Struct, gc=False):
    """Parts of the completion."""

    reasoning_tokens: _Count = None


class WireUsage(msgspec.Struct, gc=False):
    """A usage object."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: _Count = None
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None
    prompt_cache_hit_tokens: _Count = None
    prompt_cache_miss_tokens: _Count = None
