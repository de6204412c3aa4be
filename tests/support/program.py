"""The program as its users run it: commands that end, and commands that stay up, each in a process of its own."""

import itertools
import json
import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.raw_client import Answer, ask, request
from tests.support.waiting import until

PROGRAM = Path(sys.executable).with_name("routeproof")
COMMAND_S = 60.0
READY_S = 10.0
_NUMBERS = itertools.count()
_LISTENS = re.compile(r"(data|admin) plane listens on 127\.0\.0\.1:(\d+)")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's own, so that PYTHONPATH still chooses the build under test, without settings of the program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROUTEPROOF_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many starts would compile all of it anew
    return {**kept, **(more or {})}


def run(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself, whatever its exit code."""
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env=environment(environ),
        capture_output=True,
        text=True,
        timeout=COMMAND_S,
        check=False,
    )


class Running:
    """A command that stays up, its stderr in a file. Leaving the context kills it."""

    def __init__(
        self, folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, under: Sequence[str] = ()
    ) -> None:
        """`under` is a command that runs the program, such as a tracer that leaves the process id as it is."""
        self.stderr = folder / f"stderr-{next(_NUMBERS)}"
        with self.stderr.open("wb") as stderr:
            self.process = subprocess.Popen(
                [*under, PROGRAM, *arguments],
                cwd=folder,
                env=environment(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def log(self) -> str:
        """Everything that it has written to stderr."""
        return self.stderr.read_text()

    def messages(self) -> list[str]:
        """What its log lines say."""
        return [json.loads(line)["message"] for line in self.log().splitlines() if line.startswith("{")]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, without a chance to do anything about it."""
        self.process.kill()
        self.process.wait()

    def wait(self, timeout_s: float = 30.0) -> int:
        """Its exit code, once it has ended by itself; negative where a signal ended it."""
        return self.process.wait(timeout_s)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait()


class Serving(Running):
    """`routeproof serve` in a folder that holds its configuration."""

    def __init__(
        self,
        folder: Path,
        *,
        environ: Mapping[str, str],
        under: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls` is whom to trust where it serves https."""
        super().__init__(folder, "serve", environ=environ, under=under)
        self.port = 0
        self._tls = tls

    def wait_ready(self, timeout_s: float = READY_S) -> Self:
        """Return once it takes requests; fails where it has ended, or takes too long."""
        until(lambda: self.ended or self.ready(), "the gateway is ready", timeout_s)
        assert not self.ended, f"it ended with {self.process.returncode}: {self.log()}"
        return self

    def ready(self) -> bool:
        """Whether it takes requests."""
        self.port = self._listens("data")
        try:
            return self.port != 0 and self.readiness() == 200
        except ConnectionError:
            return False

    def readiness(self) -> int:
        """The status of /readyz."""
        return self.get("/readyz").status

    def get(self, path: str) -> Answer:
        """An address of the data plane, on a connection of its own."""
        return ask(self.port, request("GET", path), tls=self._tls)

    def admin_port(self) -> int:
        """Where the admin plane listens."""
        until(lambda: self._listens("admin"), "the admin plane listens")
        return self._listens("admin")

    def _listens(self, plane: str) -> int:
        return next((int(port) for name, port in _LISTENS.findall(self.log()) if name == plane), 0)
