"""S08: a failure is not swallowed: a stream that breaks off upstream is no whole stream to the client, nor a whole row.

The simulator breaks it, so this is planned where the simulator answers, here or behind a gateway.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import stream_of
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.judges.trials import Trial, obstacle_of
from routeproof.prover.oracle.stream.examination import EventKind
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_BREAKS: Final = ("cut_mid_event", "reset_mid_stream", "end_mid_event", "cut_before_done")
_NEXT: Final = "Whatever stands in between must end a broken stream without [DONE]: clients take it for whole."


def cases(setup: Setup) -> Sequence[Case]:
    """A stream that breaks off, in each way that there is."""
    return tuple(
        case(
            setup,
            f"broken-{fault.replace('_', '-')}",
            "S08",
            stream(setup, [user(f"Begin with the word @@nonce@@. [[sim:events=20]] [[sim:{fault}]]")]),
        )
        for fault in _BREAKS
    )


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """What had come is there, and no end that says that it is all."""
    seen = gather(plan, observations, answers_expected=False)
    for trial in seen.trials:
        obstacle = obstacle_of(plan, trial.last)
        if obstacle is None or obstacle.about_the_route:
            seen.troubles.extend(_look(plan, trial))
        else:
            seen.obstacles.append(obstacle)
    held = "A stream that breaks off upstream is seen to be broken."
    return conclude(check, observations, seen, held=held)


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    last = trial.last
    examined = stream_of(plan, last)
    if examined.done:
        end = next((event.offset for event in examined.events if event.kind is EventKind.DONE), 0)
        yield _trouble(last, "a stream that broke off upstream ends with [DONE]", offset=end)
    if not any(event.kind is EventKind.DELTA for event in examined.events):
        yield _trouble(last, "nothing of the stream came before it broke off")
    for row in last.ledger:
        if row.columns.get("outcome") == "ok":
            yield _trouble(last, f"the {row.table}'s row says that all went well", part=Part.LEDGER)


def _trouble(observation: Observation, words: str, *, offset: int = 0, part: Part = Part.RESPONSE) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.GATEWAY, next_step=_NEXT, offset=offset, part=part)


CHECK = Check(
    id="S08",
    title="truncation-visible",
    proves="a failure is not swallowed",
    severity=Severity.B,
    method=Method.SIM,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_simulator=True,
)
