"""The live call beside a check that is about refusals or names: what answers nothing at all has shown nothing."""

from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Cause
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Gathered, Trouble, gather

LIVE: Final = "plain"
"""The case of `common_cases.plain_case`."""
_NEXT: Final = "Check the base URL and the model id: something answers there, and it is no model."


def live_call(plan: Plan, observations: Sequence[Observation]) -> Gathered:
    """What came of the plain questions among these; status 200 without a message is a trouble."""
    seen = gather(plan, [one for one in observations if one.case == LIVE])
    for trial in seen.trials:
        if not answer_of(plan, trial.last).messages:
            words = "the live call has status 200 and no answer"
            seen.troubles.append(
                Trouble(observation=trial.last, words=words, cause=Cause.ENDPOINT, next_step=_NEXT),
            )
    return seen


def others(observations: Sequence[Observation]) -> list[Observation]:
    """All but the plain questions."""
    return [one for one in observations if one.case != LIVE]
