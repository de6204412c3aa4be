"""One attempt as it stands: which route, what has come of its answer, and the row it will leave."""

from typing import TYPE_CHECKING, Final

from routeproof.ledger.entries import AttemptRow
from routeproof.wire.chat_stream import ChatStream

if TYPE_CHECKING:
    from routeproof.gateway.note_wait import NoteWait
    from routeproof.gateway.routes import Route
    from routeproof.gateway.settlement import Bill
    from routeproof.net.pool import Waiter
    from routeproof.net.upstream import UpstreamConnection

REQUEST_ID_CUT: Final = 128
USAGE_RAW_MAX: Final = 2048
_ROW: Final = AttemptRow
"""A Final of this module: compiled, an imported class is looked up by name each time."""


class Attempt:
    """Plain state, changed by the relay only."""

    __slots__ = (
        "alive",
        "connection",
        "deadlines_from_s",
        "fields",
        "finish_reason",
        "first_byte_s",
        "last_data_s",
        "model",
        "ordinal",
        "request",
        "route",
        "stale_retried",
        "started_s",
        "status",
        "stream",
        "thinking",
        "upstream_id",
        "usage_raw",
        "waiter",
    )

    def __init__(
        self,
        ordinal: int,
        route: "Route",
        request: bytes,
        *,
        thinking: bool,
        started_s: float,
        deadlines_from_s: float,
    ) -> None:
        self.ordinal = ordinal
        self.route = route
        self.request = request
        self.thinking = thinking
        """The request asks for thinking, explicitly or by the model's default."""
        self.started_s = started_s
        """By the clock that measures durations."""
        self.deadlines_from_s = deadlines_from_s
        """By the loop's time, as is `last_data_s`: what the deadlines are judged by."""
        self.last_data_s = deadlines_from_s
        self.alive = False
        """Something came since the last look at the deadlines."""
        self.first_byte_s = 0.0
        """When the provider's first body byte came; 0 before."""
        self.connection: UpstreamConnection | None = None
        self.waiter: Waiter | NoteWait | None = None
        """What it waits for before its request is sent."""
        self.stale_retried = False
        self.status: int | None = None
        self.fields: dict[bytes, bytes] = {}
        self.upstream_id: bytes | None = None
        """The provider's own request id, from the first of its header fields that holds one."""
        self.stream: ChatStream | None = None
        self.model: str | None = None
        self.finish_reason: str | None = None
        self.usage_raw: bytes | None = None

    def release(self) -> None:
        """Let go of the provider: withdraw from a queue, or destroy a connection that is in use."""
        if self.waiter is not None:
            self.waiter.cancel()
            self.waiter = None
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.abandon()

    def take_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        """The answer's head has come."""
        self.status = status
        self.fields = fields
        self.alive = True
        for name in self.route.request_id_headers:
            value = fields.get(name)
            if value:
                self.upstream_id = value[:REQUEST_ID_CUT]
                return

    @property
    def content_type(self) -> bytes:
        """As the provider gave it; JSON where it gave none."""
        return self.fields.get(b"content-type", b"application/json")

    def finish_reading(self) -> None:
        """Take over what a stream has shown by now."""
        stream = self.stream
        if stream is not None:
            self.model, self.finish_reason = stream.model, stream.finish_reason
            self.usage_raw = stream.usage_raw

    def row(
        self,
        exchange_id: int,
        exchange_started_s: float,
        now_s: float,
        outcome: str,
        error_code: str | None,
        bill: "Bill",
    ) -> AttemptRow:
        """The row of this attempt, now that it is over."""
        upstream_id = self.upstream_id
        raw = self.usage_raw
        first_s = self.first_byte_s
        return _ROW(
            exchange_id,
            self.ordinal,
            self.route.name,
            int((self.started_s - exchange_started_s) * 1e6),
            int((now_s - self.started_s) * 1e6),
            int((first_s - exchange_started_s) * 1e6) if first_s else None,
            self.status,
            outcome,
            error_code,
            self.model,
            upstream_id.decode("latin-1") if upstream_id is not None else None,
            self.finish_reason,
            int(bill.thinking),
            bill.input_tokens,
            bill.output_tokens,
            bill.cache_hit_tokens,
            bill.cache_write_tokens,
            bill.reasoning_tokens,
            int(bill.explicit_cache),
            bill.provenance,
            raw[:USAGE_RAW_MAX].decode("utf-8", "replace") if raw is not None else None,
            bill.cost_nanousd,
            bill.cost_note,
            bill.facts_digest,
        )
