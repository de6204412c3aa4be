"""`prover/kill_matrix/self_test.py`: the record of the kill matrix."""

import pytest

from routeproof.prover.kill_matrix.self_test import SelfTest, read_self_test, write_self_test

RECORD = SelfTest(digest="ab" * 32, complete=True, check_hashes={"U01": "11", "R04": "22"})


def test_what_is_written_is_read_again() -> None:
    """Equal records make equal bytes."""
    assert read_self_test(write_self_test(RECORD)) == RECORD
    assert write_self_test(RECORD).startswith(b'{"check_hashes":{"R04":"22","U01":"11"},"complete":true')


@pytest.mark.parametrize("data", [b"", b"{}", write_self_test(RECORD) + b"\n", b'{"digest":"x"}'])
def test_anything_else_is_refused(data: bytes) -> None:
    """What was touched shows."""
    with pytest.raises(ValueError):
        read_self_test(data)
