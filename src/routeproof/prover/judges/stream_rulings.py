"""The rule that the checks of streams share: what the stream oracle finds against a check, in every stream."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.prover.judges.answers import stream_of
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.stream.examination import EventKind


def rule_streams(
    plan: Plan, check: PlannedCheck, observations: Sequence[Observation], *, held: str, next_step: str
) -> CheckResult:
    """Every observation is of a stream; PASS where the oracle finds nothing against the check in any of them."""

    def look(trial: Trial) -> Iterator[Trouble]:
        for step in trial.steps:
            yield from stream_troubles(plan, step, (check.id,), next_step)

    return rule_det(plan, check, observations, look, held=held)


def stream_troubles(plan: Plan, step: Observation, checks: Sequence[str], next_step: str) -> Iterator[Trouble]:
    """What speaks against a streamed answer by the rules of these checks; that it says nothing always does."""
    examined = stream_of(plan, step)
    yield from troubles_of(step, (one for one in examined.faults if one.check in checks), next_step)
    if not examined.events:
        words = "a stream was asked for, and none came"
    elif examined.error is not None:
        words = "the stream brings an error instead of an answer"
    elif not any(event.kind is EventKind.DELTA for event in examined.events):
        words = "the stream brings no answer"
    else:
        return
    yield Trouble(observation=step, words=words, cause=Cause.PARSER, next_step=next_step)
