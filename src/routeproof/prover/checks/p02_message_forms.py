"""P02: the forms that a conversation may have are understood, or refused with a documented 4xx.

Plain words, a system message, characters of any width and a long conversation must be understood. A developer's
message, content in parts, a name and an empty list of tools may be refused; where they are taken, they must count.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import Message, case, chat, system, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.refusals import in_the_way, refusal_faults
from routeproof.prover.judges.rulings import Trouble, conclude, gather, troubles_of
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_PREFIX: Final = "form-"
_SAY: Final = "Say the word @@nonce@@ and nothing else."
_WIDE: Final = "Zażółć gęślą jaźń, 天地玄黄, שלום, 👩‍🚀 é"
_TURNS: Final = 50
_NEXT: Final = "Ask the provider which forms of messages it takes, and have clients send no other."


def _turns() -> list[Message]:
    """Fifty messages: the word is told in the first, and asked for in the last."""
    told = user("The code of the blue door is @@nonce@@. Answer with: noted.")
    small_talk = [
        message
        for turn in range(1, _TURNS // 2)
        for message in ({"role": "assistant", "content": "Noted."}, user(f"This is remark {turn}. Answer with: noted."))
    ]
    last = user("What is the code of the blue door? Answer with the code and nothing else.")
    return [told, *small_talk[:-1], last]


_FORMS: Final[Mapping[str, Callable[[], tuple[Sequence[Message], Mapping[str, object]]]]] = {
    "system": lambda: ((system("You answer briefly."), user(_SAY)), {}),
    "unicode": lambda: ((user(f"Repeat this line exactly: {_WIDE} @@nonce@@"),), {}),
    "fifty-turns": lambda: (_turns(), {}),
    "developer": lambda: (({"role": "developer", "content": "You answer briefly."}, user(_SAY)), {}),
    "parts": lambda: ((user([_part("Say the word @@nonce@@ "), _part("and nothing else.")]),), {}),
    "name": lambda: (({**user(_SAY), "name": "alice"},), {}),
    "empty-tools": lambda: ((user(_SAY),), {"tools": []}),
}
_MUST: Final = ("system", "unicode", "fifty-turns")


def cases(setup: Setup) -> Sequence[Case]:
    """One question in each form."""
    return tuple(_case(setup, form) for form in _FORMS)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Each form is understood, or is one that may be refused and is."""
    refused: set[str] = set()
    seen = gather(plan, observations, answers_expected=False)
    for trial in seen.trials:
        obstacle = in_the_way(plan, trial.last)
        if obstacle is not None:
            seen.obstacles.append(obstacle)
        elif trial.last.transcript.status == 200:
            seen.troubles.extend(_look(plan, trial))
        else:
            refused.add(_form_of(trial))
            seen.troubles.extend(_look_at_refusal(plan, trial))
    but = f", but for {', '.join(sorted(refused))}, which get a 4xx" if refused else ""
    return conclude(check, observations, seen, held=f"Every form of message is understood{but}.")


def _case(setup: Setup, form: str) -> Case:
    messages, more = _FORMS[form]()
    return case(setup, _PREFIX + form, "P02", chat(setup, messages, **more, **thinking_off(setup.dialect)))


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    answer = answer_of(plan, trial.last)
    yield from troubles_of(trial.last, (one for one in answer.faults if one.check == "P01"))
    content = answer.messages[0].content if answer.messages else ""
    wanted = nonce_of(plan.seed, trial.case, trial.number)
    if _form_of(trial) == "unicode":
        wanted = f"{_WIDE} {wanted}"
    if unicodedata.normalize("NFC", wanted) not in unicodedata.normalize("NFC", content):
        yield _trouble(trial, f"the form {_form_of(trial)!r} is taken and not understood: the answer lacks its words")


def _look_at_refusal(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    form = _form_of(trial)
    if form in _MUST:
        yield _trouble(trial, f"the form {form!r} is refused with status {trial.last.transcript.status}")
    yield from refusal_faults(plan, trial.last, f"the form {form!r}")


def _form_of(trial: Trial) -> str:
    return trial.case.removeprefix(_PREFIX)


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _trouble(trial: Trial, words: str) -> Trouble:
    return Trouble(observation=trial.last, words=words, cause=Cause.REQUEST_SHAPE, next_step=_NEXT)


CHECK = Check(
    id="P02",
    title="message-forms",
    proves="the forms that messages may have",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
