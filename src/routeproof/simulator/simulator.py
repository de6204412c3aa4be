"""Starts a set of simulated providers, each on a port of its own, and stops them again."""

import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from routeproof.clock import Clock, SystemClock
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.newapi import NewApiGateway
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import Behaviour
from routeproof.simulator.schedule import FaultSchedule
from routeproof.simulator.seen import RequestRecorder
from routeproof.simulator.server import SimServer
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings

_BEHAVIOURS: dict[Kind, type[DeepSeekProvider] | type[QwenProvider] | type[NewApiGateway]] = {
    Kind.DEEPSEEK: DeepSeekProvider,
    Kind.QWEN: QwenProvider,
    Kind.NEWAPI: NewApiGateway,
}


class RunningSimulator:
    """Simulated providers that are listening. Leaving it as a context manager stops them."""

    def __init__(self, servers: dict[str, SimServer], recorder: RequestRecorder | None = None) -> None:
        self.servers = servers
        self._recorder = recorder

    def server(self, provider: str) -> SimServer:
        """The server of a provider: its log, its faults, its latency."""
        return self.servers[provider]

    def base_url(self, provider: str) -> str:
        """What a client puts before `/chat/completions`."""
        return self.servers[provider].base_url

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        for server in self.servers.values():
            await server.stop()
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def start_simulator(
    settings: SimulatorSettings, *, ssl_context: ssl.SSLContext | None = None, clock: Clock | None = None
) -> RunningSimulator:
    """Start every provider of the settings. Raises OSError where a port is taken, and then starts none."""
    clock = SystemClock() if clock is None else clock
    recorder = None if settings.record_path is None else RequestRecorder(settings.record_path)
    running = RunningSimulator({}, recorder)
    try:
        for provider in settings.providers:
            server = _server(provider, clock, recorder)
            await server.start(provider.host, provider.port, ssl_context)
            running.servers[provider.name] = server
    except OSError:
        await running.stop()
        raise
    return running


async def start_behaviour(
    name: str,
    behaviour: Behaviour,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl_context: ssl.SSLContext | None = None,
    clock: Clock | None = None,
) -> SimServer:
    """Start one server for any behaviour, such as a ReplayProvider. Await its `stop()` in the end."""
    server = SimServer(name, behaviour, SystemClock() if clock is None else clock)
    await server.start(host, port, ssl_context)
    return server


async def start_behaviours(
    behaviours: Mapping[str, Behaviour], *, host: str = "127.0.0.1", first_port: int = 0
) -> RunningSimulator:
    """Start one server for each behaviour; their ports count up from `first_port` (0: any free).

    Raises OSError where a port is taken, and then starts none.
    """
    running = RunningSimulator({})
    try:
        for number, (name, behaviour) in enumerate(behaviours.items()):
            port = first_port + number if first_port else 0
            running.servers[name] = await start_behaviour(name, behaviour, host=host, port=port)
    except OSError:
        await running.stop()
        raise
    return running


def _server(provider: ProviderSettings, clock: Clock, recorder: RequestRecorder | None) -> SimServer:
    return SimServer(
        provider.name,
        _BEHAVIOURS[provider.kind](provider, clock),
        clock,
        faults=FaultSchedule(provider.faults, provider.seed),
        latency=provider.latency,
        recorder=recorder,
    )
