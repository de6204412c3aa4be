"""The flight recorder's file."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from routeproof.errors import StoreError
from routeproof.store.slot_file import SLOT_BYTES, SLOTS_MAX, make_slot_file, open_slot_file, slots_offset


def test_a_new_file_is_free_private_and_fully_reserved(recorder_file: Path) -> None:
    """Every slot is free, nobody else may read it, and no store can meet a full disk."""
    file = make_slot_file(recorder_file, 100, 3)
    status = recorder_file.stat()

    assert (file.slots, file.worker, file.occupied()) == (100, 3, 0)
    assert status.st_size == slots_offset(100) + 100 * SLOT_BYTES
    assert status.st_blocks * 512 >= status.st_size
    assert status.st_mode & 0o777 == 0o600
    assert [path.name for path in recorder_file.parent.iterdir()] == [recorder_file.name]
    file.close()


def test_it_opens_again_as_it_was(recorder_file: Path) -> None:
    """Size and worker come from the file itself."""
    make_slot_file(recorder_file, 100, 3).close()
    file = open_slot_file(recorder_file)

    assert file is not None
    assert (file.slots, file.worker) == (100, 3)
    file.close()


def test_no_file_is_nothing_to_open(recorder_file: Path) -> None:
    """A first start finds none, and that is no error."""
    assert open_slot_file(recorder_file) is None


@pytest.mark.parametrize("content", [b"", b"RPFLIGH", b"something else altogether" * 400])
def test_another_file_is_not_taken_for_one(recorder_file: Path, content: bytes) -> None:
    """What is no flight recorder is named and left alone."""
    recorder_file.write_bytes(content)

    with pytest.raises(StoreError, match=f"{recorder_file.name} is no flight recorder"):
        open_slot_file(recorder_file)
    assert recorder_file.read_bytes() == content


@pytest.mark.parametrize("damage", ["cut", "longer", "version"])
def test_a_file_of_another_shape_is_refused(recorder_file: Path, damage: str) -> None:
    """One that was cut, or that another version wrote, is not read as if it were ours."""
    make_slot_file(recorder_file, 4, 0).close()
    content = bytearray(recorder_file.read_bytes())
    if damage == "cut":
        del content[-1]
    elif damage == "longer":
        content.append(0)
    else:
        content[8] = 2
    recorder_file.write_bytes(content)

    with pytest.raises(StoreError, match="another version, or is cut"):
        open_slot_file(recorder_file)


def test_a_full_disk_is_told_before_anything_is_served(recorder_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the size that is needed and the setting; nothing half-made is left."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StoreError, match=r"16384 bytes \(No space left.*limits\.recorder_slots"):
        make_slot_file(recorder_file, 4, 0)
    assert list(recorder_file.parent.iterdir()) == []


def test_a_file_that_may_not_be_opened_is_named(tmp_path: Path) -> None:
    """A directory in its place, say."""
    with pytest.raises(StoreError, match="can't open"):
        open_slot_file(tmp_path)


@pytest.mark.parametrize("slots", [0, -1, SLOTS_MAX + 1])
def test_the_number_of_slots_is_bounded(recorder_file: Path, slots: int) -> None:
    """Neither none nor a number that would fill a disk."""
    with pytest.raises(ValueError, match=str(SLOTS_MAX)):
        make_slot_file(recorder_file, slots, 0)
