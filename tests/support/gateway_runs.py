"""Runs checks through a real gateway in front of simulated providers, with the rows that it leaves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from tests.support.prover_runs import QUICK, SimulatedRun
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import SystemClock, format_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.canonical import digest_of
from routeproof.evidence.observations import Arm, LedgerRow, Observation
from routeproof.evidence.plan import Declared, Plan, PlannedPrices
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.ledger.entries import Entry
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.judges.rows import ATTEMPT, EXCHANGE
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.prover.packs import Pack
from routeproof.prover.prices import declared_prices, planned_prices
from routeproof.prover.setup import Setup

REGIONS = {"qwen": "singapore"}


def prove_through_gateway(
    checks: Sequence[str],
    kind: str,
    model: str,
    *,
    facts: Sequence[Path] = (),
    gateway_facts: Sequence[Path] | None = None,
    faults: Sequence[str] = (),
    declared: Mapping[str, Declared] | None = None,
) -> SimulatedRun:
    """Run these checks through the gateway, which prices by `gateway_facts` where these are not the plan's `facts`."""
    now_ns = SystemClock().wall_ns()
    sheet = PriceBook.compile(load_facts(facts)).sheet(kind, model, REGIONS.get(kind))
    prices = planned_prices(sheet, now_ns)
    setup = Setup(
        model=f"{kind}/{model}",
        dialect=kind,
        pack=Pack.CUSTOM,
        seed=7,
        arms=(Arm.GATEWAY,),
        over_our_gateway=True,
        simulated=True,
        declared={**declared_prices(prices, now_ns), **(declared or {})},
    )
    chosen = checks_named(checks)
    with RunningGateway(facts=facts if gateway_facts is None else gateway_facts) as gateway:
        for fault in faults:
            gateway.simulator.server(kind).faults.add(fault, times=None)
        route = _route(gateway.base_url, kind, model, prices)
        plan = make_plan(route, chosen, setup, created=format_instant(now_ns), prices=prices)
        endpoint = Endpoint(base_url=gateway.base_url, keys=keys_for(gateway.key), is_gateway=True)
        outcome = gateway.loop.run(_run(plan, endpoint), timeout_s=60.0)
        seen = tuple(with_rows(gateway, one) for one in outcome.observations)
    return SimulatedRun(plan, outcome._replace(observations=seen), judge_all(plan, judges_of(chosen), seen))


def with_rows(gateway: RunningGateway, observation: Observation) -> Observation:
    """The observation with the rows of its exchange."""
    if observation.gateway_request_id is None:
        return observation
    return msgspec.structs.replace(observation, ledger=rows_of(gateway.ledger.entry(observation.gateway_request_id)))


def rows_of(entry: Entry) -> tuple[LedgerRow, ...]:
    """An entry as observations have it."""
    attempts = (LedgerRow(table=ATTEMPT, columns=msgspec.structs.asdict(row)) for row in entry.attempts)
    return (LedgerRow(table=EXCHANGE, columns=msgspec.structs.asdict(entry.exchange)), *attempts)


def _route(base_url: str, kind: str, model: str, prices: Sequence[PlannedPrices]) -> RouteIdentity:
    return RouteIdentity(
        name=f"{kind}/{model}",
        base_url=base_url,
        key_fingerprint=key_fingerprint(SIM_KEYS[kind]),
        model=f"{kind}/{model}",
        dialect=kind,
        overlay_digest=overlay_digest(kind),
        price_facts_digest=digest_of(tuple(prices)),
    )


async def _run(plan: Plan, endpoint: Endpoint) -> Outcome:
    async with Sender(QUICK) as sender:
        return await run_plan(plan, {Arm.GATEWAY: endpoint}, sender, settings=RunSettings(ask_again=False))
