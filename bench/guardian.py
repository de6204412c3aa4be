"""Ends what the benchmark started if it is killed itself. Run as `python -m bench.guardian`.

It reads from its input, which closes when the benchmark is gone in whatever way: `+N` for a process group that
was started, `-N` for one that has ended.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress


def groups_left(lines: Iterable[str]) -> list[int]:
    """The groups that were started and have not ended when the lines do, the last started first."""
    left: dict[int, None] = {}
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            left[group] = None
        else:
            left.pop(group, None)
    return list(reversed(left))


def main() -> None:
    """Wait for the end of the input, then kill what is left."""
    # The benchmark answers the terminal's signals; this process outlasts it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for group in groups_left(sys.stdin):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
