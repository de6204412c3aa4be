"""T05: calls of one answer stay apart: ids, indexes, names and arguments, streamed and not."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.cases.tool_sets import BALANCE, PARCEL
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_det, troubles_of
from routeproof.prover.judges.tool_answers import arguments_of, call_faults, examined, tools_offered
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_TEXT: Final = (
    'Two things at once, please: track the parcel "@@nonce:parcel@@", and look up the balance of the '
    'account "@@nonce:account@@". The two have nothing to do with each other.'
)
_WANTED: Final = {"track_parcel": "parcel", "get_balance": "account"}
"""The tool, and the argument that is its alone."""
_NEXT: Final = "Set parallel_tool_calls to false on this route, or use another model where several calls are needed."


def cases(setup: Setup) -> Sequence[Case]:
    """A question that needs two tools, streamed and not."""
    controls = {"tools": [PARCEL, BALANCE], "parallel_tool_calls": True, **thinking_off(setup.dialect)}
    return [
        case(setup, "parallel-whole", "T05", chat(setup, [user(_TEXT)], **controls)),
        case(setup, "parallel-stream", "T05", stream(setup, [user(_TEXT)], **controls)),
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Two calls at least, with ids of their own, each with its own argument and not the other's."""

    def look(trial: Trial) -> Iterator[Trouble]:
        messages, findings = examined(plan, trial.last)
        yield from troubles_of(trial.last, [one for one in findings if one.check == "T05"], _NEXT)
        words = _wrong(plan, trial, messages[0]) if messages else ["no message that can be read"]
        yield from (Trouble(observation=trial.last, words=one, next_step=_NEXT) for one in words)

    held = "Two calls of one answer come whole and apart, streamed and not."
    return rule_det(plan, check, observations, look, held=held)


def _wrong(plan: Plan, trial: Trial, message: AnsweredMessage) -> Iterator[str]:
    if len(message.tool_calls) < len(_WANTED):
        yield f"{len(message.tool_calls)} tool calls where {len(_WANTED)} were asked for at once"
    if len({call.id for call in message.tool_calls}) < len(message.tool_calls):
        yield "two calls have one id"
    for fault in call_faults(message, tools_offered(trial.last)):
        yield fault.words
    for call in message.tool_calls:
        label = _WANTED.get(call.name)
        if label is not None and arguments_of(call).get(label) != nonce_of(plan.seed, trial.case, trial.number, label):
            yield f"the call of {call.name} has not the {label} that the question names"


CHECK = Check(
    id="T05",
    title="parallel",
    proves="fragments of parallel calls assemble",
    severity=Severity.B,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.tools", "facet.parallel-tools"),
)
