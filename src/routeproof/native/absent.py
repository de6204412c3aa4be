"""What stands in where nothing was compiled: nothing is plain, and a record is written by Python."""

import zlib
from mmap import mmap
from struct import Struct
from typing import Final

import msgspec

_HEAD: Final = Struct("<HI")
_PAYLOAD_MAX: Final = 0xFFFF


def plain_fields(_body: bytes, _depth_max: int, _fields_max: int, /) -> dict[str, msgspec.Raw] | None:
    """Always None: read every body the long way."""
    return None


def plain_chat(_data: bytes, /) -> tuple[str | None, int, bytes | None, str | None] | None:
    """Always None: read every answer the long way."""
    return None


def plain_head(_data: bytes, _head_bytes_max: int, /) -> tuple[int, dict[bytes, bytes], int, int] | None:
    """Always None: read every head the long way."""
    return None


def plain_pack(_record: msgspec.Struct, /) -> bytes | None:
    """Always None: pack every record the long way."""
    return None


def plain_request(_head: bytes, _fields: dict[str, msgspec.Raw], /) -> bytes | None:
    """Always None: write every request the long way."""
    return None


def write_record(target: mmap, at: int, payload: bytes, /) -> None:
    """Write length, CRC-32 and payload at a place of a mapped file. Raises ValueError where they do not fit."""
    length = len(payload)
    end = at + _HEAD.size + length
    if at < 0 or end > len(target) or length > _PAYLOAD_MAX:
        raise ValueError(f"a record of {length} bytes does not fit at {at}")
    target[at:end] = _HEAD.pack(length, zlib.crc32(payload)) + payload
