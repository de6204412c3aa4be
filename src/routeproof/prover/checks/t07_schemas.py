"""T07: arguments fit schemas of every kind, streamed and not: what is covered, stratum by stratum."""

from collections import Counter
from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.tool_cases import schema_cases, stratum_of
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_stat
from routeproof.prover.judges.tool_answers import call_faults, message_in, tools_offered
from routeproof.prover.judges.trials import Trial, obstacle_of, trials_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """Two trials each of twelve strata, streamed and not, without those that the route declares unsupported."""
    return schema_cases(setup, "T07")


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of calls that fit, over all strata; each stratum's own count among the figures."""

    def look(trial: Trial) -> Iterator[Trouble]:
        for words in _wrong(plan, trial):
            yield Trouble(
                observation=trial.last,
                words=f"{stratum_of(trial.case)}: {words}",
                next_step="Declare the stratum under schemas.unsupported, or describe such tools with plainer schemas.",
            )

    figures = _coverage(plan, observations)
    return rule_stat(
        plan, check, observations, look, rate="calls that fit their schema", threshold="rate", figures=figures
    )


def _wrong(plan: Plan, trial: Trial) -> list[str]:
    message = message_in(plan, trial.last)
    if message is None or not message.tool_calls:
        return ["the tool was not called"]
    return [fault.words for fault in call_faults(message, tools_offered(trial.last))]


def _coverage(plan: Plan, observations: Sequence[Observation]) -> list[Figure]:
    planned: Counter[str] = Counter()
    fitting: Counter[str] = Counter()
    for trial in trials_of(observations):
        stratum = stratum_of(trial.case)
        planned[stratum] += 1
        fitting[stratum] += obstacle_of(plan, trial.last) is None and not _wrong(plan, trial)
    return [Figure(name=name, value=fitting[name], unit="calls", samples=planned[name]) for name in planned]


CHECK = Check(
    id="T07",
    title="schemas",
    proves="JSON Schema is understood in its breadth",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=900_000, unit="ppm"),),
    needs=("facet.tools",),
)
