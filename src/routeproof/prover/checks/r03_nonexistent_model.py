"""R03: a model that does not exist is refused, and nothing is billed for it: no silent fallback."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call, others
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, conclude, gather, troubles_of
from routeproof.prover.judges.trials import Obstacle, Trial, obstacle_of
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import examine_error
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

MODEL = "no-such-model-@@nonce@@"
_NOT_ABOUT_THE_MODEL = (401, 402, 403, 408, 429)
_NEXT = "Ask the provider what it does with unknown model ids; a fallback bills a model that nobody chose."
_TOKENS = ("input_tokens", "output_tokens")


def cases(setup: Setup) -> Sequence[Case]:
    """A question to a model whose name only this trial knows, and one to the route's."""
    body = chat(setup, [user("Say the word @@nonce:word@@ and nothing else.")])
    named = body.replace(f'"{setup.model}"'.encode(), f'"{MODEL}"'.encode(), 1)
    return (case(setup, "nonexistent-model", "R03", named), plain_case(setup, "R03"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """A 4xx with an error object, and no tokens in the answer or in the ledger's rows."""
    seen = live_call(plan, observations)
    asked = gather(plan, others(observations), answers_expected=False)
    seen.obstacles.extend(asked.obstacles)
    for trial in asked.trials:
        obstacle = _in_the_way(plan, trial.last)
        if obstacle is None:
            seen.troubles.extend(_look(plan, trial))
        else:
            seen.obstacles.append(obstacle)
    return conclude(check, observations, seen, held="A model that does not exist is refused, and costs nothing.")


def _in_the_way(plan: Plan, observation: Observation) -> Obstacle | None:
    """A refusal for another reason than the model's name says nothing."""
    status = observation.transcript.status or 0
    other = status in _NOT_ABOUT_THE_MODEL or (status >= 500 and _code(plan, observation) != "model_not_found")
    return obstacle_of(plan, observation) if other else None


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    last = trial.last
    status = last.transcript.status or 0
    if status < 400:
        answered = answer_of(plan, last).model
        by = f" by {answered}" if answered else ""
        yield _trouble(last, f"a model that does not exist is answered{by} with status {status}")
        return
    content_type = last.transcript.header("content-type")
    told = examine_error(last.transcript.body.data, overlay_named(plan.route.dialect), content_type=content_type)
    yield from troubles_of(last, told.faults)
    for row in last.ledger:
        billed = [f"{row.columns[name]} {name.replace('_', ' ')}" for name in _TOKENS if row.columns.get(name)]
        if billed:
            words = f"a refused request has {' and '.join(billed)} in its row"
            yield _trouble(last, words, Part.LEDGER)


def _code(plan: Plan, observation: Observation) -> str | None:
    return examine_error(observation.transcript.body.data, overlay_named(plan.route.dialect)).code


def _trouble(observation: Observation, words: str, part: Part = Part.RESPONSE) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.MODEL_ID, next_step=_NEXT, part=part)


CHECK = Check(
    id="R03",
    title="nonexistent-model",
    proves="no silent fallback",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
