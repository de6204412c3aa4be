"""S05: a stream means what a whole answer means: put together it passes the same oracle, and agrees in kind.

The words of two generations differ, so texts are never compared: the model, the choices, the channels that are used,
the tokens of the prompt and the members of the usage are.
"""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, stream_of
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.stream.agreement import agree_with_answer
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_NEXT = "Look for a layer that puts streams together, or takes them apart, in its own way."
_ASK = user("Write two short sentences about harbours. Begin with the word @@nonce@@.")


def cases(setup: Setup) -> Sequence[Case]:
    """One question, whole and then as a stream."""
    return (case(setup, "stream-as-whole", "S05", chat(setup, [_ASK]), stream(setup, [_ASK])),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Both pass the oracle of whole answers, and say the same of themselves."""

    def look(trial: Trial) -> Iterator[Trouble]:
        whole, streamed = trial.steps
        answer, examined = answer_of(plan, whole), stream_of(plan, streamed)
        yield from troubles_of(whole, (one for one in answer.faults if one.check in ("P01", "K01")), _NEXT)
        if examined.events:
            yield from troubles_of(streamed, (one for one in examined.faults if one.check in ("S05", "K01")), _NEXT)
            yield from troubles_of(streamed, agree_with_answer(examined, answer), _NEXT)
        else:
            yield Trouble(observation=streamed, words="a stream was asked for, and none came", next_step=_NEXT)

    held = "Put together, a stream passes the oracle of whole answers, and agrees with the whole answer in kind."
    return rule_det(plan, check, observations, look, held=held)


CHECK = Check(
    id="S05",
    title="stream-as-whole",
    proves="a stream means what a whole answer means",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
