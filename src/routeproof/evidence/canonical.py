"""The one way to write a record of evidence as bytes, and its digest."""

import hashlib
from typing import TypeVar

import msgspec

T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every record of evidence is: frozen, named fields, nothing that this version does not know."""


def encode(value: object) -> bytes:
    """JSON as RFC 8785 writes it: names sorted, no white space, shortest escapes; bytes as base64.

    Records hold no floats and only ASCII names, so that the two orders of RFC 8785 (by UTF-16) and here (by code
    point) agree and no rule for floats is needed.
    """
    return msgspec.json.encode(value, order="sorted")


def decode(data: bytes, kind: type[T]) -> T:
    """Read a record. Raises ValueError (msgspec's errors are such) where the bytes are no such record."""
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError as error:
        raise ValueError("it nests too deep") from error


def digest_of(value: object) -> str:
    """SHA-256, in hexadecimal, of the record's canonical bytes."""
    return sha256(encode(value))


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
