"""E02: what a rate limit says of coming back reaches the client, and whose limit it is can be told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.check import Check
from routeproof.prover.judges.refusals import error_of
from routeproof.prover.judges.rulings import Trouble, conclude, gather, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_STATUS: Final = 429
_SECONDS: Final[Mapping[str, str]] = {"rate-limit-short": "2", "rate-limit-long": "37"}
"""Two figures, so that one that somebody else makes up can't be both."""
_OURS: Final[Mapping[str, str]] = {
    "x-routeproof-fault": "upstream",
    "x-routeproof-error": "upstream_rate_limited",
}
"""How our gateway says whose limit it is (docs/errors.md)."""
_NEXT: Final = "Clients come back at the wrong time: have Retry-After passed on as the provider wrote it."


def cases(setup: Setup) -> Sequence[Case]:
    """Prompts that direct the simulator to refuse for its rate limit, each with a time of its own to come back."""
    return [
        case(setup, name, "E02", chat(setup, [user(f"Wait. [[sim:status_429]] [[sim:seconds={seconds}]]")]))
        for name, seconds in _SECONDS.items()
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """429, an error object, the provider's Retry-After; behind our gateway, headers that name the upstream."""
    seen = gather(plan, observations, answers_expected=False)
    for trial in seen.trials:
        seen.troubles.extend(_look(plan, trial))
    return conclude(check, observations, seen, held="Rate limits say when to come back, and whose they are.")


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    transcript = trial.last.transcript
    if transcript.status != _STATUS:
        yield _trouble(trial, f"a rate limit upstream is told as status {transcript.status}, not {_STATUS}")
        return
    yield from troubles_of(trial.last, error_of(plan, trial.last).faults, _NEXT)
    told = transcript.header("retry-after")
    if told != _SECONDS[trial.case]:
        yield _trouble(trial, f"the provider says to come back after {_SECONDS[trial.case]} s, clients hear {told!r}")
    if trial.arm is not Arm.GATEWAY or transcript.header("x-routeproof-fault") is None:
        return
    for name, value in _OURS.items():
        if transcript.header(name) != value:
            yield _trouble(trial, f"{name} is {transcript.header(name)!r}, though the limit is the provider's")


def _trouble(trial: Trial, words: str) -> Trouble:
    return Trouble(
        observation=trial.last, words=words, cause=Cause.GATEWAY, next_step=_NEXT, part=Part.RESPONSE_HEAD, excerpt=""
    )


CHECK = Check(
    id="E02",
    title="rate-limit",
    proves="back-off works",
    severity=Severity.M,
    method=Method.SIM,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_simulator=True,
)
