"""From what a check saw to its result: the rules that all judges share.

det    every planned trial must pass: one that does not is FAIL, one that could not run is ERROR
stat   a rate over all planned trials against its threshold: PASS or FAIL only where the exact bound says so
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from routeproof.evidence.observations import Ending, Observation
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Exhibit, Figure, Part, excerpt_of, refers_to
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.judges.trials import Obstacle, Trial, obstacle_of, trials_of
from routeproof.prover.oracle.findings import Finding
from routeproof.prover.statistics import decide_rate, measure_rate

_ANY_NEXT: Final = "Show whoever runs the endpoint the bytes, or have clients do without what it gets wrong."
SHOWN_MAX: Final = 8
"""Failures and exhibits in one result; the observations hold all of them."""
SHOWN_BYTES: Final = 80
"""Of the end of an answer that broke off."""
_BROKEN: Final[dict[Ending, str]] = {
    Ending.TRUNCATED: "the answer broke off before its end",
    Ending.MALFORMED: "the answer is not HTTP that can be read",
    Ending.TOO_LARGE: "the answer is larger than any answer should be",
}


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that did not hold, with the bytes that show it."""

    observation: Observation
    words: str
    cause: Cause = Cause.PROVIDER
    next_step: str = ""
    part: Part = Part.RESPONSE
    offset: int = 0
    excerpt: str | None = None
    """None: taken from the body of the part at the offset."""


Look = Callable[[Trial], Iterable[Trouble]]
"""What is wrong with one trial, all of whose steps have the answers that they should have."""


def troubles_of(observation: Observation, findings: Iterable[Finding], next_step: str = "") -> list[Trouble]:
    """An oracle's findings about one answer as troubles."""
    return [
        Trouble(
            observation=observation,
            words=found.words,
            cause=Cause.PARSER,
            next_step=next_step,
            offset=found.offset,
            excerpt=found.excerpt,
        )
        for found in findings
    ]


def skipped(check: PlannedCheck, why: str) -> CheckResult:
    """The route declares that it has no such thing."""
    return CheckResult(check=check.id, verdict=Verdict.SKIP, summary=why)


class Gathered(NamedTuple):
    """The observations of a check, sorted out: what can be judged, and what speaks against a pass already."""

    trials: tuple[Trial, ...]
    """All of whose steps got through."""
    troubles: list[Trouble]
    obstacles: list[Obstacle]


def gather(plan: Plan, observations: Sequence[Observation], *, answers_expected: bool = True) -> Gathered:
    """Sort out the trials. With `answers_expected` a step without status 200 keeps its trial from being judged."""
    seen = Gathered((), [], [])
    judged: list[Trial] = []
    for trial in trials_of(observations):
        met = _obstacles(plan, trial, answers_expected=answers_expected)
        if not met:
            judged.append(trial)
            seen.troubles.extend(_broken(trial) if answers_expected else ())
        seen.troubles.extend(_as_trouble(one) for one in met if one.about_the_route)
        seen.obstacles.extend(one for one in met if not one.about_the_route)
    return seen._replace(trials=tuple(judged))


def conclude(
    check: PlannedCheck,
    observations: Sequence[Observation],
    seen: Gathered,
    *,
    held: str,
    figures: Sequence[Figure] = (),
) -> CheckResult:
    """FAIL where there are troubles, else ERROR where anything could not run, else PASS with `held` as its sentence."""
    if seen.troubles:
        return failed(check, observations, seen.troubles, figures=figures)
    if seen.obstacles or not seen.trials:
        return not_run(check, observations, seen.obstacles)
    result = CheckResult(check=check.id, verdict=Verdict.PASS, summary=held, figures=tuple(figures))
    return refers_to(result, observations)


def undecided(
    check: PlannedCheck,
    observations: Sequence[Observation],
    why: str,
    next_step: str,
    *,
    cause: Cause | None = None,
    figures: Sequence[Figure] = (),
) -> CheckResult:
    """INCONCLUSIVE: what there is says neither yes nor no."""
    result = CheckResult(
        check=check.id,
        verdict=Verdict.INCONCLUSIVE,
        summary=why,
        cause=cause,
        next_step=next_step,
        figures=tuple(figures),
    )
    return refers_to(result, observations)


def rule_det(
    plan: Plan,
    check: PlannedCheck,
    observations: Sequence[Observation],
    look: Look,
    *,
    held: str,
    answers_expected: bool = True,
    figures: Sequence[Figure] = (),
) -> CheckResult:
    """The result of a deterministic check. `held` says in one sentence what is so where all is well.

    With `answers_expected` every step must have status 200, and `look` sees only such trials; without, only requests
    that got no answer at all are kept from it.
    """
    seen = gather(plan, observations, answers_expected=answers_expected)
    for trial in seen.trials:
        seen.troubles.extend(look(trial))
    return conclude(check, observations, seen, held=held, figures=figures)


