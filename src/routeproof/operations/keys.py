"""Creates, lists and revokes API keys."""

import secrets
from pathlib import Path
from typing import Final

import msgspec

from routeproof.access.keys import RANDOM_BYTES, KeyRecord, key_id_of, mint_key, public_id_of
from routeproof.clock import Clock, SystemClock, format_instant
from routeproof.errors import OperatorError
from routeproof.ids import KeyId
from routeproof.store import keys as stored
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.migrating import ensure_schema

LABEL_MAX: Final = 64
"""Characters of an owner, an account or a name: they stand in every row."""


class KeyInfo(msgspec.Struct, frozen=True):
    """What may be shown of a key, at any time."""

    key_id: KeyId
    name: str
    owner: str
    account: str
    created_at: str
    """RFC 3339, UTC."""
    revoked_at: str | None
    tap: bool
    """For the prover alone: what goes upstream in its exchanges is recorded for its holder."""


class CreatedKey(msgspec.Struct, frozen=True):
    """A new key; the text is in here and nowhere else."""

    key: str
    """The key itself: show it once, it can't be had again."""
    info: KeyInfo

    def __repr__(self) -> str:
        return f"CreatedKey({self.info.key_id!r})"


def create_key(
    data_dir: Path, owner: str, account: str, name: str = "", *, tap: bool = False, clock: Clock | None = None
) -> CreatedKey:
    """Make a key and store its digest; a serving gateway accepts it within a second.

    Makes the data directory and the database where they are missing. Raises OperatorError.
    """
    for field, text in (("owner", owner), ("account", account)):
        if not text:
            raise OperatorError(f"{field} is empty; give one, it stands in every row of this key")
        _check_label(field, text)
    _check_label("name", name)
    make_data_dir(data_dir)
    database = database_path(data_dir)
    ensure_schema(database)
    minted = mint_key(secrets.token_bytes(RANDOM_BYTES))
    now_ns = (clock or SystemClock()).wall_ns()
    record = KeyRecord(key_id_of(minted.public_id), minted.digest, owner, account, now_ns, None, name, tap)
    stored.add_key(database, record)
    return CreatedKey(minted.text, _info(record))


def list_keys(data_dir: Path) -> list[KeyInfo]:
    """Every key, revoked ones too, the oldest first. Raises OperatorError."""
    return [_info(record) for record in stored.list_keys(database_path(data_dir))]


def revoke_key(data_dir: Path, key_id: str, *, clock: Clock | None = None) -> KeyInfo:
    """Revoke a key for good; a serving gateway refuses it within a second. Raises OperatorError."""
    try:
        public_id_of(KeyId(key_id))
    except ValueError as error:
        # What was given is not repeated: it may be the key itself.
        raise OperatorError(f"key id: {error}; `routeproof keys list` shows them") from error
    now_ns = (clock or SystemClock()).wall_ns()
    return _info(stored.revoke_key(database_path(data_dir), KeyId(key_id), now_ns))


def _check_label(field: str, text: str) -> None:
    if len(text) > LABEL_MAX or not text.isprintable() or text != text.strip():
        raise OperatorError(
            f"{field} has to be up to {LABEL_MAX} printable characters without spaces around them, such as 'research'"
        )


def _info(record: KeyRecord) -> KeyInfo:
    return KeyInfo(
        record.key_id,
        record.name,
        record.owner,
        record.account,
        format_instant(record.created_ns),
        None if record.revoked_ns is None else format_instant(record.revoked_ns),
        record.tap,
    )
