"""Proves a route: the plan first, then the run, then what can be signed and shown.

target = configured_target(settings, "deepseek/deepseek-flash")       # or endpoint_target(EndpointWords(...))
planned = plan_route(target, ProveOptions(pack=Pack.SMOKE), desk=PriceDesk(settings), data_dir=...)
planned.plan                        # cases, thresholds, seed, `ceilings`: to show, and to ask about
proven = run_to_the_end(planned, watcher=..., signer=...)             # SIGINT ends it, keeping what was measured
proven.run.results, proven.run.facets, proven.verdict, proven.exit_code, proven.stopped
proven.bundle()                     # evidence as one file, for the store; None where nothing is signed
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
import uvloop

from routeproof import __version__
from routeproof.catalog.alias_life import AliasLife, NameState
from routeproof.catalog.kinds import AliasFact
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import NEVER_NS, Clock, SystemClock, parse_instant
from routeproof.config.settings import EvidenceSettings
from routeproof.evidence.bundle import write_bundle
from routeproof.evidence.dsse import Envelope, Signer
from routeproof.evidence.expiry import Expiry, expiry_of
from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.redaction import Redaction, redact
from routeproof.evidence.results import RunResult, facets_of, judged
from routeproof.evidence.statement import ProverBuild, Statement, seal, state
from routeproof.evidence.verdicts import Verdict, exit_code, overall
from routeproof.operations.proving.gateway import with_rows
from routeproof.operations.proving.planning import PlannedRun, ProveOptions, plan_route
from routeproof.prover.engine.declaring import facts_about
from routeproof.prover.engine.journal import Journal, clear_finished, journal_folder
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.running import Outcome, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.engine.watching import Watcher
from routeproof.prover.prices import tariffs_ahead

__all__ = ["ARMS", "PlannedRun", "ProveOptions", "ProvenRun", "plan_route", "run_planned", "run_to_the_end"]

ARMS: Final[Mapping[str, tuple[Arm, ...]]] = {
    "direct": (Arm.DIRECT,),
    "gateway": (Arm.GATEWAY,),
    "both": (Arm.DIRECT, Arm.GATEWAY),
}
"""The arms of each way that `--via` names."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class ProvenRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to."""

    plan: Plan
    run: RunResult
    observations: tuple[Observation, ...]
    """Redacted, as they are kept and were judged."""
    expiry: Expiry
    statement: Statement
    stopped: str | None
    """Why it ended before all was asked; then nothing is signed, and the same command goes on with it."""
    envelope: Envelope | None
    """None where nobody signs."""
    public_key: bytes | None

    @property
    def verdict(self) -> Verdict:
        """The worst of all blockers: for an exit code, never for a decision about a stage."""
        return overall(judged(self.plan, self.run.results))

    @property
    def exit_code(self) -> int:
        """0 for PASS, 1 for FAIL, 2 for all that is neither."""
        return exit_code(self.verdict)

    def bundle(self) -> bytes | None:
        """The evidence as one file; None where it is not signed."""
        if self.envelope is None or self.public_key is None:
            return None
        return write_bundle(self.envelope, [self.public_key], self.observations)


def run_to_the_end(
    planned: PlannedRun,
    *,
    watcher: Watcher | None = None,
    signer: Signer | None = None,
    evidence: EvidenceSettings | None = None,
    clock: Clock | None = None,
) -> ProvenRun:
    """Carry a plan out until it is done or until SIGINT or SIGTERM, on an event loop of its own.

    Raises StoreError where its journal, or the gateway's ledger, can't be read or written.
    """

    async def run() -> ProvenRun:
        stop = asyncio.Event()
        with _until_signalled(stop):
            return await run_planned(planned, watcher=watcher, signer=signer, evidence=evidence, clock=clock, stop=stop)

    return uvloop.run(run())