def rule_stat(
    plan: Plan,
    check: PlannedCheck,
    observations: Sequence[Observation],
    look: Look,
    *,
    rate: str,
    threshold: str,
    figures: Sequence[Figure] = (),
) -> CheckResult:
    """The result of a check by rate: `threshold` names the check's threshold in ppm."""
    troubles: list[Trouble] = []
    obstacles: list[Obstacle] = []
    passed = failed_trials = 0
    trials = list(trials_of(observations))
    for trial in trials:
        met = _obstacles(plan, trial, answers_expected=True)
        if met and not any(one.about_the_route for one in met):
            obstacles += met
            continue
        found = [_as_trouble(one) for one in met] or [*_broken(trial), *look(trial)]
        passed += not found
        failed_trials += bool(found)
        troubles += found
    if not passed and not failed_trials:
        return not_run(check, observations, obstacles)
    measured = measure_rate(
        rate, passed=passed, failed=failed_trials, planned=len(trials), threshold_ppm=check.threshold(threshold)
    )
    verdict = decide_rate(measured)
    bounds = f"{passed} of {len(trials)} planned trials; true rate between {measured.lower_ppm / 1e4:.1f} and "
    bounds += f"{measured.upper_ppm / 1e4:.1f} % (95 % each side), asked for {check.threshold(threshold) / 1e4:.1f} %"
    result = (
        failed(check, observations, troubles, figures=figures)
        if troubles
        else CheckResult(check=check.id, verdict=verdict, summary="", figures=tuple(figures))
    )
    return refers_to(
        msgspec.structs.replace(result, verdict=verdict, summary=f"{rate}: {bounds}", rates=(measured,)), observations
    )


def failed(
    check: PlannedCheck,
    observations: Sequence[Observation],
    troubles: Sequence[Trouble],
    *,
    figures: Sequence[Figure] = (),
) -> CheckResult:
    """FAIL, with the bytes that show it: each kind of trouble once, before any is shown again."""
    firsts: dict[str, Trouble] = {}
    repeated = [one for one in troubles if firsts.setdefault(one.words, one) is not one]
    shown = [*firsts.values(), *repeated][:SHOWN_MAX]
    words = tuple(firsts)[:SHOWN_MAX]
    more = len(firsts) - len(words)
    summary = f"{len(troubles)} finding{'s' * (len(troubles) != 1)}: {words[0]}"
    result = CheckResult(
        check=check.id,
        verdict=Verdict.FAIL,
        summary=summary,
        failures=words + ((f"and {more} more",) if more > 0 else ()),
        cause=troubles[0].cause,
        next_step=next((one.next_step for one in troubles if one.next_step), _ANY_NEXT),
        exhibits=tuple(_exhibit(one) for one in shown),
        figures=tuple(figures),
    )
    return refers_to(result, observations)


def not_run(check: PlannedCheck, observations: Sequence[Observation], obstacles: Sequence[Obstacle]) -> CheckResult:
    """ERROR: the check had no chance to see what it is about."""
    first = obstacles[0] if obstacles else None
    result = CheckResult(
        check=check.id,
        verdict=Verdict.ERROR,
        summary="It could not run: " + (first.words if first else "nothing was planned for it"),
        failures=tuple(dict.fromkeys(one.words for one in obstacles))[:SHOWN_MAX],
        cause=first.cause if first else None,
        next_step=first.next_step if first else "",
        exhibits=tuple(_exhibit(_as_trouble(one)) for one in obstacles[:1]),
    )
    return refers_to(result, observations)


def _obstacles(plan: Plan, trial: Trial, *, answers_expected: bool) -> list[Obstacle]:
    met = [one for one in (obstacle_of(plan, step) for step in trial.steps) if one is not None]
    if answers_expected:
        return met
    return [one for one in met if one.observation.transcript.status is None]


def _broken(trial: Trial) -> Iterator[Trouble]:
    """Answers that began and are not whole, which need not show in what there is of them."""
    for step in trial.steps:
        words = _BROKEN.get(step.transcript.ending)
        if words is not None:
            detail = f": {step.transcript.detail}" if step.transcript.detail else ""
            yield Trouble(
                observation=step, words=words + detail, offset=max(0, step.transcript.body.size - SHOWN_BYTES)
            )


def _as_trouble(obstacle: Obstacle) -> Trouble:
    return Trouble(
        observation=obstacle.observation, words=obstacle.words, cause=obstacle.cause, next_step=obstacle.next_step
    )


def _exhibit(trouble: Trouble) -> Exhibit:
    body = trouble.observation.transcript.body
    if trouble.part is Part.REQUEST:
        body = trouble.observation.transcript.request.body
    text = excerpt_of(body.data, trouble.offset) if trouble.excerpt is None else trouble.excerpt
    return Exhibit(
        observation=trouble.observation.id, part=trouble.part, offset=trouble.offset, excerpt=text, note=trouble.words
    )
