"""What an exchange leaves in the ledger: one row for itself and one for each attempt."""

from enum import StrEnum
from typing import Final

import msgspec


class Outcome(StrEnum):
    """How an exchange or an attempt ended."""

    OK = "ok"
    CLIENT_ERROR = "client_error"
    """Refused by us or by the provider for what the client sent."""
    UPSTREAM_ERROR = "upstream_error"
    GATEWAY_ERROR = "gateway_error"
    CANCELLED = "cancelled"
    """The client left before the end."""
    TRUNCATED = "truncated"
    """The answer broke off after its first byte."""
    INTERRUPTED = "interrupted"
    """The gateway died with the exchange in flight; written by the flight recorder's recovery."""


# As they stand in rows; an enum's `value` is a slow look-up that the hot path can do without.
OK: Final = Outcome.OK.value
TRUNCATED: Final = Outcome.TRUNCATED.value
CANCELLED: Final = Outcome.CANCELLED.value


class ExchangeRow(msgspec.Struct, array_like=True, gc=False):
    """One client request. Field order is column order; None is 'not known' or 'did not happen', never zero."""

    id: int
    started_ns: int
    duration_us: int | None
    first_byte_us: int | None
    """From start to the first byte of the answer handed to the client."""
    key_id: str | None
    key_owner: str | None
    account: str | None
    model_asked: str | None
    rollback_model: str | None
    stream: int
    status: int | None
    """HTTP status sent to the client."""
    outcome: str
    error_code: str | None
    attempts: int
    cost_nanousd: int | None
    """Sum over the attempts; None where one of them is unknown."""
    cost_bound_nanousd: int | None
    """An upper bound where the cost is unknown; None where no bound is known."""
    request_bytes: int
    response_bytes: int | None
    """None where the process died with the exchange in flight."""


class AttemptRow(msgspec.Struct, array_like=True, gc=False):
    """One try of an exchange on one route. Field order is column order."""

    exchange_id: int
    ordinal: int
    """From 1."""
    route: str
    started_us: int | None
    """From the exchange's start; None for a later attempt of an exchange whose process died."""
    duration_us: int | None
    first_byte_us: int | None
    """From the exchange's start to the provider's first body byte."""
    status: int | None
    outcome: str
    error_code: str | None
    model_answered: str | None
    upstream_request_id: str | None
    finish_reason: str | None
    thinking: int
    input_tokens: int | None
    output_tokens: int | None
    cache_hit_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    explicit_cache: int
    provenance: str
    usage_raw: str | None
    """The provider's usage object as sent, up to 2 KiB."""
    cost_nanousd: int | None
    cost_note: str | None
    """Why the cost is unknown, or what to know about it (`straddles_window`, `holiday_unknown`, ...)."""
    facts_digest: str | None


class Entry(msgspec.Struct, array_like=True, gc=False):
    """An exchange with its attempts: what is recorded, queued and committed as one."""

    exchange: ExchangeRow
    attempts: list[AttemptRow]


PackedEntry = bytes
"""An entry in MessagePack, as it is recorded and queued: objects that wait for a commit grow cold, bytes do not."""

unpack_entry: Final = msgspec.msgpack.Decoder(Entry).decode


class OpenExchange(msgspec.Struct, array_like=True, gc=False):
    """What is known before dispatch: enough to write an `interrupted` row with an upper bound of the cost."""

    id: int
    started_ns: int
    key_id: str
    key_owner: str
    account: str
    model_asked: str
    rollback_model: str | None
    stream: int
    request_bytes: int
    max_output_tokens: int | None
    """What the request allows, times its `n`; None where it names no limit."""
    routes: list[str]
    """Routes tried so far, the last one being in flight."""
