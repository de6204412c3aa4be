"""Notes the usage that the simulated providers set out to report, for answers whose end no client gets to see."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import msgspec

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.newapi_streams import reported_usage
from routeproof.simulator.reply import Behaviour, HttpRequest, Reply
from routeproof.simulator.simulator import RunningSimulator


class Promise(msgspec.Struct, frozen=True):
    """The usage in a whole reply as a provider planned it, before any fault of the connection struck."""

    provider: str
    usage: Mapping[str, object]


class Witness:
    """Stands beside every provider of a simulator, for as long as the `with` block lasts."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self.promises: list[Promise] = []
        """In the order of the requests; refusals promise nothing."""
        self._servers = simulator.servers
        self._behaviours = {name: server.behaviour for name, server in self._servers.items()}

    def __enter__(self) -> Self:
        for name, behaviour in self._behaviours.items():
            self._servers[name].behaviour = _Watched(name, behaviour, self.promises)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for name, behaviour in self._behaviours.items():
            self._servers[name].behaviour = behaviour


class _Watched:
    """A provider's behaviour, unchanged, with a note taken of each answer."""

    def __init__(self, provider: str, behaviour: Behaviour, promises: list[Promise]) -> None:
        self._provider = provider
        self._behaviour = behaviour
        self._promises = promises

    @property
    def base_path(self) -> str:
        """The path that clients put before `/chat/completions`."""
        return self._behaviour.base_path

    @property
    def own_faults(self) -> frozenset[Fault]:
        """Faults that it commits itself."""
        return self._behaviour.own_faults

    @property
    def a_key(self) -> str:
        """A key that it accepts."""
        return self._behaviour.a_key

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """The reply to a request."""
        reply = self._behaviour.answer(request, fault)
        usage = reported_usage(reply)
        if usage is not None:
            self._promises.append(Promise(self._provider, usage))
        return reply

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """An error reply in this provider's own words."""
        return self._behaviour.refusal(name, request)
