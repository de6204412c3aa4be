"""Keys: their text, their digest, and finding out whose a presented one is.

    rp_live_<public id: 12 base62>_<secret: 27 base62, 160 bits>_<CRC32 of all before it: 6 base62>

A fixed prefix and a checksum let secret scanners recognise a leaked key without asking us. Only the SHA-256 of the
whole text is kept, and it is no credential: what is presented is hashed before it is compared.
"""

import hmac
import zlib
from collections.abc import Iterable
from hashlib import sha256

import msgspec

from routeproof.errors import InvalidKey, KeyRevoked

PREFIX = "rp_live_"
PUBLIC_ID_CHARS = 12
SECRET_CHARS = 27
CHECKSUM_CHARS = 6
RANDOM_BYTES = 29
"""What `mint_key` needs: 9 bytes for the public id, 20 (160 bits) for the secret."""
KEY_CHARS = len(PREFIX) + PUBLIC_ID_CHARS + 1 + SECRET_CHARS + 1 + CHECKSUM_CHARS

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ALPHABET_BYTES = _ALPHABET.encode()
_PREFIX_BYTES = PREFIX.encode()
_ID_AT = len(PREFIX)
_ID_END = _ID_AT + PUBLIC_ID_CHARS
_SECRET_END = _ID_END + 1 + SECRET_CHARS


class MintedKey(msgspec.Struct, frozen=True):
    """A new key; `text` is shown to its owner once and kept nowhere."""

    text: str
    public_id: str
    digest: bytes

    def __repr__(self) -> str:
        return f"MintedKey(public_id={self.public_id!r})"


class ParsedKey(msgspec.Struct, frozen=True):
    """A well-formed key as presented; whether anybody holds it is another question."""

    public_id: str
    digest: bytes


class KeyRecord(msgspec.Struct, frozen=True):
    """What is kept of a key."""

    key_id: str
    """`key_` and the public id."""
    digest: bytes
    owner: str
    """Who uses it."""
    account: str
    """Who pays."""
    created_ns: int
    revoked_ns: int | None
    name: str


def mint_key(random_bytes: bytes) -> MintedKey:
    """Make a key from at least `RANDOM_BYTES` random bytes. Raises ValueError for fewer."""
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a key needs {RANDOM_BYTES} random bytes")
    public_id = _base62(random_bytes[:9], PUBLIC_ID_CHARS)
    secret = _base62(random_bytes[9:RANDOM_BYTES], SECRET_CHARS)
    body = f"{PREFIX}{public_id}_{secret}_"
    text = body + checksum(body.encode())
    return MintedKey(text, public_id, sha256(text.encode()).digest())


def checksum(body: bytes) -> str:
    """CRC32 of the key's text before the checksum, as six base62 digits."""
    return _base62(zlib.crc32(body).to_bytes(4, "big"), CHECKSUM_CHARS)


def parse_key(text: str) -> ParsedKey | None:
    """Read a key, strictly: shape, alphabet and checksum. None for anything else."""
    token = text.encode("utf-8", "surrogateescape")
    if len(token) != KEY_CHARS or not token.startswith(_PREFIX_BYTES):
        return None
    if token[_ID_END] != 95 or token[_SECRET_END] != 95:  # 95 is "_"
        return None
    letters = token[_ID_AT:_ID_END] + token[_ID_END + 1 : _SECRET_END]
    if letters.translate(None, _ALPHABET_BYTES) or checksum(token[: _SECRET_END + 1]) != text[_SECRET_END + 1 :]:
        return None
    return ParsedKey(text[_ID_AT:_ID_END], sha256(token).digest())


class KeyRing:
    """All keys, to look presented ones up in. Never changes; a new set of keys is a new ring."""

    __slots__ = ("_by_public_id",)

    def __init__(self, records: Iterable[KeyRecord]) -> None:
        self._by_public_id = {record.key_id.removeprefix("key_").encode(): record for record in records}

    def __len__(self) -> int:
        return len(self._by_public_id)

    def authenticate(self, token: bytes) -> KeyRecord:
        """Whose key this is. Raises InvalidKey or KeyRevoked, whose messages never hold the token."""
        record = self._by_public_id.get(token[_ID_AT:_ID_END])
        # The digest covers the whole text, so prefix and checksum need no look of their own here.
        if record is None or not hmac.compare_digest(sha256(token).digest(), record.digest):
            raise InvalidKey("The API key is not valid here; check it, or ask the operator for one.")
        if record.revoked_ns is not None:
            raise KeyRevoked("The API key was revoked; ask the operator for a new one.")
        return record


def _base62(data: bytes, length: int) -> str:
    """The number that the bytes spell, as exactly `length` base62 digits; digits beyond them are dropped."""
    number = int.from_bytes(data, "big")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
