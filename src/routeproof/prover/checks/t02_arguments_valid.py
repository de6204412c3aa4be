"""T02: tool calls can be carried out: the tool exists, the arguments are JSON, and they fit the schema."""

from collections import Counter
from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.tool_cases import schema_cases, trigger_cases
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_stat
from routeproof.prover.judges.tool_answers import Bucket, call_faults, message_in, tools_offered
from routeproof.prover.judges.trials import Trial, trials_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """50 trials of questions that call for one of five tools, and 48 of schemas: 95 % with one failure among them."""
    return [*trigger_cases(setup, "T02"), *schema_cases(setup, "T02")]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of trials with a call, all of whose calls can be carried out; what was wrong with others by bucket."""

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        if message is None or not message.tool_calls:
            yield Trouble(observation=trial.last, words="no tool was called, though one was called for")
            return
        for fault in call_faults(message, tools_offered(trial.last)):
            yield Trouble(
                observation=trial.last,
                words=f"{fault.bucket}: {fault.words}",
                next_step="Simplify the schema, or validate arguments and ask again before anything is carried out.",
            )

    figures = _buckets(plan, observations)
    return rule_stat(
        plan, check, observations, look, rate="calls that can be carried out", threshold="rate", figures=figures
    )


def _buckets(plan: Plan, observations: Sequence[Observation]) -> list[Figure]:
    counts: Counter[Bucket] = Counter()
    trials = list(trials_of(observations))
    for trial in trials:
        message = message_in(plan, trial.last)
        if message is not None:
            counts.update(fault.bucket for fault in call_faults(message, tools_offered(trial.last)))
    return [Figure(name=bucket, value=counts[bucket], unit="calls", samples=len(trials)) for bucket in Bucket]


CHECK = Check(
    id="T02",
    title="arguments-valid",
    proves="arguments of tool calls are usable",
    severity=Severity.B,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=950_000, unit="ppm"),),
    needs=("facet.tools",),
)
