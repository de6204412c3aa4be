"""Runs of small plans against one simulated provider, with someone who watches and may stop them."""

import asyncio
from collections.abc import Sequence

from tests.support.prover_runs import KEY, QUICK
from tests.support.sample_evidence import ROUTE

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Spent
from routeproof.prover.check import Check
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.engine.watching import Unwatched
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

SETUP = Setup(model="deepseek-flash", dialect="deepseek", pack=Pack.CUSTOM, seed=7)
ONE_BY_ONE = RunSettings(concurrency=1, ask_again=False)


def plan_of(*checks: Check, setup: Setup = SETUP) -> Plan:
    """The plan of these checks."""
    return make_plan(ROUTE, checks, setup, created="2026-11-24T12:00:00.000Z")


class Watching(Unwatched):
    """Notes what it is told, and stops the run after so many observations."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop = asyncio.Event()
        self.told: list[object] = []
        self._left = stop_after

    def began(self, planned: int, already: int) -> None:
        """Note it."""
        self.told.append((planned, already))

    def observed(self, observation: Observation, spent: Spent) -> None:
        """Note it, and count down."""
        self.told.append(observation.id)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self.stop.set()

    def stopping(self, why: str) -> None:
        """Note it."""
        self.told.append(why)


async def against(simulator: RunningSimulator, plan: Plan, **more: object) -> Outcome:
    """One run against the one simulated provider."""
    endpoint = Endpoint(base_url=simulator.base_url("one"), keys=keys_for(KEY), request_id_headers=("x-ds-trace-id",))
    settings = more.pop("settings", RunSettings(ask_again=False))
    async with Sender(more.pop("deadlines", QUICK)) as sender:  # type: ignore[arg-type]
        return await run_plan(plan, dict.fromkeys(Arm, endpoint), sender, settings=settings, **more)  # type: ignore[arg-type]


def ran(
    plan: Plan, *, faults: Sequence[dict[str, object]] = (), watcher: Watching | None = None, **more: object
) -> Outcome:
    """The outcome of a run of its own."""

    async def main() -> Outcome:
        async with await start_simulator(ONE) as simulator:
            for fault in faults:
                simulator.server("one").faults.add(**fault)  # type: ignore[arg-type]
            if watcher is not None:
                more.update(watcher=watcher, stop=watcher.stop)
            return await against(simulator, plan, **more)

    return asyncio.run(main())


ONE = SimulatorSettings(providers=(ProviderSettings(name="one", kind=Kind.DEEPSEEK, keys=(KEY,)),))


def endings(outcome: Outcome) -> list[Ending]:
    """How each planned request ended, in the order of the plan."""
    return [one.transcript.ending for one in outcome.observations]
