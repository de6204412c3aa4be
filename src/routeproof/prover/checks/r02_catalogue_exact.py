"""R02: the model exists for this account: `GET /models` has it, and a live call answers.

listed and answering        as it should be
listed and refused          public-only: the list is everybody's, this account can't call the model
not listed and answering    unlisted: right only where the route declares that the list is not complete
not listed and refused      absent
"""

from collections.abc import Sequence
from typing import NamedTuple

from routeproof.errors import UpstreamKind
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Step
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_names
from routeproof.prover.judges.rulings import Gathered, Trouble, conclude, gather, troubles_of
from routeproof.prover.judges.trials import kind_of_refusal
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import examine_models
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

MODELS = "models"
_NO_SUCH = (UpstreamKind.MODEL_NOT_FOUND, UpstreamKind.MODEL_RETIRED, UpstreamKind.PERMISSION)
_COMPARE = "Compare the model id with `GET /models` of this account, letter by letter."
_DECLARE = 'Declare `models-list = "none"` if this provider lists no such names, or use a listed id.'
_ASK = "Ask the provider's console to enable the model for this account, or use another."


class _Live(NamedTuple):
    answered: tuple[Observation, ...]
    refused: tuple[Observation, ...]


def cases(setup: Setup) -> Sequence[Case]:
    """The list, and a short question."""
    arms = setup.arms
    listing = Case(id=MODELS, checks=("R02",), steps=(Step(method="GET", path="/models"),), repeats=1, arms=arms)
    return (listing, plain_case(setup, "R02"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Whether the list and the live call agree that the model is there."""
    listing = [one for one in observations if one.case == MODELS]
    seen = live_call(plan, observations)
    refused = tuple(one.observation for one in seen.obstacles if kind_of_refusal(plan, one.observation) in _NO_SUCH)
    left = [one for one in seen.obstacles if one.observation not in refused]
    asked = gather(plan, listing)
    trials = (*seen.trials, *asked.trials)
    joined = Gathered(trials, list(seen.troubles), left)
    live = _Live(tuple(trial.last for trial in seen.trials), refused)
    listed = _add_listing(plan, asked, live, joined)
    held = f"{plan.route.model} answers" + (" and is listed." if listed else "; the provider lists no such names.")
    return conclude(check, observations, joined, held=held)


def _add_listing(plan: Plan, asked: Gathered, live: _Live, joined: Gathered) -> bool:
    """Put what the list shows beside the live call into `joined`; whether the model is listed."""
    wanted = {plan.route.model, *declared_names(plan.declared, "models")}
    no_list = plan.declared.get("models-list") == "none"
    if not asked.trials:
        if not no_list:
            joined.troubles.extend(asked.troubles)
            joined.obstacles.extend(asked.obstacles)
        joined.troubles.extend(_refusals(live, listed=False))
        return False
    listed = False
    for trial in asked.trials:
        body = trial.last.transcript.body.data
        content_type = trial.last.transcript.header("content-type")
        found = examine_models(body, overlay_named(plan.route.dialect), content_type=content_type)
        joined.troubles.extend(troubles_of(trial.last, found.faults))
        here = not wanted.isdisjoint(found.ids)
        listed = listed or here
        if not here and not no_list and live.answered:
            words = f"unlisted: {plan.route.model} answers and is not among the {len(found.ids)} models of the list"
            joined.troubles.append(_trouble(trial.last, words, _DECLARE))
    joined.troubles.extend(_refusals(live, listed=listed))
    return listed


def _refusals(live: _Live, *, listed: bool) -> list[Trouble]:
    word, step = ("public-only: listed, and", _ASK) if listed else ("absent: neither listed nor served;", _COMPARE)
    return [
        _trouble(one, f"{word} a live call is refused with status {one.transcript.status}", step)
        for one in live.refused
    ]


def _trouble(observation: Observation, words: str, next_step: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.MODEL_ID, next_step=next_step)


CHECK = Check(
    id="R02",
    title="catalogue-exact",
    proves="the model exists for this account",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
