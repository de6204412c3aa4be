"""R09: the prover that made the plan has shown that it sees the faults it looks for; nothing is sent for it.

The plan carries the record of a self-test (`kill_matrix/self_test.py`). It must be complete, and every check of the
plan must stand in it with the very hash that the plan gives it: a check that was changed since has not been tested.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, SelfTest
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.check import Check
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.setup import Setup

_NEXT: Final = "Run `routeproof prove --self-test` with this build, then plan again."


def cases(setup: Setup) -> Sequence[Case]:  # noqa: ARG001 - a check's signature
    """None: the plan itself is judged."""
    return ()


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:  # noqa: ARG001
    """Complete, and of these checks."""
    if plan.self_test is None:
        return _result(check, Verdict.ERROR, ("It could not run: this prover has no self-test on record.",))
    failures = tuple(_failures(plan, plan.self_test))
    if failures:
        return _result(check, Verdict.FAIL, failures)
    held = f"Every one of the {len(plan.checks)} checks has caught its defects in this build."
    return CheckResult(check=check.id, verdict=Verdict.PASS, summary=held)


def _failures(plan: Plan, self_test: SelfTest) -> Iterator[str]:
    if not self_test.complete:
        yield "the kill matrix of this build is not complete: a check missed a defect, or failed a golden run"
    for planned in plan.checks:
        tested = self_test.check_hashes.get(planned.id)
        if tested is None:
            yield f"check {planned.id} is not in the self-test"
        elif tested != planned.sha256:
            yield f"check {planned.id} is not the one that was tested"


def _result(check: PlannedCheck, verdict: Verdict, failures: tuple[str, ...]) -> CheckResult:
    return CheckResult(check=check.id, verdict=verdict, summary=failures[0], failures=failures, next_step=_NEXT)


CHECK = Check(
    id="R09",
    title="prover-qualified",
    proves="the prover can see the fault",
    severity=Severity.B,
    method=Method.SIM,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
)
