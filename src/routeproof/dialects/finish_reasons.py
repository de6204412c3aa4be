"""What the last chunk's `finish_reason` says about who ended the answer.

OpenAI: stop, length, tool_calls, content_filter, function_call (API reference). DeepSeek adds
`insufficient_system_resource` and `aborted` (API docs, read 2026-10-06); OpenRouter `error` and GLM
`network_error`, which reach us through gateways of the new-api family.
"""

from typing import Final

_ENDED_BY_PROVIDER: Final = frozenset({"insufficient_system_resource", "aborted", "error", "network_error"})


def is_provider_abort(finish_reason: str) -> bool:
    """Whether the provider gave the answer up: it is incomplete although the stream ended in order."""
    return finish_reason in _ENDED_BY_PROVIDER
