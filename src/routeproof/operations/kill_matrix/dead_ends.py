"""What there can be instead of an API: no check may pass there, and none may hang."""

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Declared, Plan
from routeproof.evidence.results import CheckResult
from routeproof.operations.kill_matrix.declared_routes import DeclaredRoutes, endpoint_at
from routeproof.prover.check import Check
from routeproof.prover.engine.endpoints import Deadlines
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.kill_matrix.matrix import World
from routeproof.prover.kill_matrix.rows.routes import ROUTES, SHORT_CONTEXT
from routeproof.prover.packs import Pack
from routeproof.simulator import canned
from routeproof.simulator.canned import CannedProvider
from routeproof.simulator.faults import Fault
from routeproof.simulator.simulator import start_behaviour

_EVERYTHING: Final[dict[str, Declared]] = {**SHORT_CONTEXT, "facet.json-schema": True}
"""Nothing is declared absent, so that every check asks."""
CARDBOARD: Final = "a canned completion"
HANGING: Final = "an endpoint that hangs"
_REFUSED: Final = "a port where nobody listens"
_SERVERS: Final[Mapping[str, Callable[[], CannedProvider]]] = {
    "an empty answer": canned.nothing,
    HANGING: canned.nothing,
    "a web page": canned.html,
    "an empty object": canned.braces,
    CARDBOARD: canned.completion,
}
DEAD_ENDS: Final = (_REFUSED, *_SERVERS)
_SHORT: Final = Deadlines(connect_s=2.0, first_byte_s=0.2, idle_s=0.2, total_s=1.0)
_PATIENT: Final = Deadlines(connect_s=5.0, first_byte_s=10.0, idle_s=10.0, total_s=30.0)


class DeadRun:
    """A plan against one dead end: what was asked, what came of it, what the checks made of that."""

    def __init__(self, plan: Plan, outcome: Outcome, results: Sequence[CheckResult]) -> None:
        self.plan = plan
        self.outcome = outcome
        self.results = {result.check: result for result in results}

    def asks(self, check: str) -> bool:
        """Whether the check sends anything; one that does not speaks about the plan, not about an endpoint."""
        return bool(self.plan.cases_of(check))


async def prove_dead_end(name: str, checks: Sequence[Check], routes: DeclaredRoutes) -> DeadRun:
    """Ask what the checks ask (each case once) where there is no API."""
    async with _dead_end(name) as base_url, Sender(_SHORT if name == HANGING else _PATIENT) as sender:
        plan = routes.plan(World(route=ROUTES[0].name, declared=_EVERYTHING), checks, base_url, pack=Pack.SMOKE)
        settings = RunSettings(concurrency=64, ask_again=False)
        outcome = await run_plan(plan, {Arm.DIRECT: endpoint_at(base_url)}, sender, settings=settings)
    return DeadRun(plan, outcome, judge_all(plan, judges_of(checks), outcome.observations))


@asynccontextmanager
async def _dead_end(name: str) -> AsyncIterator[str]:
    if name == _REFUSED:
        # Bound and not listening: nobody else can take the port, and nobody answers there.
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{held.getsockname()[1]}"
        return
    server = await start_behaviour(name, _SERVERS[name]())
    if name == HANGING:
        server.faults.add(Fault.STALL_BEFORE_HEADERS, times=None)
    try:
        yield server.base_url
    finally:
        await server.stop()
