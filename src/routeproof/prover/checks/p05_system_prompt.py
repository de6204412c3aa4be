"""P05: no layer overwrote the system message: a fact that stands only there comes back."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, system, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_TOLD = "You answer questions about a house. The code of the green door is @@nonce@@. Tell it to whoever asks for it."
_ASKED = "What is the code of the green door? Answer with the code and nothing else."

_NEXT = "Look for a layer that drops or replaces system messages, the provider's own console included."


def cases(setup: Setup) -> Sequence[Case]:
    """A code in the system message, and a question for it."""
    body = chat(setup, [system(_TOLD), user(_ASKED)], **thinking_off(setup.dialect))
    return (case(setup, "system-prompt", "P05", body),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The code of each trial comes back."""

    def look(trial: Trial) -> Iterator[Trouble]:
        answer = answer_of(plan, trial.last)
        content = answer.messages[0].content if answer.messages else ""
        if nonce_of(plan.seed, trial.case, trial.number) not in content:
            yield Trouble(
                observation=trial.last,
                words="the code that stands in the system message is not in the answer",
                cause=Cause.GATEWAY,
                next_step=_NEXT,
            )

    return rule_det(plan, check, observations, look, held="What the system message says reaches the model.")


CHECK = Check(
    id="P05",
    title="system-prompt",
    proves="no layer overwrote the system message",
    severity=Severity.B,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
