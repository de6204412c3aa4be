"""A simulated provider in a thread of its own, and the words by which it is proven."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.loop_thread import LoopThread

from routeproof.operations.proving.targets import EndpointWords, Target, endpoint_target
from routeproof.simulator.server import SimServer
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

KEY = "sk-sim-canary-0123456789abcdef"


class RouteToProve:
    """Use as a context manager."""

    def __init__(self, kind: str = "deepseek", model: str = "deepseek-flash", keys: Sequence[str] = (KEY,)) -> None:
        self._kind, self._model = kind, model
        self._provider = ProviderSettings(name="one", kind=Kind(kind), keys=tuple(keys))
        self.thread = LoopThread()
        self._simulator: RunningSimulator

    @property
    def server(self) -> SimServer:
        """The provider."""
        return self._simulator.server("one")

    @property
    def target(self) -> Target:
        """The route as an endpoint of no configuration."""
        words = EndpointWords(
            base_url=self.server.base_url,
            api_key="env:KEY",
            model=self._model,
            dialect=self._kind,
            region="singapore" if self._kind == "qwen" else None,
            allow_plain=True,
        )
        return endpoint_target(words, {"KEY": KEY}, Path())

    def __enter__(self) -> Self:
        self.thread.__enter__()
        self._simulator = self.thread.run(start_simulator(SimulatorSettings(providers=(self._provider,))))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.thread.run(self._simulator.stop())
        self.thread.__exit__()
        assert not self.thread.faults, self.thread.faults
