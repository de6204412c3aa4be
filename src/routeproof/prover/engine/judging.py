"""From observations to results: one for every planned check, whatever became of its requests."""

from collections.abc import Iterable, Mapping, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.results import CheckResult, Judge, observations_for, refers_to
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.check import Check
from routeproof.prover.declared import is_absent
from routeproof.prover.judges.rulings import skipped


def judges_of(checks: Iterable[Check]) -> Mapping[str, Judge]:
    """The judges by id, as a run and as whoever verifies its evidence must call them."""
    return {check.id: judge_of(check) for check in checks}


def judge_of(made: Check) -> Judge:
    """The check's judge with the rules that hold for each: SKIP for what is declared absent, no verdict by accident.

    A judge that raises has come to nothing: that is an ERROR with the exception's type, never a pass.
    """

    def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
        absent = next((name for name in made.needs if is_absent(plan.declared, name)), None)
        if absent is not None:
            result = skipped(check, f"The route declares that it has no {absent.removeprefix('facet.')}.")
        else:
            result = _judged(made.judge, plan, check, observations)
        return refers_to(result, observations)

    return judge


def judge_all(plan: Plan, judges: Mapping[str, Judge], observations: Iterable[Observation]) -> tuple[CheckResult, ...]:
    """A result for every planned check, in the plan's order."""
    seen = tuple(observations)
    return tuple(judges[check.id](plan, check, observations_for(plan, check.id, seen)) for check in plan.checks)


def _judged(judge: Judge, plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    try:
        return judge(plan, check, observations)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as the result
        return CheckResult(
            check=check.id,
            verdict=Verdict.ERROR,
            summary=f"The judge of {check.id} failed with {_place_of(error)}.",
            next_step="Report it with the evidence: it is a fault of the prover, not of the route.",
        )


def _place_of(error: Exception) -> str:
    """The exception's type and where it was raised; not its message, which may hold what was asked or answered."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return type(error).__name__ + where
