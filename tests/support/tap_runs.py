"""Proves through a gateway with a tap, our own or the simulator's relay; the rows of either included."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from tests.support.gateway_runs import rows_of
from tests.support.loop_thread import LoopThread
from tests.support.prover_runs import CREATED, KEY, QUICK, SimulatedRun
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Declared, Plan
from routeproof.evidence.results import CheckResult
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.ledger.entries import Entry
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup
from routeproof.simulator.plan import Latency
from routeproof.simulator.relay import Relay
from routeproof.simulator.relay_defects import RelayDefect
from routeproof.simulator.relay_errand import PREFIX
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

RELAY_KEY = "rp-relay-canary-0123456789abcdef"
SLOWLY = Latency(0.0, 0.01)
"""Events a hundredth of a second apart: long enough for waiting to show."""


PATIENT = {"hold p99": 200, "overhead p95": 400, "overhead p99": 800}
"""Milliseconds for an honest gateway that shares its cores with its provider, the prover, and other tests."""


def through_own_gateway(
    checks: Sequence[str],
    kind: str = "deepseek",
    model: str = "deepseek-flash",
    *,
    key: str | None = None,
    latency: Latency = SLOWLY,
    faults: Sequence[str] = (),
    provider_lines: str = "",
    declared: Mapping[str, Declared] | None = None,
) -> SimulatedRun:
    """Through our own gateway with its tap key, unless another key is given."""
    with RunningGateway(provider_lines={kind: provider_lines}) as gateway:
        server = gateway.simulator.server(kind)
        server.latency = latency
        for fault in faults:
            server.faults.add(fault, times=None)
        plan = _plan(checks, kind, model, server.base_url, SIM_KEYS[kind], declared)
        keys = keys_for(key or gateway.tap_key)
        endpoint = Endpoint(base_url=gateway.base_url, keys=keys, model=f"{kind}/{model}", is_gateway=True, tapped=True)
        outcome = gateway.loop.run(_run(plan, endpoint), timeout_s=60.0)
        seen = tuple(_with_rows(one, gateway.ledger.entry) for one in outcome.observations)
        assert gateway.plane.hub.taps.held == 0, "a record was left that nobody has read"
    return SimulatedRun(plan, outcome._replace(observations=seen), _judged(checks, plan, seen))


def through_relay(
    checks: Sequence[str],
    kind: str = "deepseek",
    model: str = "deepseek-flash",
    *,
    defect: RelayDefect | None = None,
    latency: Latency = SLOWLY,
    declared: Mapping[str, Declared] | None = None,
) -> SimulatedRun:
    """Through the simulator's relay."""
    provider = ProviderSettings(name=kind, kind=Kind(kind), keys=(KEY,), latency=latency)
    with LoopThread() as thread:
        simulator = thread.run(start_simulator(SimulatorSettings(providers=(provider,))))
        base_url = simulator.base_url(kind)
        relay = Relay(base_url, KEY, client_key=RELAY_KEY, defect=defect)
        plan = _plan(checks, kind, model, base_url, KEY, declared)
        endpoint = Endpoint(
            base_url=thread.run(relay.start()),
            keys={**keys_for(RELAY_KEY)},
            model=PREFIX + model,
            is_gateway=True,
            tapped=True,
        )
        outcome = thread.run(_run(plan, endpoint), timeout_s=60.0)
        seen = tuple(_with_rows(one, relay.entries.get) for one in outcome.observations)
        thread.run(relay.stop())
        thread.run(simulator.stop())
        assert not thread.faults, thread.faults
    return SimulatedRun(plan, outcome._replace(observations=seen), _judged(checks, plan, seen))


def _plan(
    checks: Sequence[str], kind: str, model: str, base_url: str, key: str, declared: Mapping[str, Declared] | None
) -> Plan:
    setup = Setup(
        model=model,
        dialect=kind,
        pack=Pack.CUSTOM,
        seed=7,
        declared={"models": model, **(declared or {})},
        arms=(Arm.GATEWAY,),
        over_our_gateway=True,
        simulated=True,
    )
    route = RouteIdentity(
        name=f"{kind}/{model}",
        base_url=base_url,
        key_fingerprint=key_fingerprint(key),
        model=model,
        dialect=kind,
        overlay_digest=overlay_digest(kind),
        price_facts_digest=None,
    )
    return make_plan(route, _patient(checks), setup, created=CREATED)


def _patient(checks: Sequence[str]) -> list[Check]:
    return [
        msgspec.structs.replace(
            check,
            thresholds=tuple(
                msgspec.structs.replace(one, value=PATIENT.get(one.name, one.value)) for one in check.thresholds
            ),
        )
        for check in checks_named(checks)
    ]


def _with_rows(observation: Observation, find: Callable[[str], Entry | None]) -> Observation:
    entry = find(observation.gateway_request_id) if observation.gateway_request_id else None
    return observation if entry is None else msgspec.structs.replace(observation, ledger=rows_of(entry))


def _judged(checks: Sequence[str], plan: Plan, seen: Sequence[Observation]) -> Sequence[CheckResult]:
    return judge_all(plan, judges_of(checks_named(checks)), seen)


async def _run(plan: Plan, endpoint: Endpoint) -> Outcome:
    async with Sender(QUICK) as sender:
        return await run_plan(
            plan, {Arm.GATEWAY: endpoint}, sender, settings=RunSettings(concurrency=16, ask_again=False)
        )
