"""E03: errors give nothing away: no keys, no names of machines, no paths, however a request is broken."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Step
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.broken_requests import BROKEN, broken_cases
from routeproof.prover.check import Check
from routeproof.prover.judges.leaks import leaks_in
from routeproof.prover.judges.rulings import Trouble, conclude, gather, not_run
from routeproof.prover.judges.trials import Trial, obstacle_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_DEPTH: Final = 2_000
_PREFIX: Final = "break-"
_NEXT: Final = "Have whoever runs the endpoint replace the errors of what is behind it by their own."
_FIRST_ERROR: Final = 400


def cases(setup: Setup) -> Sequence[Case]:
    """The requests of E01, and others that are apt to break a parser, a converter or a router."""
    odd = [
        Case(id=name, checks=("E03",), steps=(step,), repeats=setup.repeats, arms=setup.arms)
        for name, step in _odd_steps(setup.model).items()
    ]
    return [*broken_cases(setup, "E03"), *odd]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every error answer is searched; at least one of each well-known kind must have come, else nothing was seen."""
    seen = gather(plan, observations, answers_expected=False)
    host = urlsplit(plan.route.base_url).hostname or ""
    for trial in seen.trials:
        seen.troubles.extend(_look(plan, trial, host))
    errors = {one.case for one in observations if _is_error(one)}
    if not seen.troubles and not errors >= BROKEN.keys():
        met = [found for one in observations if (found := obstacle_of(plan, one)) is not None]
        result = not_run(check, observations, [one for one in met if not one.about_the_route])
        missing = sorted(BROKEN.keys() - errors)
        return msgspec.structs.replace(
            result,
            summary=f"It could not run: there is no error with a body to search for {', '.join(missing)}.",
            cause=result.cause or Cause.ENDPOINT,
            next_step=result.next_step or "See E01: broken requests must be refused before errors can be searched.",
        )
    return conclude(check, observations, seen, held="Errors name no keys, files, machines or inner addresses.")


def _look(plan: Plan, trial: Trial, host: str) -> Iterator[Trouble]:
    if not _is_error(trial.last):
        return
    for leak in leaks_in(trial.last.transcript.body, plan.route.dialect, host):
        words = f"the error for {trial.case.partition('-')[2]}: {leak.words}"
        yield Trouble(observation=trial.last, words=words, cause=Cause.PROVIDER, next_step=_NEXT, offset=leak.offset)


def _is_error(observation: Observation) -> bool:
    transcript = observation.transcript
    return (transcript.status or 0) >= _FIRST_ERROR and transcript.body.size > 0


def _odd_steps(model: str) -> Mapping[str, Step]:
    named = msgspec.json.encode(model).decode()
    nested = "[" * _DEPTH + "]" * _DEPTH
    bodies = {
        "nested": f'{{"model":{named},"messages":{nested}}}'.encode(),
        "not-utf8": f'{{"model":{named},"messages":[{{"role":"user","content":"'.encode() + b"\xff\xfe" + b'"}]}',
        "huge-number": f'{{"model":{named},"messages":[],"max_tokens":1e400}}'.encode(),
        "model-path": b'{"model":"../../../etc/passwd","messages":[{"role":"user","content":"Hello."}],"max_tokens":1}',
        "tool-without-name": (
            f'{{"model":{named},"messages":[{{"role":"user","content":"Hello."}}],"max_tokens":1,"tools":[{{}}]}}'
        ).encode(),
    }
    steps = {f"{_PREFIX}{name}": Step(body=body) for name, body in bodies.items()}
    return {**steps, f"{_PREFIX}path": Step(method="GET", path="/routeproof-no-such-path")}


CHECK = Check(
    id="E03",
    title="leakage",
    proves="errors hold no secrets",
    severity=Severity.B,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
