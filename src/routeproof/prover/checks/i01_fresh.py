"""I01: an answer is made for its request, and is not a replay of an earlier one.

The same open question is asked again and again at a high temperature. Ids must be unique, and the answers must not
all have the same words: that five free answers of some sentences agree by chance does not happen, while a cache of
responses gives the first one for ever. Equal texts now and then prove nothing, so one difference is enough.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

ASKED: Final = 5
TEMPERATURE: Final = 1.2
"""Within every family's range (up to 2, exclusive at Qwen)."""
_QUESTION: Final = "Invent a river and tell of it in three sentences that nobody has written before."
_NEXT: Final = "Switch off the response cache on the way, or ask the gateway's operator to."


def cases(setup: Setup) -> Sequence[Case]:
    """One question without a nonce, so that every request has the same bytes."""
    return (case(setup, "fresh", "I01", chat(setup, [user(_QUESTION)], temperature=TEMPERATURE), repeats=ASKED),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Ids are unique over all arms, and answers differ within each."""
    seen = gather(plan, observations)
    answers = [(trial.last, answer_of(plan, trial.last)) for trial in seen.trials]
    ids: dict[str, str] = {}
    texts: dict[Arm, list[str]] = {}
    last: dict[Arm, Observation] = {}
    for observation, answer in answers:
        said = "\n".join(message.content + message.reasoning for message in answer.messages)
        if not said.strip():
            seen.troubles.append(_trouble(observation, "there is no text to compare"))
            continue
        texts.setdefault(observation.arm, []).append(said)
        last[observation.arm] = observation
        if answer.id is None:
            seen.troubles.append(_trouble(observation, "the answer has no id"))
        elif answer.id in ids:
            words = f"the id {answer.id} was given to {ids[answer.id]} before"
            seen.troubles.append(_trouble(observation, words))
        ids.setdefault(answer.id or "", observation.id)
    seen.troubles.extend(_replays(texts, last))
    return conclude(check, observations, seen, held="Answers to one question differ, each with an id of its own.")


def _replays(texts: dict[Arm, list[str]], last: dict[Arm, Observation]) -> Iterator[Trouble]:
    for arm, said in texts.items():
        if len(said) > 1 and len(set(said)) == 1:
            words = f"{len(said)} answers by {arm} at temperature {TEMPERATURE} have the same words"
            yield _trouble(last[arm], words)


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.GATEWAY, next_step=_NEXT)


CHECK = Check(
    id="I01",
    title="fresh",
    proves="not a replay",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
