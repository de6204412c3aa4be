"""Rows for requests that were refused before anything was dispatched, bounded where nobody has authenticated."""

from routeproof.access.keys import KeyRecord
from routeproof.errors import Fault, RouteproofError, status_of
from routeproof.gateway.asked import Asked
from routeproof.gateway.hub import Hub
from routeproof.ids import ExchangeId
from routeproof.ledger.entries import Entry, ExchangeRow, Outcome

UNAUTHENTICATED_ROWS_PER_S = 50


class Rejections:
    """Writes a row for each refused request; strangers get a bounded number of rows a second, the rest is counted."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._second = 0
        self._left = UNAUTHENTICATED_ROWS_PER_S

    def record(
        self,
        error: RouteproofError,
        *,
        exchange_id: ExchangeId,
        started_ns: int,
        key: KeyRecord | None,
        asked: Asked | None,
        request_bytes: int,
        response_bytes: int,
    ) -> None:
        """Queue the row of one refused request."""
        hub = self._hub
        client_fault = error.fault is Fault.CLIENT
        outcome = Outcome.CLIENT_ERROR if client_fault else Outcome.GATEWAY_ERROR
        hub.counters[outcome] += 1
        if key is None and not self._stranger_has_room(started_ns):
            hub.counters["unauthenticated_rows_shed"] += 1
            return
        duration_us = (hub.wall_ns() - started_ns) // 1000
        row = ExchangeRow(
            exchange_id,
            started_ns,
            max(duration_us, 0),
            None,
            key.key_id if key is not None else None,
            key.owner if key is not None else None,
            key.account if key is not None else None,
            asked.model[:256] if asked is not None else None,
            None,
            int(asked.stream) if asked is not None else 0,
            status_of(error),
            outcome.value,
            error.code,
            0,
            0,
            None,
            request_bytes,
            response_bytes,
        )
        hub.writer.append_refusal(Entry(row, []))

    def _stranger_has_room(self, now_ns: int) -> bool:
        second = now_ns // 1_000_000_000
        if second != self._second:
            self._second, self._left = second, UNAUTHENTICATED_ROWS_PER_S
        self._left -= 1
        return self._left >= 0
