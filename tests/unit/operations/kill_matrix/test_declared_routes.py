"""The honest routes as plans know them: by the shipped facts, at an instant that no fact is later than."""

import pytest

from routeproof.config.facts_files import load_facts
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Credential
from routeproof.operations.kill_matrix.declared_routes import DeclaredRoutes, endpoint_at, route_named
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.kill_matrix.matrix import Via, World
from routeproof.prover.kill_matrix.rows.routes import ROUTES
from routeproof.prover.prices import price_at_start

KNOWN = DeclaredRoutes()
URL = "http://127.0.0.1:1/v1"


def test_no_fact_is_later_than_the_plans() -> None:
    """So the matrix is the same on whatever day it runs."""
    checked = [fact.checked_at_ns for fact in load_facts()]

    assert 0 < KNOWN.at_ns - max(checked) <= 3_600 * 10**9
    assert KNOWN.at_ns == DeclaredRoutes().at_ns


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_has_a_price_in_dollars(route: object) -> None:
    """The gateway in front by its own list, the others by the shipped facts."""
    name = route.name  # type: ignore[attr-defined]
    plan = KNOWN.plan(World(route=name), checks_named(["U09", "R09"]), URL)

    assert price_at_start(plan) is not None
    assert plan.route.price_facts_digest is not None
    assert plan.self_test is not None and plan.self_test.check_hashes.keys() == {"U09", "R09"}


def test_a_world_says_what_is_other_than_usual() -> None:
    """Declared values, thresholds, and the way that requests go."""
    world = World(route="qwen-plus", via=Via.BOTH, declared={"context-tokens": 9}, limits={"rate": 1})
    plan = KNOWN.plan(world, checks_named(["T03", "T02", "T04"]), URL)

    assert plan.declared["context-tokens"] == 9
    assert [plan.check(check).threshold("rate") for check in ("T02", "T04")] == [1, 1]  # type: ignore[union-attr]
    assert {arm for case in plan.cases for arm in case.arms} == set(Arm)
    assert plan.route.region == route_named("qwen-plus").region == "singapore"


def test_every_credential_can_be_sent() -> None:
    """And no two are the same."""
    endpoint = endpoint_at(URL)
    wanted = [one for one in Credential if one is not Credential.NONE]

    assert endpoint.keys.keys() == set(wanted)
    assert len({key.reveal() for key in endpoint.keys.values()}) == len(wanted)
