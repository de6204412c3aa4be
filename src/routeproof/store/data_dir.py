"""The data directory: which file is where, who may read it, and the lock that lets one process serve on it."""

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

from routeproof.errors import StoreError
from routeproof.store.held_file import HeldFile

DATABASE_NAME: Final = "routeproof.db"
LOCK_NAME: Final = "routeproof.lock"
RECORDER_NAME: Final = "flight-recorder-{worker}"


def database_path(data_dir: Path) -> Path:
    """The ledger, the keys and the workers' heartbeats."""
    return data_dir / DATABASE_NAME


def recorder_path(data_dir: Path, worker: int) -> Path:
    """One worker's flight recorder."""
    return data_dir / RECORDER_NAME.format(worker=worker)


def recorder_paths(data_dir: Path) -> list[Path]:
    """Every flight recorder that some worker has left, by name."""
    return sorted(data_dir.glob(RECORDER_NAME.format(worker="*")))


def make_data_dir(data_dir: Path) -> None:
    """Make the directory, for this user alone, where it is missing. Raises StoreError."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"can't make the data directory {data_dir} ({error.strerror}); make it, or correct server.data_dir"
        ) from error


class DataDirLock(HeldFile):
    """Held while a process serves. The kernel drops it when the process dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        """Take the lock. Raises StoreError where another process holds it."""
        path = data_dir / LOCK_NAME
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"can't open {path} ({error.strerror}); make {data_dir} writable") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise StoreError(f"can't lock {path} ({error.strerror}); use a local file system") from error
            raise StoreError(
                f"another process serves on {data_dir} (it holds {path}); stop it, or set another server.data_dir"
            ) from error


def is_locked(data_dir: Path) -> bool:
    """Whether a process serves on the directory right now."""
    path = data_dir / LOCK_NAME
    if not path.exists():
        return False
    try:
        DataDirLock(data_dir).close()
    except StoreError:
        return True
    return False
