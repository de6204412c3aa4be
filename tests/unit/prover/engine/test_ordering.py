"""In which order trials begin."""

from collections import Counter
from itertools import groupby

import msgspec
from tests.support.sample_evidence import PLAN

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Plan, planned_keys
from routeproof.prover.engine.ordering import units_of

ARMS = (Arm.DIRECT, Arm.DIRECT_AGAIN, Arm.GATEWAY)


def plan_of(arms: tuple[Arm, ...], repeats: int, seed: int = 7) -> Plan:
    """The sample plan with both of its cases asked so often on these arms."""
    cases = tuple(msgspec.structs.replace(case, arms=arms, repeats=repeats) for case in PLAN.cases)
    return msgspec.structs.replace(PLAN, cases=cases, seed=seed)


def test_every_planned_request_has_its_turn_once() -> None:
    """Whatever the order."""
    plan = plan_of(ARMS, 6)
    keys = [key for unit in units_of(plan) for key in unit.keys]

    assert sorted(keys) == sorted(planned_keys(plan))


def test_the_arms_of_a_trial_go_side_by_side() -> None:
    """So that they meet the same provider at the same time."""
    for _, together in groupby(units_of(plan_of(ARMS, 6)), key=lambda unit: (unit.case.id, unit.trial)):
        assert {unit.arm for unit in together} == set(ARMS)


def test_each_arm_goes_first_equally_often() -> None:
    """And in every other place."""
    for place in range(3):
        units = units_of(plan_of(ARMS, 6))
        for case in PLAN.cases:
            own = [unit for unit in units if unit.case.id == case.id]
            assert Counter(unit.arm for unit in own[place::3]) == dict.fromkeys(ARMS, 2)


def test_the_order_follows_from_the_seed() -> None:
    """The same plan always begins the same way, another seed mixes otherwise."""
    assert units_of(plan_of(ARMS, 6)) == units_of(plan_of(ARMS, 6))
    assert units_of(plan_of(ARMS, 6)) != units_of(plan_of(ARMS, 6, seed=8))


def test_cases_are_mixed() -> None:
    """What changes during a run touches all of them alike."""
    order = [unit.case.id for unit in units_of(plan_of((Arm.DIRECT,), 20))]

    assert order != sorted(order)
    assert len(list(groupby(order))) > 5
