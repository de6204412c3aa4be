"""R08: nothing was tuned afterwards: every observation is of this plan, and what was sent is what was planned.

Each request is made again from the plan (template, seed, case, trial, and the answers of earlier steps) and compared
with the bytes that went out. That the plan is older than the run is signed with the evidence.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Step
from routeproof.evidence.results import Cause, CheckResult, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call
from routeproof.prover.cases.templates import Unfillable, fill
from routeproof.prover.check import Check
from routeproof.prover.engine.follow_up import message_of
from routeproof.prover.judges.answers import sent_body
from routeproof.prover.judges.rulings import Trouble, conclude
from routeproof.prover.judges.trials import Trial, trials_of
from routeproof.prover.oracle.strict_json import NotJson, read_strictly
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_NEXT: Final = "Do not rely on these results: plan anew, and run that plan."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question; besides it every case of the plan is read."""
    return (plain_case(setup, "R08"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """One plan, and its own bytes."""
    seen = live_call(plan, observations)
    digest = plan.digest
    cases_by_id = {case.id: case for case in plan.cases}
    for trial in trials_of(observations):
        for one in trial.steps:
            if one.plan != digest:
                seen.troubles.append(_trouble(one, "the observation is of another plan"))
        case = cases_by_id.get(trial.case)
        if case is None:
            seen.troubles.append(_trouble(trial.last, "nothing of this name was planned"))
        else:
            seen.troubles.extend(_look(plan, case, trial))
    held = f"All {len(observations)} requests are those of the plan, byte for byte."
    return conclude(check, observations, seen, held=held)


def _look(plan: Plan, case: Case, trial: Trial) -> Iterator[Trouble]:
    answers: dict[int, dict[str, object]] = {}
    for one in trial.steps:
        if one.transcript.ending is Ending.NOT_SENT:
            continue
        if not one.transcript.request.body.as_observed:
            return  # a masked body can't be compared, and what follows from it neither
        step = case.steps[one.step - 1]
        try:
            planned = fill(step.body, seed=plan.seed, case=case.id, trial=trial.number, answers=answers)
        except Unfillable as error:
            yield _trouble(one, f"it was sent, though it could not be: {error}")
            return
        if not _is_planned(one, step, planned):
            yield _trouble(one, "another request was sent than the one that was planned")
        message = message_of(plan, one)
        if message is not None and one.transcript.body.as_observed:
            answers[one.step] = message


def _is_planned(one: Observation, step: Step, planned: bytes) -> bool:
    request = one.transcript.request
    if request.method != step.method or not request.path.endswith(step.path):
        return False
    if request.body.data == planned:
        return True
    # A gateway may have a name of its own for the model, and for nothing else.
    return one.arm is Arm.GATEWAY and {**sent_body(one), "model": ""} == {**_object_in(planned), "model": ""}


def _object_in(body: bytes) -> dict[str, object]:
    try:
        value = read_strictly(body).value
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.REQUEST_SHAPE, next_step=_NEXT, part=Part.REQUEST)


CHECK = Check(
    id="R08",
    title="planned-first",
    proves="nothing was tuned afterwards",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
    reads_all=True,
)
