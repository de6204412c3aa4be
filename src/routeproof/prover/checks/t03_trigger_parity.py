"""T03: through the gateway tools are called where they are called directly."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, Figure, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.tool_cases import expected_tool, irrelevant_cases, trigger_cases
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, failed, not_run
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Obstacle, Trial, obstacle_of, trials_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import PPM, Pairs, decide_not_worse, mcnemar_p_value

_NEXT: Final = "Compare the tools as the gateway sends them on: names, descriptions and schemas decide what is called."


class Decision(NamedTuple):
    """What one arm did with one question."""

    trial: Trial
    called: frozenset[str]
    right: bool
    """The one tool that fits was called and no other, or none where none fits."""


Decisions = Mapping[tuple[str, int], Decision]
"""Of one arm, by case and trial; without those that had no answer."""


def cases(setup: Setup) -> Sequence[Case]:
    """The questions of T02 and T04, on every arm: 82 pairs."""
    return [*trigger_cases(setup, "T03"), *irrelevant_cases(setup, "T03")]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Right decisions, paired: the second arm is not worse than the first by the margin.

    Where it is, and direct differs from direct as much, the noise hides the difference: INCONCLUSIVE.
    """
    arms = {arm: _decisions(plan, observations, arm) for arm in Arm}
    other = next((arm for arm in (Arm.GATEWAY, Arm.DIRECT_AGAIN) if arms[arm]), None)
    if not arms[Arm.DIRECT] or other is None:
        return not_run(check, observations, list(_obstacles(plan, observations)))
    planned = plan.trials_of(check.id)
    margin_ppm = check.threshold("margin")
    pairs = _pairs(arms[Arm.DIRECT], arms[other])
    verdict, interval = decide_not_worse(pairs, planned, margin_ppm)
    again = arms[Arm.DIRECT_AGAIN] if other is Arm.GATEWAY else {}
    if verdict is Verdict.FAIL and again:
        noise, _ = decide_not_worse(_pairs(arms[Arm.DIRECT], again), planned, margin_ppm)
        verdict = Verdict.INCONCLUSIVE if noise is Verdict.FAIL else verdict
    summary = (
        f"{pairs.total} of {planned} planned pairs; right decisions differ by {interval.lower_ppm / 1e4:.1f} to "
        f"{interval.upper_ppm / 1e4:.1f} points (95 % each side), {margin_ppm / 1e4:.1f} points less are allowed"
    )
    figures = [*_figures(other, arms[Arm.DIRECT], arms[other])]
    figures += _figures(Arm.DIRECT_AGAIN, arms[Arm.DIRECT], again) if again else ()
    troubles = list(_differences(arms[Arm.DIRECT], arms[other], other))
    if troubles:
        result = failed(check, observations, troubles, figures=figures)
    else:
        result = CheckResult(check=check.id, verdict=verdict, summary="", figures=tuple(figures))
    return refers_to(msgspec.structs.replace(result, verdict=verdict, summary=summary), observations)


def _decisions(plan: Plan, observations: Sequence[Observation], arm: Arm) -> Decisions:
    found: dict[tuple[str, int], Decision] = {}
    for trial in trials_of([one for one in observations if one.arm == arm]):
        obstacle = obstacle_of(plan, trial.last)
        if obstacle is not None and not obstacle.about_the_route:
            continue
        message = message_in(plan, trial.last) if obstacle is None else None
        called = frozenset() if message is None else frozenset(call.name for call in message.tool_calls)
        wanted = expected_tool(trial.case)
        right = message is not None and called == (frozenset() if wanted is None else frozenset((wanted,)))
        found[trial.case, trial.number] = Decision(trial, called, right)
    return found


def _pairs(first: Decisions, second: Decisions) -> Pairs:
    both = [(first[key].right, second[key].right) for key in first.keys() & second.keys()]
    return Pairs(*(both.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def _figures(arm: Arm, first: Decisions, second: Decisions) -> Iterator[Figure]:
    """F1 of the second arm's calls by the first's, how often they differ, and McNemar's p-value."""
    shared = [(first[key].called, second[key].called) for key in first.keys() & second.keys()]
    agreed = sum(len(one & two) for one, two in shared)
    calls = sum(len(one) + len(two) for one, two in shared)
    pairs = _pairs(first, second)
    name = f"{arm} against direct"
    f1_ppm = PPM if not calls else 2 * agreed * PPM // calls
    yield Figure(name=f"{name}: F1", value=f1_ppm, unit="ppm", samples=len(shared))
    differing = sum(one != two for one, two in shared)
    yield Figure(name=f"{name}: other decisions", value=differing, unit="pairs", samples=len(shared))
    p_ppm = int(mcnemar_p_value(pairs) * PPM)
    yield Figure(name=f"{name}: McNemar's p", value=p_ppm, unit="ppm", samples=pairs.total)


def _differences(first: Decisions, second: Decisions, arm: Arm) -> Iterator[Trouble]:
    for key in sorted(first.keys() & second.keys()):
        if first[key].right and not second[key].right:
            words = f"{arm}: {_shown(second[key])}, directly {_shown(first[key])}"
            yield Trouble(observation=second[key].trial.last, words=words, next_step=_NEXT)


def _shown(decision: Decision) -> str:
    return f"calls {', '.join(sorted(name[:40] for name in decision.called))}" if decision.called else "calls nothing"


def _obstacles(plan: Plan, observations: Sequence[Observation]) -> Iterator[Obstacle]:
    return (found for one in observations if (found := obstacle_of(plan, one)) is not None)


CHECK = Check(
    id="T03",
    title="trigger-parity",
    proves="tools are called through the gateway where they are called directly",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="margin", value=50_000, unit="ppm"),),
    needs=("facet.tools",),
    needs_arms=True,
)
