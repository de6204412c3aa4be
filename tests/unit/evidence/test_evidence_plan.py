"""A plan fixes what is asked and what decides."""

import msgspec
import pytest
from tests.support.sample_evidence import PLAN, arms_of

from routeproof.evidence.observations import Arm, observation_id
from routeproof.evidence.plan import Ceilings, Step, planned_keys

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 8},
        {"pack": "smoke"},
        {"checks": PLAN.checks[:1]},
        {"cases": PLAN.cases[:1]},
        {"ceilings": Ceilings(requests=6, input_tokens=600, output_tokens=600, money_nanousd=None)},
        {"route": replace(PLAN.route, name="other/name")},
        {"declared": {}},
        {"created": "2026-11-24T12:00:00.001Z"},
    ],
)
def test_every_part_of_a_plan_is_in_its_digest(changes: dict[str, object]) -> None:
    """Whatever changes, it is another plan."""
    assert replace(PLAN, **changes).digest != PLAN.digest
    assert replace(PLAN).digest == PLAN.digest


def test_every_planned_request_is_listed_in_order() -> None:
    """Cases, then trials, then steps, then arms."""
    plan = arms_of(Arm.DIRECT, Arm.GATEWAY)
    first = replace(plan.cases[0], steps=(Step(), Step()))
    names = [observation_id(key) for key in planned_keys(replace(plan, cases=(first,)))]

    assert names == [
        "plain/1/1/direct",
        "plain/1/1/gateway",
        "plain/1/2/direct",
        "plain/1/2/gateway",
        "plain/2/1/direct",
        "plain/2/1/gateway",
        "plain/2/2/direct",
        "plain/2/2/gateway",
    ]


def test_a_check_counts_the_trials_of_all_its_cases() -> None:
    """A case may serve several checks."""
    assert {check.id: PLAN.trials_of(check.id) for check in PLAN.checks} == {"R04": 6, "J01": 4}
    assert len(list(planned_keys(PLAN, "J01"))) == 4
    assert len(list(planned_keys(PLAN))) == 6


def test_thresholds_are_read_by_name() -> None:
    """One that the plan does not have is a mistake of the check."""
    check = PLAN.check("J01")
    assert check is not None
    assert check.threshold("rate") == 400_000
    with pytest.raises(KeyError, match="J01 has no threshold 'speed'"):
        check.threshold("speed")
    assert PLAN.check("X99") is None
