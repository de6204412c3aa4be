"""P03: each control does what is declared of it: it is effective, ignored, rejected or unsupported (docs/controls.md).

Every control is measured, and those of which a fact declares something are judged. Where none is, there is nothing to
hold the route to, and to say that it passes would be an empty word. Controls of sampling are measured over several
answers, all others in each trial.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call
from routeproof.prover.check import Check
from routeproof.prover.controls.effects import declared_effect
from routeproof.prover.controls.measuring import Reading, control_cases, measure_controls
from routeproof.prover.judges.rulings import Trouble, failed, not_run, undecided
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_NEXT: Final = "Compare with `routeproof controls ROUTE`; declare what is so, or have clients do without the control."
_DECLARE: Final = (
    "Declare the controls that clients rely on, as the provider's page has them: facts of the kind `control` for this "
    "route's family and model, in a file that `server.facts` names. Then run it again."
)


def cases(setup: Setup) -> Sequence[Case]:
    """The probes, and a question without any control."""
    return (plain_case(setup, "P03"), *control_cases(setup, "P03"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every declared control is as declared; INCONCLUSIVE where none is declared, and nothing is broken either."""
    readings = measure_controls(plan, observations)
    live = live_call(plan, observations)
    troubles = [trouble for one in readings if (trouble := _trouble(plan, one)) is not None]
    if live.troubles or troubles:
        return failed(check, observations, [*live.troubles, *troubles])
    obstacles = [*live.obstacles, *(one.obstacle for one in readings if one.obstacle is not None)]
    if obstacles or not readings:
        return not_run(check, observations, obstacles)
    declared = [one for one in readings if declared_effect(plan.declared, one.control) is not None]
    told = _measured(readings)
    if not declared:
        why = f"Nothing is declared of any control, so there is nothing to hold this route to. {told}"
        return undecided(check, observations, why, _DECLARE)
    untold = [one.control for one in declared if one.effect is None]
    if untold:
        why = f"It could not be told what {', '.join(untold)} does. {told}"
        return undecided(check, observations, why, "Run it again: the model did not do what the probe asked.")
    held = f"{told} All {len(declared)} that are declared are as declared."
    return refers_to(CheckResult(check=check.id, verdict=Verdict.PASS, summary=held), observations)


def _trouble(plan: Plan, one: Reading) -> Trouble | None:
    declared = declared_effect(plan.declared, one.control)
    if one.broken:
        words = f"{one.control}: {one.words}"
    elif declared is None or one.meets(declared):
        return None
    else:
        words = f"{one.control} is declared {declared} and measured {one.effect or 'unsteady'} ({one.words})"
    return Trouble(observation=one.shown, words=words, cause=Cause.REQUEST_SHAPE, next_step=_NEXT)


def _measured(readings: Sequence[Reading]) -> str:
    counts = Counter(one.effect or "untold" for one in readings)
    parts = ", ".join(f"{count} {effect}" for effect, count in counts.most_common())
    return f"{len(readings)} controls measured: {parts}."


CHECK = Check(
    id="P03",
    title="control-matrix",
    proves="each control does what is declared of it",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
