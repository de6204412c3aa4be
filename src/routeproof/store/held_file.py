"""A file that one process holds by a lock: closing it lets another have it, and so does the end of the process."""

import os
from types import TracebackType
from typing import Self


class HeldFile:
    """Base of those that open such a file and lock it."""

    _fd: int
    """Open while it is held; -1 once closed."""

    def close(self) -> None:
        """Let another process have it. Safe to call again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
