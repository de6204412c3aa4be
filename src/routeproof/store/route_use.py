"""Asks the ledger what each route was used for: how often, by how many keys, with what, and whether it answered."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Select, func, select

from routeproof.ids import exchange_id_floor
from routeproof.ledger.entries import Outcome
from routeproof.store.reading import LedgerReader
from routeproof.store.schema import attempts, exchanges

_TOOL_CALLS: Final = "tool_calls"
"""The finish reason of an answer that calls a tool."""


class Times(msgspec.Struct, frozen=True, array_like=True):
    """How often something was seen, and the exchange that it was last seen in."""

    count: int
    last_id: int | None
    """None where it was never seen."""


class RouteUse(msgspec.Struct, frozen=True, array_like=True):
    """What was sent on one route for one name that clients may send. All but `tried` is of attempts that went well."""

    route: str
    model_asked: str | None
    keys: int
    tried: Times
    answered: Times
    streamed: Times
    tool_calls: Times
    """Answers that call a tool; requests that only offer tools are not told apart in the rows."""
    thinking: Times
    long_context: Times


class LedgerUse(msgspec.Struct, frozen=True):
    """What a period of the ledger adds up to."""

    exchanges: int
    """Refused ones too."""
    routes: tuple[RouteUse, ...]


class RouteUseReader(LedgerReader):
    """Sums up while the ledger is written: each call sees one state of it."""

    def use(self, since_ns: int, at_ns: int, long_context_tokens: int) -> LedgerUse:
        """Everything that began in a period; both instants are in it. Raises StoreError.

        An input of at least `long_context_tokens` counts as long.
        """
        period = [
            exchanges.c.id >= exchange_id_floor(since_ns),
            exchanges.c.id < exchange_id_floor(at_ns + 1_000_000),
            exchanges.c.started_ns >= since_ns,
            exchanges.c.started_ns <= at_ns,
        ]
        with self._reading() as connection:
            count = connection.execute(select(func.count()).select_from(exchanges).where(*period)).scalar_one()
            rows = connection.execute(_by_route(period, long_context_tokens)).all()
        return LedgerUse(count, tuple(_use(tuple(row)) for row in rows))


def _by_route(period: list[ColumnElement[bool]], long_context_tokens: int) -> Select[tuple[object, ...]]:
    answered = attempts.c.outcome == Outcome.OK.value
    kinds = (
        answered,
        answered & (exchanges.c.stream == 1),
        answered & (attempts.c.finish_reason == _TOOL_CALLS),
        answered & (attempts.c.thinking == 1),
        answered & (attempts.c.input_tokens >= long_context_tokens),
    )
    ids = exchanges.c.id
    counted = [column for kind in kinds for column in (func.count().filter(kind), func.max(ids).filter(kind))]
    return (
        select(
            attempts.c.route,
            exchanges.c.model_asked,
            func.count(exchanges.c.key_id.distinct()),
            func.count(),
            func.max(ids),
            *counted,
        )
        .join_from(exchanges, attempts, attempts.c.exchange_id == ids)
        .where(*period)
        .group_by(attempts.c.route, exchanges.c.model_asked)
        .order_by(attempts.c.route, exchanges.c.model_asked)
    )


def _use(row: Sequence[object]) -> RouteUse:
    """The numbers come in pairs: how often, and the last id."""
    pairs = zip(row[3::2], row[4::2], strict=True)
    return msgspec.convert((*row[:3], *pairs), RouteUse)
