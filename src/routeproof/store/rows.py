"""Writes entries into the ledger's two tables with few statements: many rows a statement, values bound in one go.

The driver lets go of the interpreter's lock at each statement, and has to win it back from a busy event loop: a
statement a row would make a thousand such hand-overs of a group of five hundred entries, this makes about ten.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from msgspec.structs import astuple

from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.store.driver import driver

ROWS_PER_STATEMENT: Final = (128, 64, 32, 16, 8, 4, 2, 1)
"""Any number of rows is a sum of these; each is prepared once and kept by the driver."""


class _Insert:
    """Prepared texts for one table."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        head = " ".join(("INSERT INTO", table, "(", ", ".join(columns), ") VALUES "))
        row = f"({', '.join('?' * len(columns))})"
        self._texts = [(count, head + ", ".join([row] * count)) for count in ROWS_PER_STATEMENT]
        self._width = len(columns)

    def run(self, connection: driver.Connection, rows: Sequence[ExchangeRow] | Sequence[AttemptRow]) -> None:
        """Insert the rows."""
        values = list(chain.from_iterable(map(astuple, rows)))
        start, end = 0, len(values)
        for count, text in self._texts:
            size = count * self._width
            while end - start >= size:
                connection.execute(text, values[start : start + size])
                start += size


_EXCHANGES: Final = _Insert("exchanges", ExchangeRow.__struct_fields__)
_ATTEMPTS: Final = _Insert("attempts", AttemptRow.__struct_fields__)


def insert_entries(connection: driver.Connection, entries: Sequence[Entry]) -> None:
    """Insert entries, inside the caller's transaction.

    Raises driver.IntegrityError where an id is there already, OverflowError for a number beyond 64 bits.
    """
    _EXCHANGES.run(connection, [entry.exchange for entry in entries])
    attempts = [attempt for entry in entries for attempt in entry.attempts]
    if attempts:
        _ATTEMPTS.run(connection, attempts)
