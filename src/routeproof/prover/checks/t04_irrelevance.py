"""T04: no tool is called where none fits."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.tool_cases import irrelevant_cases
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_stat
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """32 trials of questions that none of the offered tools can answer."""
    return irrelevant_cases(setup, "T04")


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of answers in words."""

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        if message is None:
            yield Trouble(observation=trial.last, words="no message that can be read", cause=Cause.PARSER)
        elif message.tool_calls:
            yield Trouble(
                observation=trial.last,
                words=f"{message.tool_calls[0].name[:40]!r} was called, and nothing in the question asks for it",
                next_step="Offer tools only where they may be needed, or set tool_choice to none elsewhere.",
            )
        elif not message.content and not message.refusal:
            yield Trouble(observation=trial.last, words="neither a call nor any text")

    return rule_stat(plan, check, observations, look, rate="answers without a needless call", threshold="rate")


CHECK = Check(
    id="T04",
    title="irrelevance",
    proves="no tool is called where none fits",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=900_000, unit="ppm"),),
    needs=("facet.tools",),
)
