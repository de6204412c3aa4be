"""Reads what the ledger's costs follow from, the oldest first, in bounded memory: a million rows in some seconds.

Rows stay the driver's tuples: a struct for each would take longer than pricing it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Final, cast

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.exc import DBAPIError

from routeproof.errors import StoreError
from routeproof.store.connecting import open_current, store_errors
from routeproof.store.engine import open_engine
from routeproof.store.reading import LedgerFilter, conditions_of
from routeproof.store.schema import attempts, exchanges, fact_sets

EXCHANGES_PER_BATCH: Final = 5_000
_ROWS_PER_FETCH: Final = 5_000
_PLACE: Final = itemgetter(0, 1)

PricedExchange = tuple[int, int, int | None, int, int | None]
"""id, started_ns, duration_us, attempts, cost_nanousd"""

PricedAttempt = tuple[
    int,
    int,
    str,
    int | None,
    int | None,
    int | None,
    str | None,
    int,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    int,
    str,
    str | None,
    int | None,
    str | None,
    str | None,
]
"""exchange_id, ordinal, route, started_us, duration_us, status, model_answered, thinking, input_tokens, output_tokens,
cache_hit_tokens, cache_write_tokens, reasoning_tokens, explicit_cache, provenance, usage_raw, cost_nanousd, cost_note,
facts_digest"""

_EXCHANGE_COLUMNS: Final = [
    exchanges.c[name] for name in ("id", "started_ns", "duration_us", "attempts", "cost_nanousd")
]
_ATTEMPT_COLUMNS: Final = [
    attempts.c[name]
    for name in (
        "exchange_id",
        "ordinal",
        "route",
        "started_us",
        "duration_us",
        "status",
        "model_answered",
        "thinking",
        "input_tokens",
        "output_tokens",
        "cache_hit_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
        "explicit_cache",
        "provenance",
        "usage_raw",
        "cost_nanousd",
        "cost_note",
        "facts_digest",
    )
]


class PricedBatch(msgspec.Struct, frozen=True):
    """Some exchanges, the oldest first, and all of their attempts."""

    exchanges: Sequence[PricedExchange]
    attempts: Sequence[PricedAttempt]
    """By exchange and ordinal, as the exchanges stand; of no other exchange."""


class RepricingReader:
    """Reads while others write: each batch is a state of the ledger of its own, so that no journal piles up."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where there is no database, or its schema is not this version's."""
        with open_current(path, read_only=True):
            pass
        self._path = path
        self._engine = open_engine(path, "BEGIN")

    def count(self, wanted: LedgerFilter) -> int:
        """How many exchanges the filter lets through. Raises StoreError."""
        query = select(func.count()).select_from(exchanges).where(*conditions_of(wanted))
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def fact_sets(self) -> dict[str, str]:
        """The facts behind prices, as canonical JSON by digest. Raises StoreError."""
        with self._reading() as connection:
            return {row.digest: row.facts for row in connection.execute(select(fact_sets.c.digest, fact_sets.c.facts))}

    def batches(self, wanted: LedgerFilter) -> Iterator[PricedBatch]:
        """Everything that the filter lets through. Raises StoreError."""
        conditions = conditions_of(wanted)
        after_id = -1
        while True:
            with self._reading() as connection:
                batch = _batch(connection, [*conditions, exchanges.c.id > after_id])
            if not batch.exchanges:
                return
            yield batch
            after_id = batch.exchanges[-1][0]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with store_errors(self._path), self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(
                f"the database {self._path} can't be read ({error.orig}); `routeproof doctor` looks into it"
            ) from error


def _batch(connection: Connection, conditions: list[ColumnElement[bool]]) -> PricedBatch:
    query = select(*_EXCHANGE_COLUMNS).where(*conditions).order_by(exchanges.c.id).limit(EXCHANGES_PER_BATCH)
    found = cast("list[PricedExchange]", list(_rows(connection, query)))
    if not found:
        return PricedBatch(found, [])
    # A range of ids, since a list of them is slow; between those that are wanted there may be any number of others.
    known = {row[0] for row in found}
    between = select(*_ATTEMPT_COLUMNS).where(attempts.c.exchange_id.between(found[0][0], found[-1][0]))
    theirs = cast("list[PricedAttempt]", [row for row in _rows(connection, between) if row[0] in known])
    theirs.sort(key=_PLACE)
    return PricedBatch(found, theirs)


def _rows(connection: Connection, query: Select[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    cursor = connection.execute(query).cursor
    assert cursor is not None
    while rows := cursor.fetchmany(_ROWS_PER_FETCH):
        yield from rows
