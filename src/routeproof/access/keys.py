"""API keys: minting, reading, and the look-up that authenticates a request.

    rp_live_<public id: 12>_<secret: 27>_<checksum: 6>        all three in base62

The public id finds the record and may be shown; the secret carries 160 bits; the checksum (CRC-32 of all before its
underscore) tells a mistyped key from an unknown one without a look-up. What is stored is the SHA-256 digest of the
whole text: a secret of 160 random bits can't be guessed, so a slow password hash would add nothing but load.
"""

import hmac
import zlib
from collections.abc import Iterable
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import msgspec

from routeproof.access.base62 import encode_base62, is_base62
from routeproof.errors import InvalidKey, KeyRevoked
from routeproof.ids import KeyId

PREFIX: Final = "rp_live_"
KEY_ID_PREFIX: Final = "key_"
PUBLIC_ID_LENGTH: Final = 12
SECRET_LENGTH: Final = 27
CHECKSUM_LENGTH: Final = 6
KEY_LENGTH: Final = len(PREFIX) + PUBLIC_ID_LENGTH + 1 + SECRET_LENGTH + 1 + CHECKSUM_LENGTH

PUBLIC_ID_BYTES: Final = 9
SECRET_BYTES: Final = 20
RANDOM_BYTES: Final = PUBLIC_ID_BYTES + SECRET_BYTES
"""What minting a key takes, from a cryptographic source."""

_ID_START: Final = len(PREFIX)
_ID_END: Final = _ID_START + PUBLIC_ID_LENGTH
_CHECKSUM_START: Final = KEY_LENGTH - CHECKSUM_LENGTH
_NOBODYS_DIGEST: Final = bytes(32)


class MintedKey(msgspec.Struct, frozen=True):
    """A key that was just made; `text` is shown once and kept nowhere."""

    text: str
    public_id: str
    digest: bytes
    """SHA-256 of the text."""

    def __repr__(self) -> str:
        return f"MintedKey({self.public_id!r})"


class ParsedKey(msgspec.Struct, frozen=True):
    """What a well-formed key says of itself; whether anybody holds it is another question."""

    public_id: str
    digest: bytes

    def __repr__(self) -> str:
        return f"ParsedKey({self.public_id!r})"


class KeyRecord(msgspec.Struct, frozen=True):
    """A key as it is stored: who holds it, who pays, and the digest to compare with."""

    key_id: KeyId
    digest: bytes
    owner: str
    account: str
    created_ns: int
    revoked_ns: int | None
    name: str
    tap: bool = False
    """What goes upstream in its exchanges is recorded for its holder: for the prover, never for clients."""

    def __repr__(self) -> str:
        return f"KeyRecord({self.key_id!r})"


def mint_key(random_bytes: bytes) -> MintedKey:
    """Make a key of RANDOM_BYTES bytes from a cryptographic source. Raises ValueError for another count."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"a key takes {RANDOM_BYTES} random bytes, not {len(random_bytes)}")
    public_number = int.from_bytes(random_bytes[:PUBLIC_ID_BYTES], "big") % 62**PUBLIC_ID_LENGTH
    public_id = encode_base62(public_number, PUBLIC_ID_LENGTH)
    secret = encode_base62(int.from_bytes(random_bytes[PUBLIC_ID_BYTES:], "big"), SECRET_LENGTH)
    body = f"{PREFIX}{public_id}_{secret}"
    text = f"{body}_{_checksum(body)}"
    return MintedKey(text, public_id, key_digest(text.encode("ascii")))


def parse_key(text: str) -> ParsedKey | None:
    """Read a key; None where its shape or its checksum is wrong."""
    if len(text) != KEY_LENGTH or not text.startswith(PREFIX):
        return None
    public_id, first, rest = text[_ID_START:_ID_END], text[_ID_END], text[_ID_END + 1 :]
    secret, second, checksum = rest.partition("_")
    if first != "_" or second != "_" or not is_base62(public_id) or not is_base62(secret):
        return None
    if checksum != _checksum(text[: _CHECKSUM_START - 1]):
        return None
    return ParsedKey(public_id, key_digest(text.encode("ascii")))


def key_digest(token: bytes) -> bytes:
    """What is stored of a key: SHA-256 of its whole text."""
    return sha256(token).digest()


def key_id_of(public_id: str) -> KeyId:
    """The name of a key in rows, lists and commands."""
    return KeyId(KEY_ID_PREFIX + public_id)


def public_id_of(key_id: KeyId) -> str:
    """The public id in a key id. Raises ValueError for any other text, which it does not repeat."""
    public_id = key_id.removeprefix(KEY_ID_PREFIX)
    if key_id == public_id or len(public_id) != PUBLIC_ID_LENGTH or not is_base62(public_id):
        raise ValueError("a key id is 'key_' and twelve letters or digits")
    return public_id


class KeyRing:
    """Every key that there is, at one instant."""

    __slots__ = ("_records",)

    def __init__(self, records: Iterable[KeyRecord]) -> None:
        self._records = MappingProxyType({public_id_of(record.key_id).encode("ascii"): record for record in records})

    def __len__(self) -> int:
        return len(self._records)

    def authenticate(self, token: bytes) -> KeyRecord:
        """The record of the key that this token is. Raises InvalidKey, or KeyRevoked.

        On the hot path. The digest covers the whole text, so shape and checksum need no look of their own; an unknown
        id takes the same steps as a known one, so that the time taken tells nothing.
        """
        digest = sha256(token).digest()
        record = self._records.get(token[_ID_START:_ID_END])
        if not hmac.compare_digest(digest, record.digest if record is not None else _NOBODYS_DIGEST):
            raise _refusal(token)
        assert record is not None  # no text is known to hash to 32 zero bytes
        if record.revoked_ns is not None:
            raise KeyRevoked("This API key was revoked; use another one.")
        return record


def _refusal(token: bytes) -> InvalidKey:
    if parse_key(token.decode("latin-1")) is None:
        return InvalidKey("This is not one of our API keys, or it was cut or mistyped; they look like 'rp_live_...'.")
    return InvalidKey("Nobody holds this API key; use one that `routeproof keys create` has shown.")


def _checksum(body: str) -> str:
    return encode_base62(zlib.crc32(body.encode("ascii")), CHECKSUM_LENGTH)
