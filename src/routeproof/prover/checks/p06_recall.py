"""P06: history is kept: a word that was told is known one turn later, and nine."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import Message, case, chat, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_TURNS: Final = (2, 10)
_NOTED: Final[Message] = {"role": "assistant", "content": "Noted."}


def cases(setup: Setup) -> Sequence[Case]:
    """The same question at the second and at the tenth turn."""
    return tuple(_case(setup, turn) for turn in _TURNS)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The word of each trial comes back."""

    def look(trial: Trial) -> Iterator[Trouble]:
        answer = answer_of(plan, trial.last)
        content = answer.messages[0].content if answer.messages else ""
        if nonce_of(plan.seed, trial.case, trial.number) not in content:
            turn = trial.case.rpartition("-")[2]
            yield Trouble(
                observation=trial.last,
                words=f"what was told at the first turn is not known at turn {turn}",
                cause=Cause.GATEWAY,
                next_step="Look for a layer that shortens conversations, and for a context limit that it keeps.",
            )

    held = f"What was told is known at turns {' and '.join(map(str, _TURNS))}."
    return rule_det(plan, check, observations, look, held=held)


def _case(setup: Setup, turn: int) -> Case:
    told = user("The code of the red door is @@nonce@@. Answer with: noted.")
    between = [
        message for n in range(2, turn) for message in (user(f"This is remark {n}. Answer with: noted."), _NOTED)
    ]
    asked = user("What is the code of the red door? Answer with the code and nothing else.")
    body = chat(setup, [told, _NOTED, *between, asked], **thinking_off(setup.dialect))
    return case(setup, f"recall-turn-{turn}", "P06", body)


CHECK = Check(
    id="P06",
    title="recall",
    proves="history is kept",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
