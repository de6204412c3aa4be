"""The demo's proofs: of each simulated route before it carries traffic, and of one with a seeded fault."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.clock import SystemClock
from routeproof.config.settings import Settings
from routeproof.evidence.plan import SelfTest
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.demo.config import FAULTY, FAULTY_ROUTE
from routeproof.operations.evidence.signers import ready_signer
from routeproof.operations.kill_matrix.gateways import StartGateway
from routeproof.operations.kill_matrix.running import run_matrix
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.running import ProvenRun, ProveOptions, plan_route, run_planned
from routeproof.operations.proving.targets import configured_target
from routeproof.operations.reports.plain_text import one_line
from routeproof.operations.reports.words import sentence
from routeproof.operations.screen import Column, Screen
from routeproof.prover.engine.endpoints import Deadlines
from routeproof.prover.engine.planning import checks_of
from routeproof.prover.kill_matrix.matrix import Ruling
from routeproof.prover.packs import Pack
from routeproof.store.evidence_store import keep_evidence

ROUTES: Final = ("deepseek/deepseek-flash", "qwen/qwen-plus")
SHOWN_MAX: Final = 3
"""Failing checks of a route that are explained; its evidence holds all of them."""
_DEADLINES: Final = Deadlines(connect_s=2.0, first_byte_s=2.0, idle_s=2.0, total_s=10.0)
"""Simulated providers answer at once, and a fault that hangs must not keep anybody waiting."""
_COLUMNS: Final[tuple[Column, ...]] = (
    ("route", "left"),
    ("verdict", "left"),
    ("facets", "left"),
    ("requests", "right"),
    ("evidence", "left"),
)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What one route came to."""

    route: str
    verdict: Verdict
    facets: tuple[str, ...]
    """Each with its verdict."""
    requests: int
    evidence: str
    """Its digest."""
    troubles: tuple[CheckResult, ...]
    """The results of checks that did not pass."""


class _Nobody:
    """Follows a self-test without a word."""

    def began(self, rulings: int) -> None:
        """Nobody is told."""

    def ruled(self, ruling: Ruling) -> None:
        """Nobody is told."""


async def prove_routes(settings: Settings, start_tapped: StartGateway | None) -> tuple[Proof, ...]:
    """Prove the demo's routes with the smoke pack, straight at their providers, and keep the evidence.

    Without `start_tapped` the prover does not test itself first, and says so in its verdicts.
    """
    tested = None if start_tapped is None else await _self_test(start_tapped)
    routes = (*ROUTES, FAULTY_ROUTE) if FAULTY in settings.providers else ROUTES
    return tuple([await _prove(settings, route, tested) for route in routes])


def show_proofs(proofs: Sequence[Proof], screen: Screen) -> None:
    """A table of the verdicts, then in plain words what failed."""
    rows = [(one.route, one.verdict, ", ".join(one.facets), str(one.requests), one.evidence[:12]) for one in proofs]
    screen.table(_COLUMNS, rows)
    for proof in proofs:
        for line in _trouble_lines(proof):
            screen.say(line)
    screen.say()


async def _self_test(start_tapped: StartGateway) -> SelfTest:
    report = await run_matrix(checks_of(Pack.SMOKE), start_tapped, _Nobody())
    return report.self_test


async def _prove(settings: Settings, route: str, tested: SelfTest | None) -> Proof:
    options = ProveOptions(pack=Pack.SMOKE, self_test=tested, deadlines=_DEADLINES)
    planned = plan_route(configured_target(settings, route), options, desk=PriceDesk(settings))
    data_dir = settings.server.data_dir
    signer = ready_signer(data_dir, settings.evidence)
    proven = await run_planned(planned, signer=signer, evidence=settings.evidence, clock=SystemClock())
    bundle = proven.bundle()
    assert bundle is not None, "a run that nothing stopped is signed"
    return _proof(proven, keep_evidence(data_dir, bundle).digest)


def _proof(proven: ProvenRun, digest: str) -> Proof:
    open_ones = {Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE}
    return Proof(
        route=proven.plan.route.name,
        verdict=proven.verdict,
        facets=tuple(f"{one.facet} {one.verdict}" for one in proven.run.facets),
        requests=proven.run.spent.requests,
        evidence=digest,
        troubles=tuple(one for one in proven.run.results if one.verdict in open_ones),
    )


def _trouble_lines(proof: Proof) -> Iterator[str]:
    for result in proof.troubles[:SHOWN_MAX]:
        yield f"{result.verdict} {proof.route} {result.check}: {sentence(one_line(result.summary))}"
        if result.exhibits and result.exhibits[0].excerpt:
            yield f"  {one_line(result.exhibits[0].excerpt)[:160]}"
        if result.next_step:
            yield f"  next: {one_line(result.next_step)}"
    more = len(proof.troubles) - SHOWN_MAX
    if more > 0:
        yield f"  and {more} more of {proof.route}"
    if proof.route == FAULTY_ROUTE and proof.verdict is Verdict.PASS:
        yield f"The smoke pack does not see this fault in {proof.route}; the pack `qualify` looks further."
