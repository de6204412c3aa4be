"""The Qwen models that the simulator offers, and how they differ in thinking and in stream shape."""

import msgspec

CONTEXT_TOKENS = 1_000_000
REQUESTS_PER_MINUTE = 600
TOKENS_PER_MINUTE = 1_000_000
"""Of every model here; what a real account may use differs by model."""


class QwenModel(msgspec.Struct, frozen=True):
    """One model (Model Studio pages `models` and `deep-thinking`, read October 2026; shapes as recorded)."""

    name: str
    modern: bool
    """Writes `finish_reason`, `logprobs` and `system_fingerprint` in every chunk."""
    thinks: bool
    """Thinks unless told otherwise."""
    thinks_unstreamed: bool
    """May think without a stream."""
    schema: bool = False
    """Takes `response_format` json_schema."""
    reads_effort: bool = False
    """`reasoning_effort: none` switches thinking off."""
    preserves: bool = False
    """Counts the reasoning of earlier turns unless told otherwise."""


_MODELS = (
    QwenModel("qwen-turbo", modern=False, thinks=False, thinks_unstreamed=False),
    QwenModel("qwen-plus", modern=False, thinks=False, thinks_unstreamed=False),
    QwenModel("qwen-flash", modern=False, thinks=False, thinks_unstreamed=False),
    QwenModel("qwen-max", modern=False, thinks=False, thinks_unstreamed=False),
    QwenModel("qwen3-max", modern=True, thinks=False, thinks_unstreamed=True),
    QwenModel("qwen3.5-flash", modern=True, thinks=True, thinks_unstreamed=True),
    QwenModel("qwen3.6-plus", modern=True, thinks=True, thinks_unstreamed=True),
    QwenModel("qwen3.7-plus", modern=True, thinks=True, thinks_unstreamed=True, schema=True),
    QwenModel("qwen3.7-max", modern=True, thinks=True, thinks_unstreamed=True, schema=True),
    QwenModel("qwen3.8-flash", modern=True, thinks=True, thinks_unstreamed=True, reads_effort=True),
    QwenModel(
        "qwen3.8-max", modern=True, thinks=True, thinks_unstreamed=True, schema=True, reads_effort=True, preserves=True
    ),
)

MODELS = {model.name: model for model in _MODELS}


def listed() -> dict[str, object]:
    """The body of `GET /models`."""
    rows = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "system"} for name in MODELS]
    return {"object": "list", "data": rows}


def quotas(page: int, page_size: int, request_id: str) -> dict[str, object]:
    """The body of `GET /api/v1/quotas`: one page of rate limits (page `list-quotas`, last changed 2026-09-28)."""
    names = list(MODELS)[(page - 1) * page_size : page * page_size]
    rows = [
        {
            "model": name,
            "workspace_id": "ws-sim",
            "model_limit": {
                "request_limit": REQUESTS_PER_MINUTE,
                "request_limit_period": 60,
                "usage_limit": TOKENS_PER_MINUTE,
                "usage_limit_field": "total_tokens",
                "usage_limit_period": 60,
                "async_user_queue_limit": None,
                "async_user_concurrency_limit": None,
            },
            "workspace_limit": None,
        }
        for name in names
    ]
    output = {"total": len(MODELS), "page_no": page, "page_size": page_size, "quotas": rows}
    return {"request_id": request_id, "output": output}
