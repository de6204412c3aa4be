"""Keys in the database."""

from pathlib import Path

import pytest

from routeproof.access.keys import RANDOM_BYTES, KeyRecord, MintedKey, key_id_of, mint_key
from routeproof.errors import KeyRevoked, StoreError
from routeproof.ids import KeyId
from routeproof.store.connecting import open_current
from routeproof.store.keys import add_key, list_keys, load_ring, revoke_key


def minted(seed: int) -> MintedKey:
    return mint_key(bytes([seed]) * RANDOM_BYTES)


def record(seed: int, created_ns: int = 1) -> KeyRecord:
    key = minted(seed)
    return KeyRecord(key_id_of(key.public_id), key.digest, "alice", "research", created_ns, None, f"key {seed}")


def test_keys_are_listed_as_they_were_added(database: Path) -> None:
    """The oldest first, every field as it was."""
    for seed, created_ns in ((1, 30), (2, 10), (3, 20)):
        add_key(database, record(seed, created_ns))

    assert list_keys(database) == [record(2, 10), record(3, 20), record(1, 30)]


def test_a_stored_key_lets_its_holder_in(database: Path) -> None:
    """What the data plane loads authenticates the text that was minted."""
    add_key(database, record(1))
    ring = load_ring(database)

    assert ring.authenticate(minted(1).text.encode()) == record(1)


def test_the_text_of_a_key_is_nowhere_in_the_file(database: Path) -> None:
    """Neither the key nor its secret part is stored, in the database or its journal."""
    text = minted(1).text
    with open_current(database):
        add_key(database, record(1))
        stored = b"".join(path.read_bytes() for path in database.parent.iterdir())

    assert record(1).digest in stored
    assert text.encode() not in stored
    assert text.split("_")[3].encode() not in stored


def test_a_revoked_key_stays_listed_and_is_refused(database: Path) -> None:
    """Its row keeps the first instant of revocation, whatever comes later."""
    add_key(database, record(1))
    revoked = revoke_key(database, record(1).key_id, 50)
    again = revoke_key(database, record(1).key_id, 60)

    assert revoked == again
    assert revoked.revoked_ns == 50
    assert list_keys(database) == [revoked]
    with pytest.raises(KeyRevoked):
        load_ring(database).authenticate(minted(1).text.encode())


def test_a_key_that_is_not_there_cannot_be_revoked(database: Path) -> None:
    """Another key is never hit in its place."""
    add_key(database, record(1))
    with pytest.raises(StoreError, match="routeproof keys list"):
        revoke_key(database, KeyId("key_000000000000"), 50)

    assert list_keys(database) == [record(1)]


def test_a_public_id_is_taken_once(database: Path) -> None:
    """A second key with the same id does not replace the first."""
    add_key(database, record(1))
    with pytest.raises(StoreError, match=r"keys\.key_id"):
        add_key(database, record(1))


def test_without_keys_the_ring_is_empty(database: Path) -> None:
    """Nobody is let in by default."""
    assert len(load_ring(database)) == 0
