"""Questions to the ledger: pages of entries by filter, newest first, and what they add up to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, literal, select
from sqlalchemy.exc import DBAPIError

from routeproof.errors import StoreError
from routeproof.ids import exchange_id_floor
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.store.connecting import open_current
from routeproof.store.engine import open_engine
from routeproof.store.schema import attempts, exchanges

PAGE_MAX: Final = 10_000
"""Entries in one page."""
_HALF_BITS: Final = 32

_EXCHANGE_COLUMNS: Final = [exchanges.c[name] for name in ExchangeRow.__struct_fields__]
_ATTEMPT_COLUMNS: Final = [attempts.c[name] for name in AttemptRow.__struct_fields__]


class LedgerFilter(msgspec.Struct, frozen=True):
    """Which exchanges; what is None does not matter. Instants are nanoseconds since the epoch, cut to milliseconds."""

    since_ns: int | None = None
    until_ns: int | None = None
    """Exclusive."""
    key_id: str | None = None
    owner: str | None = None
    account: str | None = None
    model: str | None = None
    """As the client asked for it."""
    route: str | None = None
    """One that any attempt was on."""
    outcome: str | None = None
    status: int | None = None
    stream: bool | None = None
    cost_note: str | None = None
    """A word of the note of any attempt."""


class LedgerPage(msgspec.Struct, frozen=True):
    """Some entries, the newest first."""

    entries: list[Entry]
    next_before_id: int | None
    """Ask for entries before this id to go on; None where there are no more."""


class LedgerTotals(msgspec.Struct, frozen=True):
    """What all entries that a filter lets through add up to."""

    exchanges: int
    cost_nanousd: int
    """Of those whose cost is known."""
    unknown_cost: int
    """How many have a cost that is not known."""
    cost_bound_nanousd: int
    """The upper bounds of those, where one is known."""


class LedgerReader:
    """Reads the ledger while others write it: each call sees one state of it."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where there is no database, or its schema is not this version's."""
        with open_current(path, read_only=True):
            pass
        self._path = path
        self._engine = open_engine(path, "BEGIN")

    def page(self, wanted: LedgerFilter, limit: int, before_id: int | None = None) -> LedgerPage:
        """Up to `limit` entries (1 to PAGE_MAX) older than `before_id`. Raises StoreError, ValueError for the limit."""
        if not 1 <= limit <= PAGE_MAX:
            raise ValueError(f"a page holds 1 to {PAGE_MAX} entries, not {limit}")
        query = page_query(wanted, before_id).limit(limit + 1)
        with self._reading() as connection:
            rows = [msgspec.convert(tuple(row), ExchangeRow) for row in connection.execute(query)]
            more, rows = len(rows) > limit, rows[:limit]
            entries = _with_attempts(connection, rows)
        return LedgerPage(entries, rows[-1].id if more else None)

    def totals(self, wanted: LedgerFilter) -> LedgerTotals:
        """Sums over everything the filter lets through. Raises StoreError."""
        cost, bound = exchanges.c.cost_nanousd, exchanges.c.cost_bound_nanousd
        query = (
            select(
                func.count(),
                func.coalesce(func.sum(_upper(cost)), 0),
                func.coalesce(func.sum(_lower(cost)), 0),
                func.count().filter(cost.is_(None)),
                func.coalesce(func.sum(_upper(bound)), 0),
                func.coalesce(func.sum(_lower(bound)), 0),
            )
            .select_from(exchanges)
            .where(*conditions_of(wanted))
        )
        with self._reading() as connection:
            count, cost_upper, cost_lower, unknown, bound_upper, bound_lower = connection.execute(query).one()
        known = (cost_upper << _HALF_BITS) + cost_lower
        return LedgerTotals(count, known, unknown, (bound_upper << _HALF_BITS) + bound_lower)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(
                f"the database {self._path} can't be read ({error.orig}); `routeproof doctor` looks into it"
            ) from error


# Summed by halves: SQLite's own sum fails beyond 64 bits, which two bounds of what clients allowed can reach.
def _upper(amount: ColumnElement[int]) -> ColumnElement[int]:
    return amount.bitwise_rshift(_HALF_BITS)


def _lower(amount: ColumnElement[int]) -> ColumnElement[int]:
    return amount.bitwise_and((1 << _HALF_BITS) - 1)


def page_query(wanted: LedgerFilter, before_id: int | None) -> Select[tuple[object, ...]]:
    """The exchanges that a filter lets through, older than `before_id`, the newest first."""
    query = select(*_EXCHANGE_COLUMNS).where(*conditions_of(wanted)).order_by(exchanges.c.id.desc())
    return query if before_id is None else query.where(exchanges.c.id < before_id)


def conditions_of(wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    """What a row of `exchanges` must meet to be let through."""
    conditions: list[ColumnElement[bool]] = []
    # Ids sort by time, so a range of time is a range of the primary key.
    if wanted.since_ns is not None:
        conditions.append(exchanges.c.id >= exchange_id_floor(wanted.since_ns))
    if wanted.until_ns is not None:
        conditions.append(exchanges.c.id < exchange_id_floor(wanted.until_ns))
    if wanted.route is not None:
        on_route = select(attempts.c.exchange_id).where(
            attempts.c.exchange_id == exchanges.c.id, attempts.c.route == wanted.route
        )
        conditions.append(on_route.exists())
    if wanted.cost_note is not None:
        words = literal(",").concat(attempts.c.cost_note).concat(",")
        noted = select(attempts.c.exchange_id).where(
            attempts.c.exchange_id == exchanges.c.id, words.contains(f",{wanted.cost_note},", autoescape=True)
        )
        conditions.append(noted.exists())
    for column, value in (
        (exchanges.c.key_id, wanted.key_id),
        (exchanges.c.key_owner, wanted.owner),
        (exchanges.c.account, wanted.account),
        (exchanges.c.model_asked, wanted.model),
        (exchanges.c.outcome, wanted.outcome),
        (exchanges.c.status, wanted.status),
        (exchanges.c.stream, None if wanted.stream is None else int(wanted.stream)),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions


def _with_attempts(connection: Connection, rows: Sequence[ExchangeRow]) -> list[Entry]:
    entries = {row.id: Entry(row, []) for row in rows}
    query = (
        select(*_ATTEMPT_COLUMNS)
        .where(attempts.c.exchange_id.in_(list(entries)))
        .order_by(attempts.c.exchange_id, attempts.c.ordinal)
    )
    for row in connection.execute(query):
        attempt = msgspec.convert(tuple(row), AttemptRow)
        entries[attempt.exchange_id].attempts.append(attempt)
    return list(entries.values())
