"""T01: tool_choice decides: required and a named tool force a call, none forbids it, auto allows it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.refused_cases import rule_mixed
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.cases.tool_sets import TOOLS
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_names
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tool_answers import call_faults, message_in, tools_offered
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_UNRELATED: Final = "Hello there, how are you today?"
_RELATED: Final = "What will the weather be in Lisbon?"
_NAMED: Final = "get_weather"
_REQUIRED, _NAMES_ONE, _NONE, _AUTO, _INVALID = (
    f"choice-{name}" for name in ("required", "named", "none", "auto", "invalid")
)
_CHOICES: Final[Mapping[str, tuple[str, object]]] = {
    _REQUIRED: (_UNRELATED, "required"),
    _NAMES_ONE: (_UNRELATED, {"type": "function", "function": {"name": _NAMED}}),
    _NONE: (_RELATED, "none"),
    _AUTO: (_RELATED, "auto"),
    _INVALID: (_RELATED, "sometimes"),
}
"""Each question pulls the other way than the choice, so that only the choice can have decided."""
_FORCING: Final = frozenset((_REQUIRED, _NAMES_ONE))
_NEXT: Final = "Declare the values of tool_choice that the route takes, or use another model for forced calls."


def cases(setup: Setup) -> Sequence[Case]:
    """One request a choice; a choice by word is left out where the route declares its words and this is none."""
    words = declared_names(setup.declared, "control.tool_choice.values")
    return [
        case(setup, name, "T01", _body(setup, text, choice))
        for name, (text, choice) in _CHOICES.items()
        if not words or not isinstance(choice, str) or choice in words or name == _INVALID
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Forced: a call with the right name; none: no call; a choice that does not exist: refused."""
    return rule_mixed(
        plan,
        check,
        observations,
        refused=lambda trial: trial.case == _INVALID,
        what=lambda _case: "an unknown tool_choice",
        answered=lambda trial: _look(plan, trial),
        held="Forced tools are called, forbidden ones are not, and an unknown choice is refused.",
    )


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    message = message_in(plan, trial.last)
    if message is None:
        yield Trouble(observation=trial.last, words="no message that can be read", cause=Cause.PARSER)
        return
    names = [call.name for call in message.tool_calls]
    if trial.case == _NONE and names:
        yield _trouble(trial, f"tool_choice none, and {names[0]!r} was called")
    if trial.case in _FORCING and not names:
        yield _trouble(trial, f"{trial.case.replace('-', ' ')}, and no tool was called")
    if trial.case == _NAMES_ONE and any(name != _NAMED for name in names):
        yield _trouble(trial, f"tool_choice names {_NAMED!r}, and another tool was called")
    for fault in call_faults(message, tools_offered(trial.last)):
        yield _trouble(trial, fault.words)


def _trouble(trial: Trial, words: str) -> Trouble:
    return Trouble(observation=trial.last, words=words, next_step=_NEXT)


def _body(setup: Setup, text: str, choice: object) -> bytes:
    return chat(setup, [user(text)], tools=TOOLS, tool_choice=choice, **thinking_off(setup.dialect))


CHECK = Check(
    id="T01",
    title="tool-choice",
    proves="required, named, none and auto decide whether a tool is called",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
    needs=("facet.tools",),
)
