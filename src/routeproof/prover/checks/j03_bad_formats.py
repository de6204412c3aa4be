"""J03: a malformed response_format is refused, not silently left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.json_cases import whole_case
from routeproof.prover.cases.refused_cases import rule_mixed
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.json_answers import json_fault
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_BAD: Final[Mapping[str, tuple[str, object]]] = {
    "format-unknown": ("a response_format of an unknown type", {"type": "routeproof_unknown"}),
    "format-no-schema": ("a json_schema without its schema", {"type": "json_schema"}),
    "format-text": ("a response_format that is a text", "json_object"),
}
_PROMPT: Final = "Reply with an empty JSON object."
_RIGHT: Final = (400, 422)


def cases(setup: Setup) -> Sequence[Case]:
    """Each malformed format, and beside them JSON mode as it should be."""
    bad = [
        case(setup, name, "J03", chat(setup, [user(_PROMPT)], response_format=value, **thinking_off(setup.dialect)))
        for name, (_, value) in _BAD.items()
    ]
    return [*bad, whole_case(setup, "J03", repeats=setup.repeats)]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """400 or 422 with an error object for each; the well-formed one is answered."""

    def answered(trial: Trial) -> Iterator[Trouble]:
        if json_fault(message_in(plan, trial.last)) == "no message that can be read":
            yield Trouble(observation=trial.last, words="a well-formed response_format gets no message")

    def refusal(trial: Trial) -> Iterator[Trouble]:
        status = trial.last.transcript.status
        if status not in _RIGHT:
            yield Trouble(observation=trial.last, words=f"{_BAD[trial.case][0]} gets status {status}, not 400")

    return rule_mixed(
        plan,
        check,
        observations,
        refused=lambda trial: trial.case in _BAD,
        what=lambda name: _BAD[name][0],
        answered=answered,
        refusal=refusal,
        held="Malformed formats are refused.",
    )


CHECK = Check(
    id="J03",
    title="bad-formats",
    proves="malformed formats are refused",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.json",),
)
