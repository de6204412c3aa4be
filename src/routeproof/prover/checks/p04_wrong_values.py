"""P04: honest validation: a wrong type or range gets 400 or 422, never an answer and never a crash."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call, others
from routeproof.prover.check import Check
from routeproof.prover.judges.refusals import in_the_way, refusal_faults
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_PREFIX: Final = "wrong-"
_RIGHT: Final = (400, 422)
_NEXT: Final = "A client's mistake would be answered and billed: check requests before they are sent."
_ASK: Final = user("Say the word @@nonce@@ and nothing else.")


def _with(**controls: object) -> Callable[[Setup], bytes]:
    return lambda setup: chat(setup, [_ASK], **controls)


def _broken(setup: Setup) -> bytes:
    return chat(setup, [_ASK])[:-1]


def _only(**fields: object) -> Callable[[Setup], bytes]:
    return lambda setup: msgspec.json.encode({"model": setup.model, **fields})


_WRONG: Final[Mapping[str, tuple[str, Callable[[Setup], bytes]]]] = {
    "json": ("a body that is cut off", _broken),
    "messages-missing": ("a body without messages", _only(max_tokens=16)),
    "messages-text": ("messages that are a text", _only(messages="Hello.", max_tokens=16)),
    "role": ("a message of an unknown role", _only(messages=[{"role": "robot", "content": "Hello."}], max_tokens=16)),
    "temperature-text": ("a temperature that is a text", _with(temperature="warm")),
    "temperature-range": ("a temperature of 5", _with(temperature=5)),
    "top-p-range": ("a top_p of 3", _with(top_p=3)),
    "max-tokens-negative": ("max_tokens of -1", _with(max_tokens=-1)),
    "max-tokens-text": ("max_tokens that is a text", _with(max_tokens="many")),
    "tools-text": ("tools that are a text", _with(tools="calculator")),
}


def cases(setup: Setup) -> Sequence[Case]:
    """One wrong request a rule, and a right one."""
    wrong = (case(setup, _PREFIX + name, "P04", body(setup)) for name, (_, body) in _WRONG.items())
    return (plain_case(setup, "P04"), *wrong)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Each is refused with 400 or 422 and an error object."""
    seen = live_call(plan, observations)
    asked = gather(plan, others(observations), answers_expected=False)
    seen.obstacles.extend(asked.obstacles)
    for trial in asked.trials:
        obstacle = in_the_way(plan, trial.last)
        if obstacle is None:
            seen.troubles.extend(_look(plan, trial))
        else:
            seen.obstacles.append(obstacle)
    return conclude(check, observations, seen, held=f"All {len(_WRONG)} kinds of wrong values are refused.")


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    subject = _WRONG[trial.case.removeprefix(_PREFIX)][0]
    status = trial.last.transcript.status or 0
    if status >= 400:
        yield from refusal_faults(plan, trial.last, subject)
    if status < 500 and status not in _RIGHT:
        yield Trouble(
            observation=trial.last,
            words=f"{subject} gets status {status}, not 400 or 422",
            cause=Cause.REQUEST_SHAPE,
            next_step=_NEXT,
        )


CHECK = Check(
    id="P04",
    title="wrong-values",
    proves="wrong values are refused",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
