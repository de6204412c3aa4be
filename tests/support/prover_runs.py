"""Runs checks against a simulated provider over real sockets, from planning to judging."""

from collections.abc import Mapping, Sequence

from tests.support.loop_thread import LoopThread

from routeproof.evidence.canonical import digest_of
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Declared, Plan, PlannedPrices
from routeproof.evidence.results import CheckResult
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.endpoints import Deadlines, Endpoint, keys_for
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup
from routeproof.simulator.faults import Fault
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

KEY, OTHER_KEY = "sk-sim-canary-0123456789abcdef", "sk-sim-second-0123456789abcdef"
MODELS = {"deepseek": "deepseek-flash", "qwen": "qwen-plus"}
CREATED = "2026-11-24T12:00:00.000Z"
QUICK = Deadlines(connect_s=5.0, first_byte_s=5.0, idle_s=5.0, total_s=10.0)


class SimulatedRun(dict[str, CheckResult]):
    """The results by check id, with the plan and all that was observed."""

    def __init__(self, plan: Plan, outcome: Outcome, results: Sequence[CheckResult]) -> None:
        super().__init__({result.check: result for result in results})
        self.plan = plan
        self.outcome = outcome
        self.observations = outcome.observations


def prove_simulated(
    checks: Sequence[str | Check],
    kind: str = "deepseek",
    *,
    faults: Sequence[str | Mapping[str, object]] = (),
    settings: ProviderSettings | None = None,
    model: str | None = None,
    pack: Pack = Pack.CUSTOM,
    seed: int = 7,
    declared: Mapping[str, Declared] | None = None,
    deadlines: Deadlines = QUICK,
    has_other_key: bool = False,
    revoked_key: str | None = None,
    other_region_key: str | None = None,
    simulated: bool = True,
    concurrency: int = 8,
    prices: Sequence[PlannedPrices] = (),
) -> SimulatedRun:
    """Run these checks (ids, or checks themselves) against a simulated provider of this kind.

    `faults` strike every request: names, or what `FaultSchedule.add` takes, such as
    `{"fault": "cut_mid_event", "stream": True, "times": 1}`. `settings` replace the provider's own; `declared` is
    added to what the route says of itself.
    """
    provider = settings or ProviderSettings(name=kind, kind=Kind(kind), keys=(KEY, OTHER_KEY))
    chosen = [one for one in checks if isinstance(one, Check)] + list(
        checks_named(one for one in checks if isinstance(one, str))
    )
    with LoopThread() as thread:
        simulator = thread.run(start_simulator(SimulatorSettings(providers=(provider,))))
        server = simulator.server(provider.name)
        for fault in faults:
            call = {"fault": fault} if isinstance(fault, str) else dict(fault)
            server.faults.add(Fault(str(call.pop("fault"))), **{"times": None, **call})  # type: ignore[arg-type]
        wanted = model or MODELS.get(kind, "deepseek-flash")
        setup = Setup(
            model=wanted,
            dialect=kind,
            pack=pack,
            seed=seed,
            declared={"models": wanted, **(declared or {})},
            has_other_key=has_other_key,
            has_revoked_key=revoked_key is not None,
            has_other_region_key=other_region_key is not None,
            simulated=simulated,
        )
        plan = make_plan(
            _route(server.base_url, wanted, kind, provider.keys[0], prices),
            chosen,
            setup,
            created=CREATED,
            prices=prices,
        )
        keys = keys_for(
            provider.keys[0],
            other=provider.keys[1] if has_other_key else None,
            revoked=revoked_key,
            other_region=other_region_key,
            seed=seed,
        )
        endpoint = Endpoint(base_url=server.base_url, keys=keys)
        outcome = thread.run(_run(plan, endpoint, deadlines, concurrency), timeout_s=110.0)
        thread.run(simulator.stop())
        assert not thread.faults, thread.faults
    return SimulatedRun(plan, outcome, judge_all(plan, judges_of(chosen), outcome.observations))


def _route(base_url: str, model: str, dialect: str, key: str, prices: Sequence[PlannedPrices]) -> RouteIdentity:
    return RouteIdentity(
        name=f"{dialect}/{model}",
        base_url=base_url,
        key_fingerprint=key_fingerprint(key),
        model=model,
        dialect=dialect,
        overlay_digest=overlay_digest(dialect),
        price_facts_digest=digest_of(tuple(prices)) if prices else None,
    )


async def _run(plan: Plan, endpoint: Endpoint, deadlines: Deadlines, concurrency: int) -> Outcome:
    async with Sender(deadlines) as sender:
        settings = RunSettings(concurrency=concurrency, ask_again=False)
        return await run_plan(plan, dict.fromkeys(Arm, endpoint), sender, settings=settings)
