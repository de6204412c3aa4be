"""The data directory and its lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from routeproof.errors import StoreError
from routeproof.store.data_dir import DataDirLock, is_locked, make_data_dir, recorder_path, recorder_paths

_HOLD = (
    "import sys, pathlib; from routeproof.store.data_dir import DataDirLock; "
    "lock = DataDirLock(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def test_the_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It is made with all above it, and nobody else may look inside."""
    data_dir = tmp_path / "a" / "b"
    make_data_dir(data_dir)
    make_data_dir(data_dir)

    assert data_dir.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in its place is an error that names the path and the setting."""
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"file/data.*server\.data_dir"):
        make_data_dir(tmp_path / "file" / "data")


def test_two_cannot_hold_the_lock(tmp_path: Path) -> None:
    """The second is told which directory is taken; once the first is gone, it may."""
    with DataDirLock(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(StoreError, match="another process serves on") as refusal:
            DataDirLock(tmp_path)
        assert str(tmp_path) in refusal.value.message

    assert not is_locked(tmp_path)
    DataDirLock(tmp_path).close()


def test_closing_twice_does_no_harm(tmp_path: Path) -> None:
    """A closed lock does not close the file that got its number since."""
    lock = DataDirLock(tmp_path)
    lock.close()
    other = os.open(tmp_path, os.O_RDONLY)
    lock.close()

    os.fstat(other)
    os.close(other)


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """The kernel gives the lock back when its holder is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_locked(tmp_path)
        holder.kill()

    assert not is_locked(tmp_path)


def test_a_directory_that_is_missing_cannot_be_locked(tmp_path: Path) -> None:
    """The message says to make the directory writable."""
    assert not is_locked(tmp_path / "none")
    with pytest.raises(StoreError, match="writable"):
        DataDirLock(tmp_path / "none")


def test_recorders_are_found_again(tmp_path: Path) -> None:
    """Every worker's file is found by its name, in order, and nothing else is."""
    for worker in (3, 0):
        recorder_path(tmp_path, worker).touch()
    (tmp_path / "routeproof.db").touch()

    assert recorder_paths(tmp_path) == [recorder_path(tmp_path, 0), recorder_path(tmp_path, 3)]
