"""Writes entries into the ledger's two tables as one packed value, by an extension of SQLite that was compiled from C.

Bound one by one, the values of an entry cost more than all that SQLite does with them (docs/decisions/0008).
"""

import logging
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

from routeproof import native
from routeproof.ledger.entries import AttemptRow, ExchangeRow, PackedEntry
from routeproof.store.driver import driver

_log = logging.getLogger("routeproof.store.packed_rows")

EXTENSION: Final = Path(native.__file__).with_name(f"ledgerrows{EXTENSION_SUFFIXES[0]}")
_ARRAY: Final = b"\xdd"
"""MessagePack's array whose length has four bytes."""


def _statement(table: str, columns: Sequence[str], which: int) -> str:
    values = ", ".join(f"c{index}" for index in range(len(columns)))
    source = f"FROM ledger_rows(?, {which})"
    return " ".join(("INSERT INTO", table, "(", ", ".join(columns), ") SELECT", values, source))


_EXCHANGES: Final = _statement("exchanges", ExchangeRow.__struct_fields__, 0)
_ATTEMPTS: Final = _statement("attempts", AttemptRow.__struct_fields__, 1)


def load_packed_rows(connection: driver.Connection) -> bool:
    """Make `insert_packed` work on a connection; False where it can't, because nothing was compiled."""
    if not EXTENSION.exists():
        return False
    try:
        connection.enable_load_extension(True)
        try:
            connection.load_extension(str(EXTENSION))
        finally:
            connection.enable_load_extension(False)
    except (AttributeError, driver.Error) as error:  # a SQLite that was built without extensions
        _log.warning("rows are written the slow way: %s can't be loaded (%s)", EXTENSION.name, error)
        return False
    return True


def insert_packed(connection: driver.Connection, packs: Sequence[PackedEntry]) -> None:
    """Insert entries, inside the caller's transaction.

    Raises driver.IntegrityError where an id is there already, OverflowError for a number beyond 64 bits.
    """
    pack = b"".join((_ARRAY, len(packs).to_bytes(4, "big"), *packs))
    try:
        connection.execute(_EXCHANGES, (pack,))
        connection.execute(_ATTEMPTS, (pack,))
    except driver.DataError as error:
        raise OverflowError(str(error)) from error
