"""strace, to make a system call fail, kill or wait at a chosen place; tests that need it are skipped without it."""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.waiting import until


@functools.cache
def _why_not() -> str:
    """Why strace can't be used here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (Debian: apt-get install strace)"
    tried = subprocess.run(["strace", "-D", "-o", "/dev/null", "true"], check=False, capture_output=True, text=True)
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


def needs_strace() -> pytest.MarkDecorator:
    """Marks tests that can't run without it."""
    return pytest.mark.skipif(bool(_why_not()), reason=_why_not() or "it is there")


def injecting(*faults: str, log: Path) -> list[str]:
    """A command that runs a program, as the process started, with `faults` such as `fsync:signal=SIGKILL:when=3`.

    A call is counted for each thread by itself.
    """
    calls = ",".join(sorted({fault.partition(":")[0] for fault in faults}))
    options = [option for fault in faults for option in ("-e", f"inject={fault}")]
    return ["strace", "-D", "-f", "-o", str(log), "-e", f"trace={calls}", *options]


@contextmanager
def failing(pid: int, call: str, error: str, path: Path, log: Path) -> Iterator[None]:
    """From now on every such call on that file fails, for as long as the block lasts; `log` has a line for each."""
    command = ["strace", "-f", "-p", str(pid), "-o", str(log), "-P", str(path), "-e", f"trace={call}"]
    with subprocess.Popen(
        [*command, "-e", f"inject={call}:error={error}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as tracer:
        try:
            until(lambda: _all_traced(pid), "strace holds every thread")
            yield
        finally:
            tracer.terminate()


def _all_traced(pid: int) -> bool:
    statuses = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return all("TracerPid:\t0\n" not in status for status in statuses)
