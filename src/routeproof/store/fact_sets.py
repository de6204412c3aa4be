"""The facts behind the ledger's prices: queued when a price is first used, written before the rows that name it."""

from collections.abc import Iterable, Sequence
from typing import Final

from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.fact_sets import FactSet, fact_set_of
from routeproof.store.driver import driver

# The first one stays: a digest stands for one text.
_ADD: Final = "INSERT INTO fact_sets (digest, facts, first_used_ns) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING"
_HAS: Final = "SELECT 1 FROM fact_sets WHERE digest = ?"


class FactPins:
    """What one process has yet to write; `add` belongs to the event loop's thread, `take` to the writer's."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._waiting: list[tuple[Sequence[AnyFact], int]] = []

    def add(self, digest: str, facts: Sequence[AnyFact], first_used_ns: int) -> None:
        """Have the facts behind a digest written; once is enough. Never waits."""
        if digest not in self._known:
            self._known.add(digest)
            self._waiting.append((facts, first_used_ns))

    def take(self) -> list[FactSet]:
        """Everything added since the last call. What is added meanwhile is left for the next."""
        count = len(self._waiting)
        taken = self._waiting[:count]
        del self._waiting[:count]
        return [fact_set_of(facts, first_used_ns) for facts, first_used_ns in taken]


def insert_fact_sets(connection: driver.Connection, fact_sets: Iterable[FactSet]) -> None:
    """Insert those that are not there yet, inside the caller's transaction. Raises driver.Error."""
    for found in fact_sets:
        connection.execute(_ADD, (found.digest, found.facts, found.first_used_ns))


def has_fact_set(connection: driver.Connection, digest: str) -> bool:
    """Whether the facts behind a digest are kept already. Raises driver.Error."""
    return connection.execute(_HAS, (digest,)).fetchone() is not None
