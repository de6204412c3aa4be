"""The Qwen models that the simulator offers, and how they differ in thinking and in stream shape."""

import msgspec

CONTEXT_TOKENS = 1_000_000


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
    QwenModel("qwen3.8-flash", modern=True, thinks=True, thinks_unstreamed=True),
    QwenModel("qwen3.8-max", modern=True, thinks=True, thinks_unstreamed=True, schema=True),
)

MODELS = {model.name: model for model in _MODELS}


def listed() -> dict[str, object]:
    """The body of `GET /models`."""
    rows = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "system"} for name in MODELS]
    return {"object": "list", "data": rows}
