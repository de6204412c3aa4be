"""Makes the plan of a run: which checks, which cases, how often, and what it may cost at most."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Case, Declared, FactRef, Plan, PlannedCheck, PlannedPrices, SelfTest
from routeproof.evidence.route import RouteIdentity
from routeproof.prover.cases.common_cases import joined
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import all_checks, checks_named
from routeproof.prover.declared import is_absent
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.pricing import UNPRICED, Pricing
from routeproof.prover.engine.worst_cases import WorstCases
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup

_VIA: Final[Mapping[frozenset[bool], str]] = {
    frozenset((False,)): "direct",
    frozenset((True,)): "gateway",
    frozenset((False, True)): "both",
}


def checks_of(pack: Pack, ids: Iterable[str] = ()) -> tuple[Check, ...]:
    """The checks of a pack, or for `custom` those that are named. Raises ValueError that names unknown ids."""
    if pack is Pack.CUSTOM:
        return checks_named(ids)
    return tuple(check for check in all_checks() if pack in check.packs)


def runnable(checks: Iterable[Check], setup: Setup) -> tuple[Check, ...]:
    """Those that can be judged from what this setup can see."""
    return tuple(check for check in checks if _can_see(check, setup))


def make_plan(
    route: RouteIdentity,
    checks: Sequence[Check],
    setup: Setup,
    *,
    created: str,
    facts: Sequence[FactRef] = (),
    prices: Sequence[PlannedPrices] = (),
    self_test: SelfTest | None = None,
    pricing: Pricing = UNPRICED,
    money_max_nanousd: int | None = None,
) -> Plan:
    """The plan, a function of its arguments alone: with equal ones it has an equal digest.

    `money_max_nanousd` may be less than the worst case: what then does not fit is not sent, and counts all the same.

    A check of which the route declares the facet absent is planned, and has no cases.
    """
    declared: dict[str, Declared] = dict(setup.declared)
    planned = runnable(checks, setup)
    asked = [case for check in planned if not _is_absent(check, setup) for case in check.cases(setup)]
    cases = _with_readers_of_all(joined(asked), planned)
    worst = WorstCases(setup.dialect, setup.model, declared, pricing)
    return Plan(
        route=route,
        pack=setup.pack,
        via=_VIA[frozenset(arm is Arm.GATEWAY for arm in setup.arms)],
        checks=tuple(_planned(check) for check in planned),
        cases=cases,
        declared=declared,
        facts=tuple(facts),
        prices=tuple(prices),
        self_test=self_test,
        seed=setup.seed,
        ceilings=worst.ceilings(cases, money_max_nanousd=money_max_nanousd),
        created=created,
    )


def _planned(check: Check) -> PlannedCheck:
    return PlannedCheck(
        id=check.id,
        title=check.title,
        sha256=check_hash(check),
        severity=check.severity,
        method=check.method,
        facet=check.facet,
        thresholds=check.thresholds,
    )


def _with_readers_of_all(cases: Sequence[Case], checks: Sequence[Check]) -> tuple[Case, ...]:
    """Every case names the checks that read everything."""
    readers = [check.id for check in checks if check.reads_all]
    return tuple(msgspec.structs.replace(case, checks=tuple(dict.fromkeys((*case.checks, *readers)))) for case in cases)


def _can_see(check: Check, setup: Setup) -> bool:
    if (check.needs_rows or check.needs_tap) and not setup.over_our_gateway:
        return False
    if check.needs_simulator and not setup.simulated:
        return False
    return len(setup.arms) > 1 or not check.needs_arms


def _is_absent(check: Check, setup: Setup) -> bool:
    return any(is_absent(setup.declared, name) for name in check.needs)
