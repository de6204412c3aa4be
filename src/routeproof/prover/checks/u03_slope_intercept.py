"""U03: tokens that are multiplied are told from tokens that are added.

A line of least squares through (units, prompt_tokens) over seven prompts that differ in the number of units alone.
Its slope is what one unit counts: more than the unit has is inflation. Its intercept is all that stands around the
units, the lead and the chat template: more than the lead's bytes and `overhead` is text that somebody put in. The
slope must be the direct arm's where there is one, and the declared `unit-tokens` in any case (reference_text.py says
why that is 8); points that lie further than `residual` off the line are no line.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.prompt_ladder import (
    LEAD_BYTES,
    OVERHEAD,
    RUNGS,
    declared_unit_tokens,
    prompt_tokens,
    repeated_in,
    rung,
)
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import PPM, Line, least_squares

_NO_COUNT: Final = "the answer reports no prompt_tokens"
_NEXT: Final = (
    "Ask who stands between: the slope is billed on every request, the intercept is text that you did not send."
)


class _Measured(NamedTuple):
    line: Line
    points: int
    shown: Observation


def cases(setup: Setup) -> Sequence[Case]:
    """Every rung."""
    return tuple(rung(setup, "U03", repeated) for repeated in RUNGS)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """One line for each arm."""
    seen = gather(plan, observations)
    points: dict[Arm, list[tuple[int, int]]] = {}
    last: dict[Arm, Observation] = {}
    for trial in seen.trials:
        count = prompt_tokens(plan, trial.last)
        if count is None:
            seen.troubles.append(Trouble(observation=trial.last, words=_NO_COUNT, next_step=_NEXT))
            continue
        points.setdefault(trial.arm, []).append((repeated_in(trial.case), count))
        last[trial.arm] = trial.last
    lines = {
        arm: _Measured(least_squares(found), len(found), last[arm])
        for arm, found in points.items()
        if len({x for x, _ in found}) > 1
    }
    seen.troubles.extend(_troubles(plan, check, lines))
    held = "Prompt tokens grow by what is sent, and little is added."
    return conclude(check, observations, seen, held=held, figures=tuple(_figures(lines)))


def _troubles(plan: Plan, check: PlannedCheck, lines: dict[Arm, _Measured]) -> Iterator[Trouble]:
    direct = lines.get(Arm.DIRECT)
    for arm, measured in lines.items():
        slope, intercept, residual = measured.line
        wanted = Fraction(declared_unit_tokens(plan))
        if direct is not None and arm is not Arm.DIRECT and _differs(check, slope, direct.line.slope):
            words = f"a unit counts {_shown(slope)} tokens by {arm} and {_shown(direct.line.slope)} direct"
            yield _trouble(measured, words)
        elif _differs(check, slope, wanted):
            words = f"a unit of {wanted} tokens counts {_shown(slope)} by {arm}: the count is multiplied"
            yield _trouble(measured, words)
        most = LEAD_BYTES + check.threshold("overhead")
        if not -check.threshold("residual") <= intercept <= most:
            words = f"{_shown(intercept)} tokens stand around the units by {arm}; at most {most} can be ours"
            yield _trouble(measured, words)
        if residual > check.threshold("residual"):
            words = f"the counts by {arm} are no line: one lies {_shown(residual)} tokens off it"
            yield _trouble(measured, words)


def _differs(check: PlannedCheck, slope: Fraction, wanted: Fraction) -> bool:
    return abs(slope - wanted) * PPM > check.threshold("slope-band") * wanted


def _figures(lines: dict[Arm, _Measured]) -> Iterator[Figure]:
    for arm, measured in lines.items():
        for name, value in (("slope", measured.line.slope), ("intercept", measured.line.intercept)):
            yield Figure(name=f"{name} {arm}", value=round(value * 1_000), unit="millitokens", samples=measured.points)


def _shown(value: Fraction) -> str:
    return f"{float(value):.2f}".removesuffix(".00")


def _trouble(measured: _Measured, words: str) -> Trouble:
    return Trouble(observation=measured.shown, words=words, cause=Cause.PROVIDER, next_step=_NEXT)


CHECK = Check(
    id="U03",
    title="slope-intercept",
    proves="inflation told from injection",
    severity=Severity.B,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(
        OVERHEAD,
        Threshold(name="slope-band", value=20_000, unit="ppm"),
        Threshold(name="residual", value=2, unit="tokens"),
    ),
)
