"""Alibaba Cloud Model Studio, compatible mode (https://www.alibabacloud.com/help/en/model-studio)."""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from routeproof.dialects.addresses import qwen_base_url
from routeproof.dialects.base import ControlPolicy, Fields, UsageReading
from routeproof.dialects.controls import map_thinking, refuse
from routeproof.dialects.error_reading import client_error_body
from routeproof.dialects.error_rules import COMMON_CODES, CodeRules, classify_error
from routeproof.dialects.outgoing import SHARED_CHANGES, outgoing_fields
from routeproof.dialects.thinking import qwen_thinks
from routeproof.dialects.usage_reading import read_chat_usage
from routeproof.errors import UpstreamKind

_CODES: Final[CodeRules] = {
    **COMMON_CODES,
    # Tokens per minute, or a spent quota: the code does not tell which, and the first passes within a minute.
    "insufficient_quota": UpstreamKind.RATE_LIMITED,
}


class Qwen:
    """One address a region, a default for thinking by model, an explicit cache with a price of its own."""

    name: ClassVar[str] = "qwen"
    request_id_headers: ClassVar[tuple[bytes, ...]] = (b"x-request-id",)
    max_tokens_covers_thinking: ClassVar[bool] = (
        False  # Model Studio, deep thinking: only max_completion_tokens counts both
    )
    declared_changes: ClassVar[tuple[str, ...]] = (
        *SHARED_CHANGES,
        "where the route maps foreign controls, `thinking` becomes the `enable_thinking` that means the same",
    )

    def base_url(self, region: str | None, workspace: str | None) -> str:
        """By region, or the workspace's own host in its region."""
        return qwen_base_url(region, workspace)

    def prepare(self, fields: Fields, model_json: msgspec.Raw, *, stream: bool, policy: ControlPolicy) -> Fields:
        """The model replaced, usage asked for, and DeepSeek's `thinking` refused or mapped."""
        outgoing = outgoing_fields(fields, model_json, stream=stream)
        if "thinking" in fields:
            if policy.map_foreign_controls:
                map_thinking(outgoing)
            else:
                refuse(outgoing, "thinking", "send enable_thinking: true or false")
        return outgoing

    def thinking(self, fields: Mapping[str, msgspec.Raw], model: str) -> bool:
        """By `enable_thinking`, then `reasoning_effort: "none"` where the model reads it, then the model."""
        return qwen_thinks(fields, model)

    def read_usage(self, raw: bytes | msgspec.Raw) -> UsageReading:
        """Hits and creations are parts of the prompt; `cache_type` tells which price they have."""
        return read_chat_usage(raw)

    def classify(self, status: int, content_type: str, body: bytes) -> UpstreamKind:
        """By code: texts may be Chinese, and an unpaid account answers 400."""
        return classify_error(status, content_type, body, _CODES)

    def error_body_for_client(self, body: bytes) -> bytes | None:
        """The JSON object, out of the `data:` line that a refused stream is answered with."""
        return client_error_body(body)
