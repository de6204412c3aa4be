"""The keys in the database: digests only. Few statements, so they go to the driver directly."""

from pathlib import Path
from typing import Final

from routeproof.access.keys import KeyRecord, KeyRing
from routeproof.errors import StoreError
from routeproof.ids import KeyId
from routeproof.store.connecting import open_current

_COLUMNS: Final = "key_id, digest, owner, account, created_ns, revoked_ns, name, tap"
_ADD: Final = f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own constant
_LIST: Final = f"SELECT {_COLUMNS} FROM keys ORDER BY created_ns, key_id"  # noqa: S608 - our own constant
_FIND: Final = f"SELECT {_COLUMNS} FROM keys WHERE key_id = ?"  # noqa: S608 - our own constant
_REVOKE: Final = "UPDATE keys SET revoked_ns = ? WHERE key_id = ? AND revoked_ns IS NULL"


def add_key(path: Path, record: KeyRecord) -> None:
    """Store a key, on disk before it returns. Raises StoreError, also where the id is taken."""
    with open_current(path) as connection:
        connection.execute(
            _ADD,
            (
                record.key_id,
                record.digest,
                record.owner,
                record.account,
                record.created_ns,
                record.revoked_ns,
                record.name,
                int(record.tap),
            ),
        )


def list_keys(path: Path) -> list[KeyRecord]:
    """Every key, revoked ones too, the oldest first. Raises StoreError."""
    with open_current(path, read_only=True) as connection:
        return [_record(*row) for row in connection.execute(_LIST)]


def revoke_key(path: Path, key_id: KeyId, now_ns: int) -> KeyRecord:
    """Revoke a key for good; one that is revoked already keeps its instant. Raises StoreError where there is none."""
    with open_current(path) as connection:
        connection.execute(_REVOKE, (now_ns, key_id))
        row = connection.execute(_FIND, (key_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no key {key_id!r}; `routeproof keys list` shows those that there are")
    return _record(*row)


def load_ring(path: Path) -> KeyRing:
    """Every key as the data plane looks them up. Raises StoreError."""
    return KeyRing(list_keys(path))


def _record(
    key_id: str, digest: bytes, owner: str, account: str, created_ns: int, revoked_ns: int | None, name: str, tap: int
) -> KeyRecord:
    return KeyRecord(KeyId(key_id), digest, owner, account, created_ns, revoked_ns, name, bool(tap))
