"""Sets up one world of the kill matrix, asks what a plan asks there, and judges what comes back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

import msgspec

from routeproof.clock import ShiftedClock
from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import CheckResult
from routeproof.operations.kill_matrix.declared_routes import (
    KEYS,
    RELAY_KEY,
    DeclaredRoutes,
    endpoint_at,
    endpoint_behind,
    endpoint_of_relay,
    route_named,
)
from routeproof.operations.kill_matrix.gateways import StartGateway, gateway_before
from routeproof.operations.proving.gateway import rows_of, with_rows
from routeproof.prover.check import Check
from routeproof.prover.engine.endpoints import Deadlines, Endpoint
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.running import RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.kill_matrix.matrix import SeededFault, Via, World
from routeproof.prover.kill_matrix.tampering import tampered
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.plan import Latency
from routeproof.simulator.relay import Relay
from routeproof.simulator.relay_defects import RelayDefect
from routeproof.simulator.schedule import FaultRule, Match
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

DEADLINES: Final = Deadlines(connect_s=5.0, first_byte_s=10.0, idle_s=10.0, total_s=60.0)
_RUN: Final = RunSettings(concurrency=16, ask_again=False)
_CALM: Final = RunSettings(concurrency=4, ask_again=False)
"""Where time is told by the millisecond, and provider, gateway and prover share one loop."""
_MS_PER_S: Final = 1_000
HONEST_RELAY: Final = "honest"
_ASKED: Final = "asked"
_BEHIND: Final = "behind"
_LATENCY: Final = ("first_byte_ms", "event_interval_ms")


class WorldRun:
    """What was planned in a world, and what came of it."""

    def __init__(self, plan: Plan, checks: Sequence[Check], observations: Sequence[Observation]) -> None:
        self._plan = plan
        self._judges = judges_of(checks)
        self._observations = observations

    def results(self, tampering: str | None = None) -> dict[str, CheckResult]:
        """The result of each check that can be judged there, by id; of a record that somebody has changed, if so."""
        plan, observations = tampered(tampering, self._plan, self._observations)
        return {result.check: result for result in judge_all(plan, self._judges, observations)}


class Worlds:
    """Use as an async context manager: all worlds share one sender. `start_gateway` is for those with a gateway."""

    def __init__(self, start_gateway: StartGateway) -> None:
        self.routes = DeclaredRoutes()
        self._start_gateway = start_gateway
        self._clock = ShiftedClock(self.routes.at_ns)
        self._stack = AsyncExitStack()
        self._sender: Sender

    async def __aenter__(self) -> "Worlds":
        self._sender = await self._stack.enter_async_context(Sender(DEADLINES))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def run(self, world: World, checks: Iterable[Check]) -> WorldRun:
        """Ask there what these checks ask."""
        asking = tuple({check.id: check for check in checks}.values())
        simulated = SimulatorSettings(providers=tuple(_providers(world)))
        async with await start_simulator(simulated, clock=self._clock) as simulator:
            plan = self.routes.plan(world, asking, simulator.base_url(_ASKED))
            if world.relay is not None:
                observations = await self._run_relay(plan, world.relay, simulator.base_url(_BEHIND))
            elif world.via is Via.DIRECT:
                asked = endpoint_at(simulator.base_url(_ASKED))
                observations = await self._run(plan, {Arm.DIRECT: asked}, _RUN)
            else:
                observations = await self._run_both(plan, world, simulator)
        return WorldRun(plan, asking, observations)

    async def _run(
        self, plan: Plan, endpoints: Mapping[Arm, Endpoint], settings: RunSettings = _CALM
    ) -> tuple[Observation, ...]:
        return (await run_plan(plan, endpoints, self._sender, settings=settings, clock=self._clock)).observations

    async def _run_relay(self, plan: Plan, defect: str, base_url: str) -> tuple[Observation, ...]:
        """Through another gateway than ours, with what it says that it did."""
        relay = Relay(
            base_url, KEYS[0], client_key=RELAY_KEY, defect=None if defect == HONEST_RELAY else RelayDefect(defect)
        )
        endpoint = endpoint_of_relay(await relay.start(), plan.route.model)
        try:
            seen = await self._run(plan, {Arm.GATEWAY: endpoint})
        finally:
            await relay.stop()
        rows = {name: rows_of(entry) for name, entry in relay.entries.items()}
        return tuple(msgspec.structs.replace(one, ledger=rows.get(one.gateway_request_id or "", ())) for one in seen)

    async def _run_both(self, plan: Plan, world: World, simulator: RunningSimulator) -> tuple[Observation, ...]:
        """Direct and through the gateway, with its rows."""
        route, direct = route_named(world.route), endpoint_at(simulator.base_url(_ASKED))
        behind_url = simulator.base_url(_BEHIND)
        starting = gateway_before(self._start_gateway, route, behind_url, KEYS[0], self.routes.listed, self._clock)
        async with starting as gateway:
            behind = endpoint_behind(gateway, route)
            seen = await self._run(plan, {Arm.DIRECT: direct, Arm.DIRECT_AGAIN: direct, Arm.GATEWAY: behind})
            return await with_rows(seen, gateway.database)


def _providers(world: World) -> Iterator[ProviderSettings]:
    """The one that is asked directly, and where there is a gateway, its twin behind that."""
    struck = world.faults if world.struck is not Via.GATEWAY else ()
    yield _provider(world, _ASKED, struck)
    if world.via is not Via.DIRECT:
        yield _provider(world, _BEHIND, world.faults)


def _provider(world: World, name: str, faults: Sequence[SeededFault]) -> ProviderSettings:
    waits = {name: int(value) / _MS_PER_S for name, value in world.settings.items() if name in _LATENCY}
    others: Mapping[str, object] = {name: value for name, value in world.settings.items() if name not in _LATENCY}
    honest = ProviderSettings(
        name=name,
        kind=Kind(route_named(world.route).kind),
        keys=KEYS,
        latency=Latency(waits.get("first_byte_ms", 0.0), waits.get("event_interval_ms", 0.0)),
        faults=tuple(_rule(fault) for fault in faults),
    )
    return msgspec.structs.replace(honest, **others)


def _rule(fault: SeededFault) -> FaultRule:
    call = FaultCall(
        fault=Fault(fault.fault),
        after_events=fault.after_events,
        seconds=fault.seconds,
        count=fault.count,
        control=fault.control,
    )
    return FaultRule(call, Match(fault.model, fault.stream), fault.times)
