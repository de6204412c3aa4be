"""Judges requests that must be refused, beside others that must be answered."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.prover.judges.refusals import SERVER_FAULT, in_the_way, refusal_faults
from routeproof.prover.judges.rulings import Gathered, Look, Trouble, conclude, gather
from routeproof.prover.judges.trials import Trial, obstacle_of, trials_of

_NEXT: Final = "Ask the provider to refuse such requests with status 400, or keep them away yourself."

Refusal = Callable[[Trial], Iterable[Trouble]]
"""What is wrong with a refusal besides its shape."""


def gather_refusals(
    plan: Plan, observations: Sequence[Observation], what: Callable[[str], str], look: Refusal | None = None
) -> Gathered:
    """Sort out trials whose last step must be refused; `what` names what is wrong with a case's request."""
    seen = Gathered((), [], [])
    judged: list[Trial] = []
    for trial in trials_of(observations):
        earlier = [one for one in (obstacle_of(plan, step) for step in trial.steps[:-1]) if one is not None]
        obstacle = earlier[0] if earlier else in_the_way(plan, trial.last)
        if obstacle is not None:
            seen.obstacles.append(obstacle)
            continue
        judged.append(trial)
        seen.troubles.extend(_troubles(plan, trial, what(trial.case), look))
    return seen._replace(trials=tuple(judged))


def rule_mixed(
    plan: Plan,
    check: PlannedCheck,
    observations: Sequence[Observation],
    *,
    refused: Callable[[Trial], bool],
    what: Callable[[str], str],
    answered: Look,
    refusal: Refusal | None = None,
    held: str,
) -> CheckResult:
    """A deterministic check some of whose trials must be refused (those that `refused` tells) and the others answered.

    The answered ones show that the refusals are about what is wrong with those requests.
    """
    sides: dict[bool, list[Observation]] = {True: [], False: []}
    for trial in trials_of(observations):
        sides[refused(trial)].extend(trial.steps)
    must_answer = gather(plan, sides[False])
    for trial in must_answer.trials:
        must_answer.troubles.extend(answered(trial))
    must_refuse = gather_refusals(plan, sides[True], what, refusal)
    both = Gathered(
        (*must_answer.trials, *must_refuse.trials),
        [*must_answer.troubles, *must_refuse.troubles],
        [*must_answer.obstacles, *must_refuse.obstacles],
    )
    return conclude(check, observations, both, held=held)


def _troubles(plan: Plan, trial: Trial, what: str, look: Refusal | None) -> Iterable[Trouble]:
    status = trial.last.transcript.status or 0
    if status < 400:
        words = f"{what} is answered with status {status} instead of being refused"
        return [Trouble(observation=trial.last, words=words, cause=Cause.PROVIDER, next_step=_NEXT)]
    shape = list(refusal_faults(plan, trial.last, what))
    return [*shape, *(look(trial) if look is not None and status < SERVER_FAULT else ())]
