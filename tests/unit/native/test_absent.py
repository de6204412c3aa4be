"""What stands in for the parts in C where nothing was compiled."""

import zlib
from mmap import mmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeproof import native
from routeproof.native import absent

BYTES = 200
HEAD_BYTES = 6


def mapped() -> mmap:
    """Memory of so many bytes 0xaa."""
    memory = mmap(-1, BYTES)
    memory[:] = b"\xaa" * BYTES
    return memory


def test_nothing_is_plain() -> None:
    """Whatever is read, is read the long way."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    assert absent.plain_fields(b'{"model":"a"}', 64, 1_000) is None
    assert absent.plain_chat(b'{"choices":[]}') is None
    assert absent.plain_head(head, 1_000) is None


@pytest.mark.skipif(native.COMPILED, reason="the parts in C are there")
def test_it_stands_in_where_nothing_was_compiled() -> None:
    """The sources alone do all of the work."""
    assert native.plain_fields is absent.plain_fields
    assert native.plain_chat is absent.plain_chat
    assert native.plain_head is absent.plain_head
    assert native.write_record is absent.write_record


@settings(deadline=None)
@given(payload=st.binary(max_size=100), at=st.integers(0, BYTES - HEAD_BYTES - 100))
def test_a_record_is_its_length_its_checksum_and_its_payload(payload: bytes, at: int) -> None:
    """Both numbers have their lowest byte first; what stands around the record stays."""
    memory = mapped()
    absent.write_record(memory, at, payload)

    head = len(payload).to_bytes(2, "little") + zlib.crc32(payload).to_bytes(4, "little")
    end = at + HEAD_BYTES + len(payload)
    assert memory[at:end] == head + payload
    assert memory[:at] == b"\xaa" * at
    assert memory[end:] == b"\xaa" * (BYTES - end)


@pytest.mark.parametrize(
    ("at", "payload"),
    [
        (-1, b""),
        (BYTES - HEAD_BYTES + 1, b""),
        (BYTES - HEAD_BYTES, b"x"),
        (0, bytes(BYTES - HEAD_BYTES + 1)),
        (BYTES, b""),
        (2**80, b""),
    ],
    ids=["before the begin", "no room for a head", "a byte too many", "too long", "at the end", "far away"],
)
def test_a_record_that_does_not_fit_is_refused_and_nothing_is_written(at: int, payload: bytes) -> None:
    """A record never reaches beyond the map."""
    memory = mapped()
    with pytest.raises(ValueError, match="does not fit"):
        absent.write_record(memory, at, payload)

    assert memory[:] == b"\xaa" * BYTES


def test_a_payload_that_two_bytes_can_not_count_is_refused() -> None:
    """However much room there is."""
    memory = mmap(-1, 100_000)
    absent.write_record(memory, 0, bytes(65_535))
    with pytest.raises(ValueError, match="65536 bytes does not fit"):
        absent.write_record(memory, 0, bytes(65_536))
