"""Where there is no API no check passes, none hangs, and each says why and what to do."""

import asyncio

import pytest
import uvloop

from routeproof.evidence.observations import Ending
from routeproof.evidence.results import judged
from routeproof.evidence.verdicts import Verdict, overall
from routeproof.operations.kill_matrix.dead_ends import CARDBOARD, DEAD_ENDS, HANGING, DeadRun, prove_dead_end
from routeproof.operations.kill_matrix.declared_routes import DeclaredRoutes
from routeproof.prover.checks.registry import all_checks, checks_named
from routeproof.prover.engine.planning import checks_of
from routeproof.prover.kill_matrix.all_rows import CARDBOARD_FAILS
from routeproof.prover.packs import Pack

OUTSIDE = [check for check in all_checks() if not (check.needs_rows or check.needs_tap or check.needs_arms)]
ASKS_NOTHING = {"R09", "U09"}
"""They speak about the plan."""


def proven(name: str, checks: list[str] | None = None) -> DeadRun:
    """All checks from outside, or these, against a dead end."""
    chosen = OUTSIDE if checks is None else checks_named(checks)
    return uvloop.run(prove_dead_end(name, chosen, DeclaredRoutes()))


@pytest.mark.parametrize("name", [name for name in DEAD_ENDS if name != CARDBOARD])
def test_no_check_passes(name: str) -> None:
    """Each that asks anything comes to FAIL, ERROR or INCONCLUSIVE, in words, with a next step."""
    run = proven(name)

    assert {check.id for check in OUTSIDE if not run.asks(check.id)} == ASKS_NOTHING
    results = [result for check, result in run.results.items() if check not in ASKS_NOTHING]
    few = {Verdict.INCONCLUSIVE} if run.outcome.stopped else set()
    assert {result.verdict for result in results} <= {Verdict.FAIL, Verdict.ERROR} | few
    assert [result.check for result in results if not (result.summary and result.next_step and result.cause)] == []
    assert [result.summary for result in results if "The judge of" in result.summary] == []


def test_what_hangs_is_left_at_its_deadline() -> None:
    """Nothing was waited for longer, and the run ends by itself: it does not ask all of an endpoint that is silent."""
    run = proven(HANGING)

    endings = {one.transcript.ending for one in run.outcome.observations}
    assert Ending.TIMED_OUT in endings
    assert endings <= {Ending.TIMED_OUT, Ending.INTERRUPTED, Ending.NOT_SENT}
    assert run.outcome.stopped is not None
    assert {one.transcript.deadline for one in run.outcome.observations} == {"first-byte", None}


def test_a_cardboard_api_is_seen_through() -> None:
    """It has the right shape, and shape is not enough: these checks fail, and every pack with them."""
    run = proven(CARDBOARD)

    assert {run.results[check].verdict for check in CARDBOARD_FAILS} == {Verdict.FAIL}
    assert run.results["P01"].verdict is Verdict.FAIL
    assert {"R03", "P05", "I01", "U03"} <= CARDBOARD_FAILS
    for pack in (Pack.SMOKE, Pack.QUALIFY):
        mine = {check.id for check in checks_of(pack)} & run.results.keys()
        results = [run.results[check] for check in mine]
        assert overall(one for one in judged(run.plan, results) if one.check in mine) is Verdict.FAIL


def test_the_port_where_nobody_listens_is_nobodys() -> None:
    """No other program can take it meanwhile, so the refusal is certain."""
    run = proven(DEAD_ENDS[0], ["R04"])

    assert {one.transcript.ending for one in run.outcome.observations} == {Ending.CONNECT_FAILED}


def test_dead_ends_leave_no_task_behind() -> None:
    """Each is taken down with its run."""

    async def left() -> int:
        for name in DEAD_ENDS:
            await prove_dead_end(name, checks_named(["R04"]), DeclaredRoutes())
        return len(asyncio.all_tasks())

    assert uvloop.run(left()) == 1
