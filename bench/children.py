"""Child processes: each in a process group of its own, on one core, logged, and stopped however the run ends."""

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from bench.errors import BenchError

ROOT: Final = Path(__file__).resolve().parents[1]
"""The checkout: modules of this package are run from there."""
STOP_GRACE_S: Final = 5.0
LOG_TAIL_BYTES: Final = 2_000
_POLL_S: Final = 0.05


class Child:
    """One running process and its group."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._log = log

    def has_ended(self) -> bool:
        """True once the process itself is gone; it is not reaped, so that its group's id stays taken."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def log_tail(self) -> str:
        """The end of what it wrote."""
        return self._log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()

    def wait_ready(self, probe: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `probe` is true. Raises BenchError with the log's end if it does not come to that."""
        deadline = time.monotonic() + timeout_s
        while not probe():
            if self.has_ended():
                raise BenchError(f"{self.name} ended before it was ready; it wrote:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise BenchError(f"{self.name} was not ready in {timeout_s:g} s; it wrote:\n{self.log_tail()}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End the whole group: asked first, killed after the grace."""
        if self._process.returncode is not None:
            return
        os.killpg(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE_S
        while not self.has_ended() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


class Children:
    """Starts processes and sees to it that none outlives the run."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._running: list[Child] = []
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "bench.guardian"], stdin=subprocess.PIPE, cwd=ROOT, start_new_session=True
        )
        atexit.register(self.stop_all)

    def start(
        self,
        name: str,
        argv: Sequence[str],
        *,
        core: int,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Child:
        """Start a process on one core. Raises BenchError where the program is missing."""
        log = self._log_dir / f"{name}.log"
        with log.open("wb") as output:
            try:
                process = subprocess.Popen(
                    ["taskset", "-c", str(core), *argv],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **(environ or {})},
                    cwd=cwd,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise BenchError("taskset is missing; install it (Debian: util-linux)") from error
        child = Child(name, process, log)
        self._running.append(child)
        self._tell_guardian(f"+{child.pid}")
        return child

    def stop(self, child: Child) -> None:
        """End one process and its group."""
        child.stop()
        if child in self._running:
            self._running.remove(child)
            self._tell_guardian(f"-{child.pid}")

    def stop_all(self) -> None:
        """End all of them, the last started first."""
        while self._running:
            self.stop(self._running[-1])

    def close(self) -> None:
        """End all of them and the guardian."""
        self.stop_all()
        self._guardian.communicate()

    def _tell_guardian(self, line: str) -> None:
        assert self._guardian.stdin is not None
        # Without its guardian a run still stops everything itself.
        with suppress(BrokenPipeError):
            self._guardian.stdin.write(f"{line}\n".encode())
            self._guardian.stdin.flush()


def exit_on_signals() -> None:
    """Turn SIGINT, SIGTERM and SIGHUP into an ordinary exit, on which everything is cleaned up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
