"""What the command line asks of the program's long-running parts; the wiring provides it."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from routeproof.clock import Clock
from routeproof.config.settings import Settings
from routeproof.operations.kill_matrix.gateways import TappedGateway


class Runtime(Protocol):
    """Each method runs until it is done or told to stop, and gives the process's exit code."""

    def serve(self, settings: Settings) -> int:
        """Serve clients until SIGTERM or SIGINT. SIGHUP reads `settings.source_path` again."""
        ...

    def simulate(self, script: Path | None, replay: Path | None, *, host: str, port: int, as_json: bool) -> int:
        """Run the simulated providers alone, each on its own port, counting up from `port` (0: any free).

        `script` is a file of scenarios; `replay` a folder of recordings to serve instead, for one server for each
        provider in them. At most one of the two is given; without either everything is answered well.
        """
        ...

    def demo(self, *, once: bool, as_json: bool, fault: str | None) -> int:
        """Run gateway and simulated providers together, prove their routes, send the scripted mix and judge it.

        `fault` is what one more route does wrong. `once` ends then; without it everything stays up until SIGTERM or
        SIGINT. Raises OperatorError where there is no such fault.
        """
        ...

    def tapped_gateway(self, settings: Settings, clock: Clock) -> AbstractAsyncContextManager[TappedGateway]:
        """A gateway in this process that the prover tests itself on: it serves while the context lasts."""
        ...
