"""S09: how the bytes were split makes no difference: the same line, whole events or single bytes, arrives the same.

The simulator splits them, so this is planned where the simulator answers, here or behind a gateway.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import stream_of
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.stream_rulings import stream_troubles
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_LINE: Final = "né où 好 😊 ¿a Zażółć"
_NEXT: Final = (
    "Look for a layer that decodes or parses each read by itself: a character or an event may end in the next."
)


def cases(setup: Setup) -> Sequence[Case]:
    """One line, in events and then byte by byte."""
    line = f"Repeat this line exactly: {_LINE} @@nonce@@"
    off = thinking_off(setup.dialect)
    bodies = [stream(setup, [user(text)], **off) for text in (line, f"{line} [[sim:single_bytes]]")]
    return (case(setup, "byte-splits", "S09", *bodies),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Both pass the oracle, and say the line."""

    def look(trial: Trial) -> Iterator[Trouble]:
        wanted = f"{_LINE} {nonce_of(plan.seed, trial.case, trial.number)}"
        for step in trial.steps:
            yield from stream_troubles(plan, step, ("S01", "S02", "S03"), _NEXT)
            examined = stream_of(plan, step)
            said = "".join(message.content for message in examined.messages)
            if said != wanted:
                yield _trouble(step, "the line did not arrive as it was sent")

    return rule_det(plan, check, observations, look, held="Single bytes give the same text in valid events.")


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PARSER, next_step=_NEXT)


CHECK = Check(
    id="S09",
    title="byte-splits",
    proves="reading does not depend on how the bytes were split",
    severity=Severity.B,
    method=Method.SIM,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_simulator=True,
)
