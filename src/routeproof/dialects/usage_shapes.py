"""The members of a usage object that are decoded, over all families."""

from typing import Final

import msgspec

COUNT_MAX: Final = 2**53
"""Above this not every JSON reader holds an integer exactly (RFC 8259, section 6)."""

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


class MessagesUsage(msgspec.Struct, gc=False):
    """A usage object of Anthropic's Messages format."""

    input_tokens: int
    """Without what a cache read or wrote."""
    output_tokens: int
    cache_read_input_tokens: _Count = None
    cache_creation_input_tokens: _Count = None
