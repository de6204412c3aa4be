"""Files that only their owner reads: written whole or not at all, and on disk before a call returns."""

import os
from pathlib import Path
from secrets import token_hex

from routeproof.errors import StoreError


def write_private(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file with mode 0600; its folder is made, for this user alone, where it is missing.

    Raises FileExistsError where it is there already (unless `overwrite`), StoreError where it can't be written.
    """
    part = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        _make_folder(path.parent)
        _write_new(part, data)
        try:
            if overwrite:
                part.replace(path)
            else:
                # A link is refused where the name is taken, a rename would take its place.
                path.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():
            raise
        raise StoreError(f"can't write {path} ({error.strerror}); make its folder writable") from error


def read_whole(path: Path, bytes_max: int) -> bytes:
    """A file's bytes. Raises FileNotFoundError where there is none, else StoreError, also where it is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"can't read {path} ({error.strerror}); check the path and its permissions") from error
    if len(data) > bytes_max:
        raise StoreError(f"{path} is larger than {bytes_max} bytes, which it never is; name another file")
    return data


def _make_folder(folder: Path) -> None:
    """Each part that is missing, for this user alone: `parents=True` would give those above the usual mode."""
    missing = [part for part in (folder, *folder.parents) if not part.is_dir()]
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)


def _write_new(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """So that the name is on disk as well as the bytes."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
