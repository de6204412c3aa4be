"""M03: first attempts succeed; the denominator is what was planned.

A success is an answer with status 200 that came whole and holds what was asked for. A refusal for want of capacity
(429, 5xx, 408), a timeout and a broken connection are failures of the route here, other than in most checks. What
nobody could have answered is neither: a key, an account or a model id that is wrong, a request that was never sent.
Over our own gateway an exchange that needed a second attempt has failed at the first; how often it was saved in the
end is shown apart, as `answered in the end`.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, refers_to
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.rows import count_in, exchange_rows
from routeproof.prover.judges.rulings import Trouble, failed, not_run
from routeproof.prover.judges.trials import Obstacle, obstacle_of
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import decide_rate, measure_rate, trials_needed

RATE_PPM: Final = 950_000
TRIALS: Final = trials_needed(RATE_PPM)
_BROKEN: Final = frozenset((Ending.CONNECT_FAILED, Ending.TIMED_OUT, Ending.RESET, Ending.TRUNCATED, Ending.MALFORMED))
_TOO_MANY, _TIMED_OUT, _SERVER = 429, 408, 500
_NEXT: Final = "Look at when it fails and with what; ask the provider for more capacity, or add a fallback."


class _Outcome(NamedTuple):
    """What became of a planned request; None: it had no chance."""

    first: bool | None
    in_the_end: bool | None
    words: str = ""
    obstacle: Obstacle | None = None


def cases(setup: Setup) -> Sequence[Case]:
    """Streams and plain answers; the streams alone are enough for the rate."""
    return (plain_case(setup, "M03"), stream_case(setup, "M03", repeats=TRIALS))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The rate of first attempts that succeed, and that of answers in the end."""
    outcomes = [_outcome(plan, one) for one in observations]
    ran = [one for one in outcomes if one.first is not None]
    if not ran:
        return not_run(check, observations, [one.obstacle for one in outcomes if one.obstacle is not None])
    planned = len(observations)
    passed = sum(one.first is True for one in ran)
    measured = measure_rate(
        "first attempts",
        passed=passed,
        failed=len(ran) - passed,
        planned=planned,
        threshold_ppm=check.threshold("rate"),
    )
    saved = sum(one.in_the_end is True for one in ran)
    eventual = measure_rate("answered in the end", passed=saved, failed=len(ran) - saved, planned=planned)
    troubles = [
        Trouble(observation=observation, words=one.words, next_step=_NEXT)
        for observation, one in zip(observations, outcomes, strict=True)
        if one.first is False
    ]
    verdict = decide_rate(measured)
    summary = (
        f"{passed} of {planned} planned requests were answered at the first attempt; "
        f"true rate at least {measured.lower_ppm / 1e4:.1f} %, asked for {check.threshold('rate') / 1e4:.1f} %"
    )
    base = (
        failed(check, observations, troubles) if troubles else CheckResult(check=check.id, verdict=verdict, summary="")
    )
    result = msgspec.structs.replace(base, verdict=verdict, summary=summary, rates=(measured, eventual))
    return refers_to(result, observations)


def _outcome(plan: Plan, observation: Observation) -> _Outcome:
    transcript = observation.transcript
    if transcript.ending in _BROKEN:
        words = f"the exchange ended as {transcript.ending}"
        return _Outcome(False, False, words)
    status = transcript.status
    if status is not None and (status >= _SERVER or status in (_TOO_MANY, _TIMED_OUT)):
        return _Outcome(False, False, f"status {status}")
    obstacle = obstacle_of(plan, observation)
    if obstacle is not None or status != 200:
        return _Outcome(None, None, obstacle=obstacle)
    if not _has_answer(plan, observation):
        return _Outcome(False, False, "status 200, and no whole answer")
    attempts = _attempts(observation)
    if attempts > 1:
        return _Outcome(False, True, f"answered at attempt {attempts}")
    return _Outcome(True, True)


def _has_answer(plan: Plan, observation: Observation) -> bool:
    """A finish reason on something: what else may be wrong with the answer is for other checks."""
    if was_streamed(observation):
        examination = stream_of(plan, observation)
        return examination.done and examination.error is None and _finished(examination.messages)
    return _finished(answer_of(plan, observation).messages)


def _finished(messages: Sequence[AnsweredMessage]) -> bool:
    return bool(messages) and all(message.finish_reason is not None for message in messages)


def _attempts(observation: Observation) -> int:
    """By the row where there is one; else the only one that can be seen."""
    rows = exchange_rows(observation) if observation.arm is Arm.GATEWAY else ()
    return max((count_in(row, "attempts") or 1 for row in rows), default=1)


CHECK = Check(
    id="M03",
    title="availability",
    proves="first attempts succeed",
    severity=Severity.B,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=RATE_PPM, unit="ppm"),),
)
