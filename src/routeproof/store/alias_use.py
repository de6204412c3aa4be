"""Asks the ledger who sends a name: attempts on its route, and requests that were refused because it is retired."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal, select

from routeproof.errors import ModelRetired
from routeproof.ids import exchange_id_floor
from routeproof.store.reading import LedgerReader
from routeproof.store.schema import attempts, exchanges

_Conditions = list[ColumnElement[bool]]
_WHO: Final = (exchanges.c.model_asked, exchanges.c.key_id, exchanges.c.key_owner)
_HOW_MUCH: Final = (func.count(), func.max(exchanges.c.started_ns))


class NameUse(msgspec.Struct, frozen=True, array_like=True):
    """What one key has sent by one name that clients may send."""

    route: str | None
    """The route that was tried; None for requests that were refused before any was."""
    model_asked: str | None
    """As the client asked for it."""
    key_id: str | None
    key_owner: str | None
    exchanges: int
    last_started_ns: int


class AliasUseReader(LedgerReader):
    """Counts uses while the ledger is written: each call sees one state of it."""

    def uses(self, routes: Sequence[str], names: Sequence[str], since_ns: int, at_ns: int) -> list[NameUse]:
        """Everything sent on these routes or asked for by these names in a period, and every refusal in it.

        Both instants are in the period. One row for each route, name asked for and key, in no order. Raises StoreError.
        """
        period = [
            exchanges.c.id >= exchange_id_floor(since_ns),
            exchanges.c.started_ns >= since_ns,
            exchanges.c.started_ns <= at_ns,
        ]
        with self._reading() as connection:
            tried = connection.execute(_tried(routes, names, period)).all()
            refused = connection.execute(_refused(period)).all()
        return [msgspec.convert(tuple(row), NameUse) for row in (*tried, *refused)]


def _tried(
    routes: Sequence[str], names: Sequence[str], period: list[ColumnElement[bool]]
) -> Select[tuple[object, ...]]:
    return (
        select(attempts.c.route, *_WHO, *_HOW_MUCH)
        .join_from(exchanges, attempts, attempts.c.exchange_id == exchanges.c.id)
        .where(*period, attempts.c.route.in_(routes) | exchanges.c.model_asked.in_(names))
        .group_by(attempts.c.route, *_WHO)
    )


def _refused(period: _Conditions) -> Select[tuple[object, ...]]:
    """Refusals without an attempt: who had another route has one in the rows of its attempts."""
    return (
        select(literal(None), *_WHO, *_HOW_MUCH)
        .where(*period, exchanges.c.attempts == 0, exchanges.c.error_code == ModelRetired.code)
        .group_by(*_WHO)
    )
