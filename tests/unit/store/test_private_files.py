"""Files for their owner alone, whole or not at all."""

from pathlib import Path

import pytest

from routeproof.errors import StoreError
from routeproof.store.private_files import read_whole, write_private


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """So are folders that had to be made, and nothing else is left there."""
    path = tmp_path / "a" / "b" / "file"
    write_private(path, b"content")

    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (tmp_path / "a", path.parent)} == {0o700}
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Unless it is to be overwritten; a refusal leaves nothing behind."""
    path = tmp_path / "file"
    write_private(path, b"first")
    with pytest.raises(FileExistsError):
        write_private(path, b"second")

    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]

    write_private(path, b"third", overwrite=True)

    assert path.read_bytes() == b"third"
    assert list(tmp_path.iterdir()) == [path]


def test_what_can_not_be_written_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"can't write .*file/data.*; make its folder writable"):
        write_private(tmp_path / "file" / "data", b"")


def test_reading_has_a_bound(tmp_path: Path) -> None:
    """At it all is well, one byte more is refused; a folder can't be read, and nothing is not there."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")

    assert read_whole(path, 5) == b"12345"
    with pytest.raises(StoreError, match="larger than 4 bytes"):
        read_whole(path, 4)
    with pytest.raises(StoreError, match="can't read"):
        read_whole(tmp_path, 4)
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "absent", 4)
