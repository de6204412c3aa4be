"""R04: what was asked is what was served: the answer names the model, an alias's target or a dated form of either."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_names
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.setup import Setup

_DATE: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4})")
_OF_STREAMS: Final = ("model_changed", "model_empty")
_NEXT: Final = "Check the model id. If this name may answer, declare it as the alias's target; else the route is wrong."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question, whole and as a stream."""
    return (plain_case(setup, "R04"), stream_case(setup, "R04"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """One of the names that may answer, the same over a stream."""

    def look(trial: Trial) -> Iterator[Trouble]:
        if was_streamed(trial.last):
            examined = stream_of(plan, trial.last)
            told = examined.model
            yield from troubles_of(trial.last, (one for one in examined.faults if one.code in _OF_STREAMS), _NEXT)
        else:
            told = answer_of(plan, trial.last).model
        if not may_answer(plan, told):
            shown = "nobody" if told is None else told
            yield Trouble(
                observation=trial.last,
                words=f"{plan.route.model} was asked, and {shown} answers",
                cause=Cause.MODEL_ID,
                next_step=_NEXT,
            )

    return rule_det(plan, check, observations, look, held=f"Every answer says that it is {plan.route.model}'s.")


def may_answer(plan: Plan, model: str | None) -> bool:
    """Whether the name is the route's model, one that it declares, or one of these and a date."""
    if model is None:
        return False
    names = {plan.route.model, *declared_names(plan.declared, "models")}
    return any(
        model == name or (model.startswith(name) and _DATE.fullmatch(model[len(name) :]) is not None) for name in names
    )


CHECK = Check(
    id="R04",
    title="model-echo",
    proves="what was asked is what was served",
    severity=Severity.B,
    method=Method.DET,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
)
