"""What a dialect is: how a family of APIs differs from OpenAI's wire format, as pure functions over bytes."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import msgspec

from routeproof.errors import UpstreamKind
from routeproof.usage import Usage

Fields = dict[str, msgspec.Raw]
"""A request body by its top-level names; the values are the client's bytes."""


class UsageReading(msgspec.Struct, frozen=True):
    """A usage object as read: the counts, or why they can't be trusted."""

    usage: Usage | None
    anomaly: str | None = None
    """Stable word: `negative`, `part_exceeds_whole`, `total_mismatch`, `missing_count`, `not_an_integer`,
    `not_an_object`, `too_large`, `cache_mismatch` (hits + misses are not the prompt, or hit counts differ).
    """


class ControlPolicy(msgspec.Struct, frozen=True):
    """What the route's operator declared about controls of another dialect."""

    map_foreign_controls: bool = False
    """Map `enable_thinking` to `thinking` (DeepSeek) or the other way round (Qwen) instead of refusing it."""


class Dialect(Protocol):
    """A provider family. Implementations hold no state; every method is pure."""

    name: ClassVar[str]
    request_id_headers: ClassVar[tuple[bytes, ...]]
    """Lower-case response headers that may hold the provider's own request id, best first."""
    declared_changes: ClassVar[tuple[str, ...]]
    """Every change that `prepare` may make to a request, in words; shown in docs and evidence."""

    max_tokens_covers_thinking: ClassVar[bool]
    """`max_tokens` limits all that is written; False where it limits the answer and not the thinking before it."""

    def base_url(self, region: str | None, workspace: str | None) -> str:
        """The base URL without a trailing slash. Raises ValueError with the remedy where it isn't known."""
        ...

    def prepare(self, fields: Fields, model_json: msgspec.Raw, *, stream: bool, policy: ControlPolicy) -> Fields:
        """The fields to send upstream: the model replaced, what is declared changed, all else untouched.

        `model_json` is the upstream model id as JSON. Does not modify `fields`; may return a shallow copy.
        For a stream, `stream_options.include_usage` is set. Raises UnsupportedControl for a control that this
        family would silently ignore, unless the policy maps it.
        """
        ...

    def thinking(self, fields: Mapping[str, msgspec.Raw], model: str) -> bool:
        """Whether the request asks for thinking, explicitly or by the model's default; decides a price."""
        ...

    def read_usage(self, raw: bytes | msgspec.Raw) -> UsageReading:
        """Read a usage object."""
        ...

    def classify(self, status: int, content_type: str, body: bytes) -> UpstreamKind:
        """Name an error answer (status >= 400, or an error inside a 200) by status, code and message."""
        ...

    def error_body_for_client(self, body: bytes) -> bytes | None:
        """The provider's error body as a JSON object for clients: the very bytes where they are one already,

        unwrapped where the family wraps them (`data: {...}`), or None where there is no JSON object in it.
        """
        ...
