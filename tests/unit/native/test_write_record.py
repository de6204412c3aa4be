"""A record as C writes it: byte for byte what Python writes."""

from collections.abc import Callable
from mmap import ACCESS_READ, mmap

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routeproof import native
from routeproof.native import absent

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

BYTES = 300
AT = st.integers(-2, BYTES + 2) | st.integers(-(2**70), 2**70)


def written(write: Callable[[mmap, int, bytes], None], size: int, at: int, payload: bytes) -> bytes | type[Exception]:
    """The whole of a map after the call, or the error that it raised."""
    memory = mmap(-1, size)
    memory[:] = b"\xaa" * size
    try:
        write(memory, at, payload)
    except ValueError as error:
        assert memory[:] == b"\xaa" * size
        return type(error)
    return memory[:]


@settings(deadline=None, max_examples=300)
@given(payload=st.binary(max_size=BYTES), at=AT)
@example(payload=b"", at=BYTES - 6)
@example(payload=b"", at=BYTES - 5)
@example(payload=bytes(BYTES - 6), at=0)
@example(payload=bytes(BYTES - 5), at=0)
@example(payload=b"", at=2**63 - 1)
@example(payload=b"", at=-(2**63))
@example(payload=b"", at=2**63)
def test_any_record_at_any_place_is_written_as_python_writes_it(payload: bytes, at: int) -> None:
    """The same bytes in the map, or the same refusal with nothing written."""
    assert written(native.write_record, BYTES, at, payload) == written(absent.write_record, BYTES, at, payload)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 1_209, 65_535, 65_536])
def test_payloads_of_all_sizes_have_the_checksum_of_zlib(size: int) -> None:
    """Eight bytes are summed at a time; what is left over is summed too, and more than two bytes count is refused."""
    payload = (bytes(range(251)) * 262)[:size]
    assert written(native.write_record, 70_000, 10, payload) == written(absent.write_record, 70_000, 10, payload)


def test_what_is_no_writable_map_is_refused() -> None:
    """Neither constants nor files that are open for reading only are written to, nor any that are closed."""
    closed = mmap(-1, BYTES)
    closed.close()
    readable = mmap(-1, BYTES, access=ACCESS_READ)

    with pytest.raises(ValueError, match="closed"):
        native.write_record(closed, 0, b"x")
    with pytest.raises(BufferError):
        native.write_record(readable, 0, b"x")
    with pytest.raises(BufferError):
        native.write_record(b"constant" * 4, 0, b"x")  # type: ignore[arg-type]


@pytest.mark.parametrize("arguments", [(0, "x"), (0, bytearray(b"x")), ("0", b"x"), (0.0, b"x"), (0,), (0, b"x", 1)])
def test_arguments_of_another_kind_are_a_type_error(arguments: tuple[object, ...]) -> None:
    """Nothing is converted."""
    with pytest.raises(TypeError):
        native.write_record(mmap(-1, BYTES), *arguments)  # type: ignore[arg-type]
