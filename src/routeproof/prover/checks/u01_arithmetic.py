"""U01: the numbers of every usage object can be true together."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.setup import Setup

_NO_USAGE = "the answer has no usage object, so nobody can bill it"
_NEXT = "Compare the numbers with the provider's own record of the request, and report them to it."


def cases(setup: Setup) -> Sequence[Case]:
    """A plain answer and a streamed one."""
    return (plain_case(setup, "U01"), stream_case(setup, "U01"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Sums, parts within their wholes, whole numbers; an answer without a usage does not pass for a sound one."""

    def look(trial: Trial) -> Iterator[Trouble]:
        for step in trial.steps:
            examination = stream_of(plan, step) if was_streamed(step) else answer_of(plan, step)
            yield from troubles_of(step, (one for one in examination.faults if one.check == "U01"), _NEXT)
            if examination.usage is None:
                yield Trouble(observation=step, words=_NO_USAGE, cause=Cause.PROVIDER, next_step=_NEXT)

    return rule_det(plan, check, observations, look, held="The numbers of every usage add up.")


CHECK = Check(
    id="U01",
    title="arithmetic",
    proves="numbers cohere",
    severity=Severity.B,
    method=Method.DET,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
)
