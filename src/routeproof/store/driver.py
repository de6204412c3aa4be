"""The SQLite that is linked: the driver module, its version floor, and what makes binding values fast.

The interpreter's own `sqlite3` links the system's library, which on Debian 12 is 3.40.1. Releases before 3.51.3 can
corrupt a WAL database when two connections write and checkpoint at once (https://sqlite.org/wal.html, "the WAL-reset
bug"), so the driver carries its own.
"""

from typing import TYPE_CHECKING, Final

from routeproof.errors import StoreError
from routeproof.ledger.entries import Outcome
from routeproof.usage import Provenance

if TYPE_CHECKING:
    import sqlite3 as driver  # the same interface, with types
else:
    from pysqlite3 import dbapi2 as driver

__all__ = ["SAFE_VERSION", "check_linked_version", "driver", "is_busy", "linked_version"]

SAFE_VERSION: Final = (3, 51, 3)

# Without an adapter the driver looks for one on each value that is not exactly an int or a str, and fails by way of
# two AttributeErrors: 0.67 us for each None, against 0.07 us with these.
_NONES: dict[None, None] = {}
driver.register_adapter(type(None), _NONES.get)
driver.register_adapter(Outcome, str.__str__)
driver.register_adapter(Provenance, str.__str__)


def linked_version() -> str:
    """The version of the linked SQLite, such as '3.53.4'."""
    return driver.sqlite_version


def check_linked_version(version: str | None = None) -> None:
    """Raises StoreError where the linked SQLite (or the given version) can corrupt a database."""
    version = linked_version() if version is None else version
    if tuple(map(int, version.split("."))) < SAFE_VERSION:
        floor = ".".join(map(str, SAFE_VERSION))
        raise StoreError(
            f"SQLite {version} is linked, which can corrupt a database in WAL mode; install a `pysqlite3` that bundles "
            f"{floor} or newer (pip install --upgrade pysqlite3)"
        )


def is_busy(error: driver.Error) -> bool:
    """Whether another connection holds the lock: nothing was done, and the same may be tried again."""
    return isinstance(error, driver.OperationalError) and str(error) == "database is locked"
