"""OpenAI's own API, and every server that speaks it without differences that matter here."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from routeproof.dialects.addresses import OPENAI_BASE_URL, fixed_base_url
from routeproof.dialects.base import ControlPolicy, Fields, UsageReading
from routeproof.dialects.error_reading import client_error_body
from routeproof.dialects.error_rules import classify_error
from routeproof.dialects.outgoing import SHARED_CHANGES, outgoing_fields
from routeproof.dialects.thinking import any_family_thinks
from routeproof.dialects.usage_reading import read_chat_usage
from routeproof.errors import UpstreamKind


class OpenAI:
    """Passes every control through: a server that speaks this dialect may be of any family."""

    name: ClassVar[str] = "openai"
    request_id_headers: ClassVar[tuple[bytes, ...]] = (b"x-request-id",)
    max_tokens_covers_thinking: ClassVar[bool] = True
    declared_changes: ClassVar[tuple[str, ...]] = SHARED_CHANGES

    def base_url(self, region: str | None, workspace: str | None) -> str:
        """OpenAI's address; another server's is set as `base_url`."""
        return fixed_base_url(self.name, OPENAI_BASE_URL, region, workspace)

    def prepare(self, fields: Fields, model_json: msgspec.Raw, *, stream: bool, policy: ControlPolicy) -> Fields:
        """The model replaced and usage asked for, all else as the client wrote it."""
        del policy  # nothing is foreign to a server of any family
        return outgoing_fields(fields, model_json, stream=stream)

    def thinking(self, fields: Mapping[str, msgspec.Raw], model: str) -> bool:
        """By the controls of the family that the model's name shows."""
        return any_family_thinks(fields, model)

    def read_usage(self, raw: bytes | msgspec.Raw) -> UsageReading:
        """`cached_tokens` and `reasoning_tokens` as parts of their wholes."""
        return read_chat_usage(raw)

    def classify(self, status: int, content_type: str, body: bytes) -> UpstreamKind:
        """A 429 with `insufficient_quota` is a matter of billing, not of rate."""
        return classify_error(status, content_type, body)

    def error_body_for_client(self, body: bytes) -> bytes | None:
        """The provider's own JSON object, if there is one."""
        return client_error_body(body)
