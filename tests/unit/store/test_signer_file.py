"""The signing key of a data directory."""

from pathlib import Path

import pytest
from tests.support.sample_evidence import SIGNER, STRANGER

from routeproof.errors import StoreError
from routeproof.store.signer_file import read_signer, signer_path, write_signer


def test_a_signer_comes_back(tmp_path: Path) -> None:
    """From a file for its owner alone; without one there is none."""
    assert read_signer(tmp_path) is None

    path = write_signer(tmp_path, SIGNER)
    found = read_signer(tmp_path)

    assert path == signer_path(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert found is not None
    assert (found.key_id, found.sign("t", b"p")) == (SIGNER.key_id, SIGNER.sign("t", b"p"))


def test_a_signer_is_never_overwritten(tmp_path: Path) -> None:
    """Evidence that it signed would no longer be believed."""
    write_signer(tmp_path, SIGNER)
    with pytest.raises(StoreError, match="never overwritten"):
        write_signer(tmp_path, STRANGER)

    found = read_signer(tmp_path)
    assert found is not None
    assert found.key_id == SIGNER.key_id


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """With the command that puts it right."""
    write_signer(tmp_path, SIGNER).chmod(0o640)

    with pytest.raises(StoreError, match=r"mode 640.*chmod 600"):
        read_signer(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a key", SIGNER.public_pem(), b"\xff" * 100])
def test_a_file_without_a_key_is_named(tmp_path: Path, content: bytes) -> None:
    """And what is in it is not shown."""
    path = write_signer(tmp_path, SIGNER)
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"signer\.pem holds no signing key"):
        read_signer(tmp_path)
