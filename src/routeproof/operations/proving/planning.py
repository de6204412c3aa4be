"""Plans a proof: what is known of the route at this instant, the checks, the cases, and what they may cost."""

import secrets
from pathlib import Path
from typing import Final

import msgspec

from routeproof.clock import NS_PER_S, Clock, SystemClock, format_instant, parse_instant
from routeproof.errors import OperatorError
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Plan, SelfTest
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.gateway import GatewayAccess
from routeproof.operations.proving.targets import Target, identity_of
from routeproof.prover.check import Check
from routeproof.prover.engine.declaring import declare, facts_about, references
from routeproof.prover.engine.endpoints import Deadlines, Endpoint, keys_for
from routeproof.prover.engine.journal import clear_finished, unfinished_plans
from routeproof.prover.engine.planning import checks_of, make_plan, runnable
from routeproof.prover.engine.pricing import Pricing, pricing_of
from routeproof.prover.engine.running import RunSettings
from routeproof.prover.packs import Pack
from routeproof.prover.prices import HOURS_AHEAD, PriceList, declared_prices, planned_prices, tariffs_ahead
from routeproof.prover.setup import Setup
from routeproof.secret import Secret

_SEED_BITS: Final = 32
_RESUMABLE_NS: Final = HOURS_AHEAD * 3_600 * NS_PER_S
"""A plan knows the prices of so many hours; an older run is begun anew."""


class ProveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants proven, and how."""

    pack: Pack = Pack.SMOKE
    checks: tuple[str, ...] = ()
    """Ids; with any, these make the pack, which is then `custom`."""
    own_checks: tuple[Check, ...] = ()
    """These checks as they are, instead of those that ids name."""
    repeats: Pack | None = None
    """Where checks are named: ask as often as this pack does; None: as `custom` does."""
    simulated: bool = False
    """What answers is the simulator, which follows directions in prompts."""
    arms: tuple[Arm, ...] = (Arm.DIRECT,)
    """`running.ARMS` has those of `--via`."""
    gateway: GatewayAccess | None = None
    """Needed by the arm `gateway`."""
    other_key: Secret | None = None
    """A second key of the same provider, for checks that need two."""
    revoked_key: Secret | None = None
    """A key that was valid once."""
    other_region_key: Secret | None = None
    """A key of another region of the same provider."""
    seed: int | None = None
    """None: any."""
    money_max_nanousd: int | None = None
    """Less than the worst case, where somebody wants that; what then does not fit is not sent."""
    self_test: SelfTest | None = None
    """What the kill matrix of this build showed; it goes into the plan."""
    deadlines: Deadlines | None = None
    """None: those of the route's provider."""
    run: RunSettings = RunSettings()
    begin_anew: bool = False
    """Leave an interrupted run of the same route and checks alone."""

    @property
    def seen_pack(self) -> Pack:
        """The pack that is meant."""
        return Pack.CUSTOM if self.checks or self.own_checks else self.pack


class PlannedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with all that is needed to carry it out."""

    plan: Plan
    target: Target
    options: ProveOptions
    desk: PriceDesk
    checks: tuple[Check, ...]
    pricing: Pricing
    data_dir: Path | None
    """Where its journal is kept; None: nowhere, so that an interruption loses what was measured."""
    resumes: bool
    """An interrupted run of this very plan is on disk, and will be gone on from."""

    @property
    def endpoints(self) -> dict[Arm, Endpoint]:
        """Where the requests of each arm go."""
        key = None if self.target.key is None else self.target.key.reveal()
        options = self.options
        keys = keys_for(
            key,
            other=_revealed(options.other_key),
            revoked=_revealed(options.revoked_key),
            other_region=_revealed(options.other_region_key),
            seed=self.plan.seed,
        )
        direct = self.target.endpoint(keys)
        found = {Arm.DIRECT: direct, Arm.DIRECT_AGAIN: direct}
        if self.options.gateway is not None:
            found[Arm.GATEWAY] = self.options.gateway.endpoint(self.plan.seed)
        return found


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def plan_route(
    target: Target,
    options: ProveOptions,
    *,
    desk: PriceDesk,
    data_dir: Path | None = None,
    clock: Clock | None = None,
) -> PlannedRun:
    """Make the plan; nothing is sent. Where the same run was interrupted within a day, it is that run's plan.

    Raises OperatorError: for unknown checks, for checks that this way can't show, for a gateway or a price that is
    missing; StoreError where the data directory can't be read.
    """
    _check_options(options)
    now_ns = (clock or SystemClock()).wall_ns()
    if data_dir is not None:
        clear_finished(data_dir)
        for old in () if options.begin_anew else unfinished_plans(data_dir):
            if now_ns - parse_instant(old.created) < _RESUMABLE_NS and options.seed in (None, old.seed):
                made = _planned_at(target, options, desk, old.seed, old.created)
                if made.plan.digest == old.digest:
                    return msgspec.structs.replace(made, data_dir=data_dir, resumes=True)
    seed = secrets.randbits(_SEED_BITS) if options.seed is None else options.seed
    made = _planned_at(target, options, desk, seed, format_instant(now_ns))
    return msgspec.structs.replace(made, data_dir=data_dir)


def _planned_at(target: Target, options: ProveOptions, desk: PriceDesk, seed: int, created: str) -> PlannedRun:
    """The plan that the same words give at an instant: with the same seed always the same."""
    at_ns = parse_instant(created)
    sheet, route = target.sheet(desk), target.in_facts
    prices = planned_prices(sheet, at_ns)
    pricing = pricing_of(tariffs_ahead(sheet, at_ns))
    if options.money_max_nanousd is not None and pricing.unknown is not None:
        raise OperatorError(f"no amount of money can be held to: {pricing.unknown}; leave the amount out, or add facts")
    setup = Setup(
        model=target.model,
        dialect=target.provider.dialect,
        pack=options.repeats or options.seen_pack,
        seed=seed,
        declared=declare(desk.facts, route, at_ns) | declared_prices(prices, at_ns),
        arms=options.arms,
        has_other_key=options.other_key is not None,
        has_revoked_key=options.revoked_key is not None,
        has_other_region_key=options.other_region_key is not None,
        simulated=options.simulated,
        over_our_gateway=options.gateway is not None and options.gateway.database is not None,
    )
    checks = _checks(options, setup)
    plan = make_plan(
        identity_of(target, desk),
        checks,
        setup,
        created=created,
        facts=references((*facts_about(desk.facts, route, at_ns), *PriceList(prices).facts)),
        prices=prices,
        self_test=options.self_test,
        pricing=pricing,
        money_max_nanousd=options.money_max_nanousd,
    )
    return PlannedRun(
        plan=plan,
        target=target,
        options=options,
        desk=desk,
        checks=checks,
        pricing=pricing,
        data_dir=None,
        resumes=False,
    )


def _checks(options: ProveOptions, setup: Setup) -> tuple[Check, ...]:
    try:
        wanted = options.own_checks or checks_of(options.seen_pack, options.checks)
    except ValueError as error:
        raise OperatorError(str(error)) from error
    seen = runnable(wanted, setup)
    unseen = [check.id for check in wanted if check not in seen]
    if options.checks and unseen:
        raise OperatorError(
            f"{', '.join(unseen)} can't be shown this way: it reads what only our own gateway knows, or compares two "
            "ways; add --via gateway or --via both"
        )
    return seen


def _check_options(options: ProveOptions) -> None:
    if Arm.GATEWAY in options.arms and options.gateway is None:
        raise OperatorError("requests are to go through a gateway, and none is named; give its address and a key")