async def run_planned(
    planned: PlannedRun,
    *,
    watcher: Watcher | None = None,
    signer: Signer | None = None,
    evidence: EvidenceSettings | None = None,
    clock: Clock | None = None,
    stop: asyncio.Event | None = None,
) -> ProvenRun:
    """Carry a plan out, judge it, and state what it came to; signed where there is a signer and all was asked."""
    clock = clock or SystemClock()
    outcome = await _carried_out(planned, watcher, clock, stop)
    seen = await _with_rows(planned, outcome)
    plan, rules = planned.plan, evidence or EvidenceSettings()
    results = judge_all(plan, judges_of(planned.checks), seen)
    observations = seen if rules.keep_bodies else tuple(redact(one, Redaction(keep_bodies=False)) for one in seen)
    if planned.data_dir is not None and not rules.keep_bodies:
        clear_finished(planned.data_dir)
    run = RunResult(
        plan=plan.digest,
        results=results,
        facets=facets_of(plan, results),
        spent=outcome.spent,
        attempts=outcome.attempts,
        started=outcome.started,
        ended=outcome.ended,
    )
    expiry = _expiry(planned, parse_instant(outcome.ended), rules)
    statement = state(plan, run, observations, _build(plan), expiry)
    signs = signer is not None and outcome.stopped is None
    return ProvenRun(
        plan=plan,
        run=run,
        observations=observations,
        expiry=expiry,
        statement=statement,
        stopped=outcome.stopped,
        envelope=seal(statement, signer) if signs and signer is not None else None,
        public_key=signer.public_key if signs and signer is not None else None,
    )


async def _carried_out(
    planned: PlannedRun, watcher: Watcher | None, clock: Clock, stop: asyncio.Event | None
) -> Outcome:
    plan, options = planned.plan, planned.options
    with contextlib.ExitStack() as stack:
        journal = None
        if planned.data_dir is not None:
            journal = stack.enter_context(Journal(journal_folder(planned.data_dir, plan), plan))
        went_on_at = max((one.transcript.times.ended_ns for one in journal.kept.values()), default=0) if journal else 0
        async with Sender(options.deadlines or planned.target.deadlines, offset_ns=went_on_at) as sender:
            return await run_plan(
                plan,
                planned.endpoints,
                sender,
                settings=options.run,
                pricing=planned.pricing,
                journal=journal,
                watcher=watcher,
                stop=stop,
                clock=clock,
            )


async def _with_rows(planned: PlannedRun, outcome: Outcome) -> tuple[Observation, ...]:
    gateway = planned.options.gateway
    if gateway is None or gateway.database is None or Arm.GATEWAY not in planned.options.arms:
        return outcome.observations
    secrets = tuple(secret for endpoint in planned.endpoints.values() for secret in endpoint.secrets)
    return tuple(redact(one, Redaction(secrets)) for one in await with_rows(outcome.observations, gateway.database))


def _build(plan: Plan) -> ProverBuild:
    return ProverBuild(version=__version__, self_test_sha256=None if plan.self_test is None else plan.self_test.digest)


def _worsens_ns(tariff: Tariff, wall_ns: int) -> int:
    """When a price's facts turn stale; where they were stale already, as the evidence says, when they are held."""
    return tariff.stale_from_ns if wall_ns < tariff.stale_from_ns else tariff.held_from_ns


def _expiry(planned: PlannedRun, ended_ns: int, evidence: EvidenceSettings) -> Expiry:
    """Never later than the facts that it rests on."""
    route = planned.target.in_facts
    facts = facts_about(planned.desk.facts, route, ended_ns)
    life = AliasLife([fact for fact in facts if isinstance(fact, AliasFact)], route.model)
    tariffs = tariffs_ahead(planned.target.sheet(planned.desk), ended_ns)
    stale_ns = min((_worsens_ns(one, ended_ns) for one in tariffs), default=NEVER_NS)
    return expiry_of(
        ended_ns,
        mutable_alias=life.at(ended_ns).state is NameState.ALIAS,
        alias_retires_ns=life.next_retirement_ns(ended_ns),
        price_stale_ns=None if stale_ns == NEVER_NS else stale_ns,
        days=evidence.expires_after_days,
        mutable_alias_days=evidence.expires_after_days_mutable_alias,
    )


@contextlib.contextmanager
def _until_signalled(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
