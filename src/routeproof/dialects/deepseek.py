"""DeepSeek's API (https://api-docs.deepseek.com, read 2026-09 to 2026-11)."""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from routeproof.dialects.addresses import DEEPSEEK_BASE_URL, fixed_base_url
from routeproof.dialects.base import ControlPolicy, Fields, UsageReading
from routeproof.dialects.controls import map_enable_thinking, refuse
from routeproof.dialects.error_reading import client_error_body
from routeproof.dialects.error_rules import classify_error
from routeproof.dialects.outgoing import SHARED_CHANGES, outgoing_fields
from routeproof.dialects.thinking import deepseek_thinks
from routeproof.dialects.usage_reading import read_chat_usage
from routeproof.errors import UpstreamKind

_FOREIGN: Final = frozenset({"enable_thinking", "thinking_budget", "preserve_thinking"})
"""Qwen's controls, which DeepSeek takes and ignores."""


class DeepSeek:
    """Thinks by default, counts cache hits and misses apart, and answers 402 when the balance is spent."""

    name: ClassVar[str] = "deepseek"
    request_id_headers: ClassVar[tuple[bytes, ...]] = (b"x-ds-trace-id",)
    max_tokens_covers_thinking: ClassVar[bool] = True
    declared_changes: ClassVar[tuple[str, ...]] = (
        *SHARED_CHANGES,
        "where the route maps foreign controls, `enable_thinking` becomes the `thinking` that means the same",
    )

    def base_url(self, region: str | None, workspace: str | None) -> str:
        """The one address there is."""
        return fixed_base_url(self.name, DEEPSEEK_BASE_URL, region, workspace)

    def prepare(self, fields: Fields, model_json: msgspec.Raw, *, stream: bool, policy: ControlPolicy) -> Fields:
        """The model replaced, usage asked for, and Qwen's controls refused or mapped."""
        outgoing = outgoing_fields(fields, model_json, stream=stream)
        if not _FOREIGN.isdisjoint(fields):
            _settle_foreign_controls(outgoing, policy)
        return outgoing

    def thinking(self, fields: Mapping[str, msgspec.Raw], model: str) -> bool:
        """By `thinking`, then `reasoning_effort: "none"`, then the model."""
        return deepseek_thinks(fields, model)

    def read_usage(self, raw: bytes | msgspec.Raw) -> UsageReading:
        """Hits and misses must add up to the prompt; `cached_tokens` repeats the hits."""
        return read_chat_usage(raw)

    def classify(self, status: int, content_type: str, body: bytes) -> UpstreamKind:
        """By message and status: `code` is nearly always `invalid_request_error`."""
        return classify_error(status, content_type, body)

    def error_body_for_client(self, body: bytes) -> bytes | None:
        """The JSON object after any blank lines that kept the connection alive."""
        return client_error_body(body)


def _settle_foreign_controls(outgoing: Fields, policy: ControlPolicy) -> None:
    refuse(outgoing, "thinking_budget", "bound thinking by reasoning_effort or max_tokens")
    refuse(outgoing, "preserve_thinking", "leave it out, and send reasoning_content back in the messages")
    if policy.map_foreign_controls:
        map_enable_thinking(outgoing)
    else:
        refuse(outgoing, "enable_thinking", 'send thinking: {"type": "enabled"} or {"type": "disabled"}')
