"""What a start does first: turns what an earlier process left in flight into rows, once and only once."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from routeproof.catalog.pricing.fact_sets import FactSet
from routeproof.clock import format_instant
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, OpenExchange, Outcome
from routeproof.store.connecting import check_revision, connect, store_errors
from routeproof.store.driver import driver
from routeproof.store.fact_sets import has_fact_set, insert_fact_sets
from routeproof.store.fitting import has_every_route, make_storable
from routeproof.store.recorder import clear, recover
from routeproof.store.rows import insert_entries
from routeproof.usage import Provenance

_log = logging.getLogger("routeproof.store.recovery")

INTERRUPTED_NOTE: Final = "interrupted"
"""The cost note of attempts whose usage died with the process."""

LAST_RECOVERY: Final = "last_recovery"
"""Its name in the table `meta`."""

_IDS_PER_LOOK_UP: Final = 1_000
_SET_META: Final = (
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)

Bound = Callable[[OpenExchange], int | None]
"""The most that an exchange can have cost, in nanodollars; None where no bound is known."""

FactsBehind = Callable[[AttemptRow, int], FactSet | None]
"""The facts that an attempt's digest stands for, of an exchange that started then; None where nobody has them now."""


def nothing_behind(_row: AttemptRow, _started_ns: int) -> FactSet | None:
    """Where there are no facts."""
    return None


class Recovery(msgspec.Struct, frozen=True):
    """What a start found and wrote; kept in the database for `routeproof doctor`."""

    at: str
    """RFC 3339, UTC."""
    finished: int
    """Exchanges that had ended: written exactly as they were."""
    interrupted: int
    """Exchanges in flight: written with an upper bound of their cost."""
    already_committed: int
    damaged: int


def recover_exchanges(
    database: Path, recorder: Path, bound: Bound, now_ns: int, facts_behind: FactsBehind = nothing_behind
) -> Recovery | None:
    """Write what one flight recorder holds and free its slots; None where it holds nothing.

    The process may have died before it wrote the facts that rows were priced with: `facts_behind` finds them again.

    Safe to run again after a crash at any point: rows come first, in one transaction that is synced to disk, and
    exchanges that are in the ledger already are left as they are. Hold the data directory's lock. Raises StoreError.
    """
    found = recover(recorder)
    entries = found.finished + [_interrupted(opened, bound) for opened in found.open]
    if not entries and not found.damaged:
        return None
    connection = connect(database, durability="power")
    try:
        with store_errors(database):
            check_revision(connection, database)
            connection.execute("BEGIN IMMEDIATE")
            known = _known(connection, [entry.exchange.id for entry in entries])
            recovery = Recovery(
                format_instant(now_ns),
                finished=sum(entry.exchange.id not in known for entry in found.finished),
                interrupted=sum(opened.id not in known for opened in found.open),
                already_committed=len(known),
                damaged=found.damaged,
            )
            fresh = [entry for entry in entries if entry.exchange.id not in known]
            for entry in fresh:
                make_storable(entry)  # a note holds numbers that no column does, and a bound knows no limit
            _pin_facts(connection, fresh, facts_behind)
            insert_entries(connection, fresh)
            connection.execute(_SET_META, (LAST_RECOVERY, msgspec.json.encode(recovery).decode()))
            connection.execute("COMMIT")
    finally:
        connection.close()
    clear(recorder)
    _log.warning("recovered after an unclean stop: %s", msgspec.json.encode(recovery).decode())
    return recovery


def recover_all(
    database: Path,
    recorders: Iterable[Path],
    bound: Bound,
    now_ns: int,
    facts_behind: FactsBehind = nothing_behind,
) -> list[Recovery]:
    """`recover_exchanges` for each of the files."""
    done = (recover_exchanges(database, recorder, bound, now_ns, facts_behind) for recorder in recorders)
    return [recovery for recovery in done if recovery is not None]


def _interrupted(opened: OpenExchange, bound: Bound) -> Entry:
    # What a route may have cost that the note had no room for is in no bound.
    return interrupted_entry(opened, bound(opened) if has_every_route(opened) else None)


def interrupted_entry(opened: OpenExchange, cost_bound_nanousd: int | None) -> Entry:
    """The rows of an exchange that was in flight when its process died."""
    last = len(opened.routes)
    whole = has_every_route(opened)
    attempts = [
        _interrupted_attempt(opened.id, ordinal, route, first=whole and ordinal == 1, in_flight=ordinal == last)
        for ordinal, route in enumerate(opened.routes, 1)
    ]
    exchange = ExchangeRow(
        opened.id,
        opened.started_ns,
        None,
        None,
        opened.key_id,
        opened.key_owner,
        opened.account,
        opened.model_asked,
        opened.rollback_model,
        opened.stream,
        None,
        Outcome.INTERRUPTED,
        None,
        len(attempts),
        None,
        cost_bound_nanousd,
        opened.request_bytes,
        None,
    )
    return Entry(exchange, attempts)


def _interrupted_attempt(exchange_id: int, ordinal: int, route: str, *, first: bool, in_flight: bool) -> AttemptRow:
    return AttemptRow(
        exchange_id,
        ordinal,
        route,
        # The first attempt starts when its exchange does, by definition; when a later one did died with the process.
        0 if first else None,
        None,
        None,
        None,
        # Another route is tried only after the one before has failed.
        Outcome.INTERRUPTED if in_flight else Outcome.UPSTREAM_ERROR,
        None,
        None,
        None,
        None,
        0,
        None,
        None,
        None,
        None,
        None,
        0,
        Provenance.UNKNOWN,
        None,
        None,
        INTERRUPTED_NOTE,
        None,
    )


def _pin_facts(connection: driver.Connection, entries: Sequence[Entry], facts_behind: FactsBehind) -> None:
    """Keep the facts behind the rows' prices, where they are not kept already."""
    looked_for: set[str] = set()
    for entry in entries:
        for row in entry.attempts:
            digest = row.facts_digest
            if digest is None or digest in looked_for or has_fact_set(connection, digest):
                continue
            found = facts_behind(row, entry.exchange.started_ns)
            if found is None:
                _log.error("the facts %s, which rows were priced with, are nowhere any more", digest)
            else:
                insert_fact_sets(connection, [found])
            looked_for.add(digest)


def _known(connection: driver.Connection, ids: Sequence[int]) -> set[int]:
    """Those of the exchanges that are in the ledger."""
    known: set[int] = set()
    for start in range(0, len(ids), _IDS_PER_LOOK_UP):
        part = msgspec.json.encode(ids[start : start + _IDS_PER_LOOK_UP]).decode()
        rows = connection.execute("SELECT id FROM exchanges WHERE id IN (SELECT value FROM json_each(?))", (part,))
        known.update(row[0] for row in rows)
    return known
