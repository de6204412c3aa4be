"""API keys: minting, reading and authenticating."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from routeproof.access.keys import (
    KEY_LENGTH,
    RANDOM_BYTES,
    KeyRecord,
    KeyRing,
    MintedKey,
    key_id_of,
    mint_key,
    parse_key,
    public_id_of,
)
from routeproof.errors import InvalidKey, KeyRevoked
from routeproof.ids import KeyId
from routeproof.secret import mask_credentials

randoms = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def minted(seed: int) -> MintedKey:
    return mint_key(hashlib.sha256(bytes([seed])).digest()[:RANDOM_BYTES])


def record_of(key: MintedKey, revoked_ns: int | None = None) -> KeyRecord:
    return KeyRecord(key_id_of(key.public_id), key.digest, "alice", "research", 1, revoked_ns, "laptop")


@given(randoms)
def test_a_minted_key_reads_back(random_bytes: bytes) -> None:
    """What was minted is recognised, with the same public id and the digest of the whole text."""
    key = mint_key(random_bytes)
    parsed = parse_key(key.text)

    assert len(key.text) == KEY_LENGTH
    assert parsed is not None
    assert (parsed.public_id, parsed.digest) == (key.public_id, hashlib.sha256(key.text.encode()).digest())
    assert parsed.digest == key.digest


@given(randoms, st.integers(0, KEY_LENGTH - 1), st.characters(codec="utf-8"))
def test_one_wrong_character_is_always_noticed(random_bytes: bytes, place: int, character: str) -> None:
    """Whichever character is replaced, and by whatever, the key is refused without a look-up."""
    text = mint_key(random_bytes).text
    assume(text[place] != character)

    assert parse_key(text[:place] + character + text[place + 1 :]) is None


@given(randoms, st.integers(0, KEY_LENGTH - 1))
def test_a_cut_or_lengthened_key_is_noticed(random_bytes: bytes, length: int) -> None:
    """A key that lost its end, or carries more, is refused."""
    text = mint_key(random_bytes).text

    assert parse_key(text[:length]) is None
    assert parse_key(f"{text}0") is None
    assert parse_key(f" {text}") is None


def test_the_format_is_the_documented_one() -> None:
    """Prefix, public id, secret of at least 160 bits and checksum, each of its length."""
    prefix, live, public_id, secret, checksum = minted(1).text.split("_")

    assert (prefix, live) == ("rp", "live")
    assert (len(public_id), len(secret), len(checksum)) == (12, 27, 6)
    assert 62 ** len(secret) > 2**160


def test_minting_takes_all_the_randomness_it_needs() -> None:
    """Too few random bytes are an error, not a weaker key."""
    with pytest.raises(ValueError, match="29 random bytes"):
        mint_key(bytes(16))


def test_every_random_byte_counts() -> None:
    """No two sources that differ in one byte give the same secret part or the same public id."""
    zeros = bytes(RANDOM_BYTES)
    zero = mint_key(zeros).text
    others = {mint_key(zeros[:at] + b"\x01" + zeros[at + 1 :]).text for at in range(RANDOM_BYTES)}

    assert len(others) == RANDOM_BYTES
    assert zero not in others


def test_a_key_does_not_show_itself() -> None:
    """Printing a minted key, a parsed one or a record gives neither the text nor the digest."""
    key = minted(1)
    shown = f"{key!r} {parse_key(key.text)!r} {record_of(key)!r}"

    assert key.text not in shown
    assert repr(key.digest) not in shown
    assert key.text not in mask_credentials(f"token {key.text}")


def test_the_right_key_is_let_in() -> None:
    """A ring of several keys finds the one that was presented."""
    keys = [minted(seed) for seed in range(5)]
    ring = KeyRing(map(record_of, keys))

    assert len(ring) == 5
    assert ring.authenticate(keys[3].text.encode()) == record_of(keys[3])


def test_a_revoked_key_is_told_so() -> None:
    """The holder of a revoked key learns that; a guess at its secret does not."""
    key, other = minted(1), minted(2)
    ring = KeyRing([record_of(key, revoked_ns=5)])
    forged = key.text[:21].encode() + other.text[21:].encode()

    with pytest.raises(KeyRevoked):
        ring.authenticate(key.text.encode())
    with pytest.raises(InvalidKey) as refusal:
        ring.authenticate(forged)
    assert not isinstance(refusal.value, KeyRevoked)


def test_the_right_public_id_with_another_secret_is_refused() -> None:
    """Two keys that begin alike are two keys: the look-up by public id grants nothing."""
    key = minted(1)
    forger = mint_key(bytes(9) + bytes(range(20)))
    twin = f"{key.text[:20]}{forger.text[20:]}"

    with pytest.raises(InvalidKey):
        KeyRing([record_of(key)]).authenticate(twin.encode())


def credentials_that_are_none(key: MintedKey) -> list[bytes]:
    """What an attacker may hold or try instead of the key."""
    digest = key.digest
    return [
        b"",
        digest,
        digest.hex().encode(),
        key.text[:20].encode() + digest,
        f"rp_live_{key.public_id}_{digest.hex()}".encode(),
        key.public_id.encode(),
        key_id_of(key.public_id).encode(),
        key.text[:-1].encode(),
        key.text.lower().encode(),
        key.text.encode() + b" ",
        key.text.encode("utf-16"),
        b"\xff\xfe\x00" * 20,
        b"' OR 1=1 --",
        bytes(32),
    ]


@pytest.mark.parametrize("at", range(14))
def test_what_is_stored_is_no_credential(at: int) -> None:
    """Neither the digest in any form, nor the public parts, nor a near miss, lets anyone in."""
    key = minted(1)
    token = credentials_that_are_none(key)[at]

    with pytest.raises(InvalidKey) as refusal:
        KeyRing([record_of(key)]).authenticate(token)
    assert key.text not in refusal.value.message


def test_an_unknown_key_is_told_apart_from_a_mistyped_one() -> None:
    """A well-formed key that nobody holds and a broken one get different advice."""
    ring = KeyRing([])

    with pytest.raises(InvalidKey, match="Nobody holds"):
        ring.authenticate(minted(1).text.encode())
    with pytest.raises(InvalidKey, match="mistyped"):
        ring.authenticate(minted(1).text[:-1].encode() + b"_")


def test_a_ring_does_not_change() -> None:
    """The ring keeps what it was made of, whatever happens to the list it came from."""
    records = [record_of(minted(1))]
    ring = KeyRing(records)
    records.append(record_of(minted(2)))

    assert len(ring) == 1


@pytest.mark.parametrize(
    "text", ["", "key_", "abcdefghijkl", "key_abcdefghijk", "key_abcdefghijk-", "key_key_abcdefghijkl"]
)
def test_only_key_ids_are_read_as_key_ids(text: str) -> None:
    """A public id is found in a key id of the exact shape, and in nothing else."""
    assert public_id_of(KeyId("key_abcdefghijkl")) == "abcdefghijkl"
    with pytest.raises(ValueError, match="twelve"):
        public_id_of(KeyId(text))
