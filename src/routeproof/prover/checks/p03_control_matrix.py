"""P03: each control does what is declared of it: it is effective, ignored, rejected or unsupported (docs/controls.md).

Every control is measured, and those of which something is declared are judged: by a fact, or by whoever configured
the route. Controls of sampling are measured over several answers, all others in each trial.
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
from routeproof.prover.controls.effects import Effect, declared_effect, meets
from routeproof.prover.controls.measuring import Reading, control_cases, measure_controls
from routeproof.prover.judges.rulings import Trouble, failed, not_run, undecided
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_NEXT: Final = "Compare with `routeproof controls ROUTE`; declare what is so, or have clients do without the control."


def cases(setup: Setup) -> Sequence[Case]:
    """The probes, and a question without any control."""
    return (plain_case(setup, "P03"), *control_cases(setup, "P03"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every declared control is as declared."""
    readings = measure_controls(plan, observations)
    live = live_call(plan, observations)
    troubles = [trouble for one in readings if (trouble := _trouble(plan, one)) is not None]
    if live.troubles or troubles:
        return failed(check, observations, [*live.troubles, *troubles])
    obstacles = [*live.obstacles, *(one.obstacle for one in readings if one.obstacle is not None)]
    if obstacles or not readings:
        return not_run(check, observations, obstacles)
    told = _summary(plan, readings)
    untold = [one.control for one in readings if one.effect is None and declared_effect(plan.declared, one.control)]
    if untold:
        why = f"It could not be told what {', '.join(untold)} does. {told}"
        return undecided(check, observations, why, "Run it again: the model did not do what the probe asked.")
    return refers_to(CheckResult(check=check.id, verdict=Verdict.PASS, summary=told), observations)


def _trouble(plan: Plan, one: Reading) -> Trouble | None:
    declared = declared_effect(plan.declared, one.control)
    if one.broken:
        words = f"{one.control}: {one.words}"
    elif declared is None or _is_as_declared(declared, one):
        return None
    else:
        words = f"{one.control} is declared {declared} and measured {one.effect or 'unsteady'} ({one.words})"
    return Trouble(observation=one.shown, words=words, cause=Cause.REQUEST_SHAPE, next_step=_NEXT)


def _is_as_declared(declared: Effect, one: Reading) -> bool:
    """What could not be told is not held against it, but what differs from trial to trial is."""
    return not one.unsteady if one.effect is None else meets(declared, one.effect)


def _summary(plan: Plan, readings: Sequence[Reading]) -> str:
    counts = Counter(one.effect or "untold" for one in readings)
    declared = sum(declared_effect(plan.declared, one.control) is not None for one in readings)
    parts = ", ".join(f"{count} {effect}" for effect, count in counts.most_common())
    return f"{len(readings)} controls measured: {parts}; all {declared} that are declared are as declared."


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
