"""P01: a plain answer has the shape that it must have."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """A short question without a stream."""
    return (plain_case(setup, "P01"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Schema, content type, and ids that are unique over the run."""
    seen: set[str] = set()

    def look(trial: Trial) -> Iterator[Trouble]:
        answer = answer_of(plan, trial.last)
        yield from troubles_of(trial.last, (one for one in answer.faults if one.check == "P01"))
        if answer.id is not None and answer.id in seen:
            yield Trouble(observation=trial.last, words=f"the id {answer.id} was given to another answer before")
        seen.add(answer.id or "")

    return rule_det(plan, check, observations, look, held="Every plain answer has the documented shape.")


CHECK = Check(
    id="P01",
    title="envelope",
    proves="the response has the shape",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
