"""Reads what Linux says of processes: CPU time, resident memory, children (proc(5)), and the machine's CPU."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
KIB: Final = 1024


def parse_cpu_ticks(stat: str) -> int:
    """User and system time of all threads, in clock ticks: fields 14 and 15 of /proc/PID/stat."""
    fields = _fields_after_name(stat)
    return int(fields[11]) + int(fields[12])


def parse_parent(stat: str) -> int:
    """The parent's process id: field 4 of /proc/PID/stat."""
    return int(_fields_after_name(stat)[1])


def parse_rss_bytes(status: str) -> int:
    """`VmRSS` of /proc/PID/status, in bytes. Raises ValueError where there is none, as for a zombie."""
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            amount, unit = value.split()
            if unit != "kB":
                raise ValueError(f"VmRSS is in {unit!r}, expected kB")
            return int(amount) * KIB
    raise ValueError("no VmRSS: the process has ended")


def parse_cpu_model(cpuinfo: str) -> str:
    """The first `model name` of /proc/cpuinfo; 'unknown' where the architecture has none."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return "unknown"


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that the processes have used since they began."""
    ticks = sum(parse_cpu_ticks((PROC / str(pid) / "stat").read_text()) for pid in pids)
    return ticks / TICKS_PER_S


def rss_bytes(pids: Iterable[int]) -> int:
    """Resident memory of the processes together."""
    return sum(parse_rss_bytes((PROC / str(pid) / "status").read_text()) for pid in pids)


def children_of(pid: int) -> list[int]:
    """Direct children of a process."""
    return sorted(child for child, parent in _parents().items() if parent == pid)


def tree_of(pid: int) -> list[int]:
    """A process and all its descendants."""
    parents = _parents()
    tree = [pid]
    for member in tree:
        tree.extend(sorted(child for child, parent in parents.items() if parent == member))
    return tree


def cpu_model() -> str:
    """The machine's CPU."""
    return parse_cpu_model((PROC / "cpuinfo").read_text())


def wait_quiet(pids: list[int], *, timeout_s: float = 10.0, window_s: float = 0.2) -> bool:
    """Wait until the processes use less than a tenth of a core. False where they still do at the timeout."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        before = cpu_seconds(pids)
        time.sleep(window_s)
        if cpu_seconds(pids) - before < window_s / 10:
            return True
    return False


def _fields_after_name(stat: str) -> list[str]:
    # The name is in parentheses and may itself hold blanks and parentheses; the state follows the last one.
    return stat.rpartition(")")[2].split()


def _parents() -> dict[int, int]:
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = parse_parent((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended meanwhile
    return parents
