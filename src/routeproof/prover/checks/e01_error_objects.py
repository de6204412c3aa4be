"""E01: errors are JSON objects with the right status, so that clients can act on them."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.errors import UpstreamKind
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.broken_requests import BROKEN, broken_cases
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_count
from routeproof.prover.judges.refusals import error_of
from routeproof.prover.judges.rulings import Trouble, conclude, gather, troubles_of
from routeproof.prover.judges.trials import Trial, kind_of_refusal, obstacle_of
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_UNRELATED: Final = frozenset(
    (UpstreamKind.RATE_LIMITED, UpstreamKind.BUSY, UpstreamKind.BILLING, UpstreamKind.TIMEOUT_STATUS)
)
"""What may come before a request is looked at: its object is judged, and the case is not."""
_KEY: Final = (401, 403)
_NEXT: Final = "SDKs tell errors apart by status and code: map the status where the endpoint's can't be relied on."


def cases(setup: Setup) -> Sequence[Case]:
    """A request for each kind of client error."""
    return broken_cases(setup, "E01")


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The status tells what is wrong, and the body is an error object."""
    seen = gather(plan, observations, answers_expected=False)
    for trial in seen.trials:
        obstacle = obstacle_of(plan, trial.last)
        if obstacle is not None and _says_nothing(plan, trial):
            seen.obstacles.append(obstacle)
        seen.troubles.extend(_look(plan, trial))
    return conclude(check, observations, seen, held="Errors have the right status and an object that says why.")


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    status = trial.last.transcript.status or 0
    right = _right_statuses(plan, trial.case)
    if status not in right and not _says_nothing(plan, trial):
        wanted = " or ".join(map(str, right))
        words = f"{BROKEN[trial.case].words} gets status {status}, not {wanted}"
        yield Trouble(observation=trial.last, words=words, cause=Cause.PROVIDER, next_step=_NEXT)
    if status >= 400:
        yield from troubles_of(trial.last, error_of(plan, trial.last).faults, _NEXT)


def _says_nothing(plan: Plan, trial: Trial) -> bool:
    """The refusal is about something else than what this case has wrong."""
    expected = _right_statuses(plan, trial.case)
    status = trial.last.transcript.status
    if status in expected or error_of(plan, trial.last).code == "model_not_found":
        return False
    is_key_case = BROKEN[trial.case].statuses == _KEY
    return kind_of_refusal(plan, trial.last) in _UNRELATED or (status in _KEY and not is_key_case)


def _right_statuses(plan: Plan, case_id: str) -> tuple[int, ...]:
    """Those that tell a client what it did, and the one that the route declares besides."""
    declared = declared_count(plan.declared, f"status.{case_id.removeprefix('error-')}")
    return BROKEN[case_id].statuses + (() if declared is None else (declared,))


CHECK = Check(
    id="E01",
    title="error-objects",
    proves="clients can act on errors",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
