"""Another gateway of the one-api and new-api family as provider (https://github.com/QuantumNous/new-api)."""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from routeproof.dialects.base import ControlPolicy, Fields, UsageReading
from routeproof.dialects.error_reading import client_error_body
from routeproof.dialects.error_rules import COMMON_CODES, CodeRules, classify_error
from routeproof.dialects.outgoing import SHARED_CHANGES, outgoing_fields
from routeproof.dialects.thinking import any_family_thinks
from routeproof.dialects.usage_reading import read_chat_usage
from routeproof.errors import UpstreamKind

_CODES: Final[CodeRules] = {
    **COMMON_CODES,
    # Its account or token of ours is spent (HTTP 403, also seen with 401 and 429).
    "insufficient_user_quota": UpstreamKind.BILLING,
    "pre_consume_token_quota_failed": UpstreamKind.BILLING,
    "sensitive_words_detected": UpstreamKind.CONTENT_POLICY,
    "prompt_blocked": UpstreamKind.CONTENT_POLICY,
    # Faults between it and its own provider, whatever status they come with: our key is not the one at fault.
    "get_channel_failed": UpstreamKind.BUSY,
    "channel:no_available_key": UpstreamKind.BUSY,
    "channel:invalid_key": UpstreamKind.SERVER_ERROR,
    "channel:param_override_invalid": UpstreamKind.SERVER_ERROR,
    "channel:header_override_invalid": UpstreamKind.SERVER_ERROR,
    "channel:model_mapped_error": UpstreamKind.SERVER_ERROR,
    "channel:aws_client_error": UpstreamKind.SERVER_ERROR,
    "channel:response_time_exceeded": UpstreamKind.TIMEOUT_STATUS,
    "do_request_failed": UpstreamKind.SERVER_ERROR,
    "read_response_body_failed": UpstreamKind.SERVER_ERROR,
    "bad_response_body": UpstreamKind.SERVER_ERROR,
    "empty_response": UpstreamKind.SERVER_ERROR,
}


class NewApi:
    """OpenAI's shapes with any family behind them, and errors of its own beside those it hands on."""

    name: ClassVar[str] = "newapi"
    request_id_headers: ClassVar[tuple[bytes, ...]] = (b"x-oneapi-request-id", b"x-request-id")
    max_tokens_covers_thinking: ClassVar[bool] = False  # it may stand before any family
    declared_changes: ClassVar[tuple[str, ...]] = SHARED_CHANGES

    def base_url(self, region: str | None, workspace: str | None) -> str:
        """Raises ValueError always: every such gateway has an address of its own."""
        del region, workspace
        raise ValueError("newapi has no default address: set `base_url` to the gateway's, up to /v1")

    def prepare(self, fields: Fields, model_json: msgspec.Raw, *, stream: bool, policy: ControlPolicy) -> Fields:
        """The model replaced and usage asked for, all else as the client wrote it."""
        del policy  # which family answers is the other gateway's choice
        return outgoing_fields(fields, model_json, stream=stream)

    def thinking(self, fields: Mapping[str, msgspec.Raw], model: str) -> bool:
        """By the controls of the family that the model's name shows."""
        return any_family_thinks(fields, model)

    def read_usage(self, raw: bytes | msgspec.Raw) -> UsageReading:
        """As OpenAI's."""
        return read_chat_usage(raw)

    def classify(self, status: int, content_type: str, body: bytes) -> UpstreamKind:
        """Its own codes, and those of the providers behind it, which it hands on."""
        return classify_error(status, content_type, body, _CODES)

    def error_body_for_client(self, body: bytes) -> bytes | None:
        """The JSON object, whoever wrote it."""
        return client_error_body(body)
