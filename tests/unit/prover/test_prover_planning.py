"""A plan follows from its arguments alone, and says what may be spent before anything is sent."""

import msgspec
import pytest
from tests.support.sample_checks import asks, check
from tests.support.sample_evidence import ROUTE

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Plan
from routeproof.prover.check import Check
from routeproof.prover.engine.planning import checks_of, make_plan, runnable
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup

CREATED = "2026-11-24T12:00:00.000Z"
SETUP = Setup(model="deepseek-chat", dialect="deepseek", pack=Pack.CUSTOM, seed=7)
ROWS = check(id="Z02", needs_rows=True)
ARMS = check(id="Z03", needs_arms=True)


def plan_of(*checks: Check, setup: Setup = SETUP) -> Plan:
    """The plan of these checks."""
    return make_plan(ROUTE, checks, setup, created=CREATED)


def test_equal_arguments_make_equal_plans() -> None:
    """And another seed makes another."""
    assert plan_of(check()).digest == plan_of(check()).digest
    assert plan_of(check()).digest != plan_of(check(), setup=msgspec.structs.replace(SETUP, seed=8)).digest


def test_a_case_that_two_checks_ask_is_planned_once() -> None:
    """With the greater number of trials, and both checks named."""
    more = check(id="Z02", cases=lambda setup: [_renamed(asks(repeats=5)(setup)[0])])
    (case,) = plan_of(check(), more).cases

    assert (case.checks, case.repeats) == (("Z01", "Z02"), 5)
    assert plan_of(check(), more).ceilings.requests == 5 + 5


def _renamed(case: object) -> object:
    return msgspec.structs.replace(case, checks=("Z02",))


def test_what_is_declared_absent_is_planned_and_not_asked() -> None:
    """Its result will be SKIP, and it costs nothing."""
    absent = msgspec.structs.replace(SETUP, declared={"facet.tools": False})
    plan = plan_of(check(needs=("facet.tools",)), setup=absent)

    assert [one.id for one in plan.checks] == ["Z01"]
    assert plan.cases == ()
    assert plan.ceilings.requests == 0


def test_what_this_way_can_not_show_is_not_planned() -> None:
    """Rows and the tap need our own gateway, comparisons need a second way."""
    both = msgspec.structs.replace(SETUP, arms=(Arm.DIRECT, Arm.GATEWAY), over_our_gateway=True)

    assert runnable((check(), ROWS, ARMS), SETUP) == (check(),)
    assert runnable((check(), ROWS, ARMS), both) == (check(), ROWS, ARMS)


@pytest.mark.parametrize(
    ("arms", "via"),
    [
        ((Arm.DIRECT,), "direct"),
        ((Arm.DIRECT, Arm.DIRECT_AGAIN), "direct"),
        ((Arm.GATEWAY,), "gateway"),
        ((Arm.DIRECT, Arm.GATEWAY), "both"),
    ],
)
def test_the_plan_says_which_way_it_goes(arms: tuple[Arm, ...], via: str) -> None:
    """By its arms."""
    plan = plan_of(check(), setup=msgspec.structs.replace(SETUP, arms=arms))

    assert plan.via == via
    assert plan.cases[0].arms == arms


def test_packs_and_names_choose_checks() -> None:
    """A name that nobody knows is told with those there are."""
    assert [one.id for one in checks_of(Pack.CUSTOM, ["U01", "P01"])] == ["P01", "U01"]
    with pytest.raises(ValueError, match=r"there is no check Q99; use some of .*P01"):
        checks_of(Pack.CUSTOM, ["P01", "Q99"])


def test_every_check_of_the_catalogue_has_a_module_named_for_it() -> None:
    """And each can plan its cases, for both families."""
    for name, model in (("deepseek", "deepseek-flash"), ("qwen", "qwen3-max")):
        setup = Setup(model=model, dialect=name, pack=Pack.QUALIFY, seed=7, declared={"models": model})
        checks = checks_of(Pack.QUALIFY)
        plan = make_plan(ROUTE, checks, setup, created=CREATED)

        assert {one.id for one in plan.checks} == {one.id for one in runnable(checks, setup)}
        assert plan.ceilings.output_tokens > 0
