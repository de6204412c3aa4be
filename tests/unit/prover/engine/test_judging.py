"""From observations to results: no planned check is without one, and none passes by accident."""

import msgspec
import pytest
from tests.support.sample_checks import check, judge_as_pass, judge_raising
from tests.support.sample_evidence import PLAN, observations_of

from routeproof.evidence.plan import Plan
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.check import Check
from routeproof.prover.engine.judging import judge_all, judges_of


def results(made: Check, plan: Plan = PLAN) -> CheckResult:
    """What comes of the sample plan's J01 with this check's judge."""
    only = msgspec.structs.replace(plan, checks=tuple(one for one in plan.checks if one.id == "J01"))
    named = msgspec.structs.replace(made, id="J01")
    (result,) = judge_all(only, judges_of([named]), observations_of(only))
    return result


def test_a_result_names_all_that_was_planned_for_its_check() -> None:
    """Whatever the judge itself says."""
    result = results(check(judge=judge_as_pass))

    assert result.observations == tuple(f"object/{trial}/1/direct" for trial in range(1, 5))


def test_a_judge_that_raises_is_an_error_with_its_type() -> None:
    """Never a pass; and its message, which may hold an answer, is not told."""
    result = results(check(judge=judge_raising))

    assert result.verdict is Verdict.ERROR
    assert "ZeroDivisionError in tests.support.sample_checks" in result.summary.replace("sample_checks.py", "")
    assert "a-secret" not in str(result)
    assert "fault of the prover" in result.next_step


def test_what_is_declared_absent_is_skipped_without_being_judged() -> None:
    """Only there: what nobody speaks of is judged."""
    made = check(judge=judge_as_pass, needs=("facet.json",))
    absent = msgspec.structs.replace(PLAN, declared={"facet.json": False})

    assert results(made, absent).verdict is Verdict.SKIP
    assert "has no json" in results(made, absent).summary
    assert results(made, PLAN).verdict is Verdict.PASS
    assert results(made, msgspec.structs.replace(PLAN, declared={})).verdict is Verdict.PASS


def test_a_check_without_its_judge_is_no_silent_gap() -> None:
    """Whoever judges must have them all."""
    with pytest.raises(KeyError):
        judge_all(PLAN, judges_of([]), observations_of(PLAN))
