"""K02: the next turn behaves as documented whether the last one's reasoning is sent back or left out."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.refused_cases import rule_mixed
from routeproof.prover.cases.thinking_switches import thinking_on
from routeproof.prover.cases.tool_sets import PARCEL
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_CONTROL: Final = "control.messages.reasoning_content"
_TOKENS: Final = 2_048
_TOLD: Final = user("The code of the harbour is @@nonce@@. Say the word ready and nothing else.")
_ASKED: Final = user("What is the code of the harbour? Answer with the code and nothing else.")
_TRACK: Final = user('Track the parcel "@@nonce:parcel@@" and answer with the name of its depot and nothing else.')
_RESULT: Final = {"role": "tool", "tool_call_id": "@@call_id:1@@", "content": '{"depot": "@@nonce@@"}'}
_WITHOUT_REASONING: Final = {"role": "assistant", "content": "ready"}
_CALL_WITHOUT_REASONING: Final = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        {
            "id": "@@call_id:1@@",
            "type": "function",
            "function": {"name": "track_parcel", "arguments": '{"parcel": "@@nonce:parcel@@"}'},
        }
    ],
}
_KEPT, _OMITTED, _TOOLS_KEPT, _TOOLS_OMITTED = (
    f"replay-{name}" for name in ("kept", "omitted", "tools-kept", "tools-omitted")
)
_NEXT: Final = "Keep the reasoning of every turn and send it back unless the provider documents otherwise."


def cases(setup: Setup) -> Sequence[Case]:
    """A second turn in words and one behind a tool call, each with and without the reasoning of the first."""
    talk, tools = _body(setup, _TOLD), _body(setup, _TRACK, tools=True)
    return [
        case(setup, _KEPT, "K02", talk, _body(setup, _TOLD, "@@message:1@@", _ASKED)),
        case(setup, _OMITTED, "K02", talk, _body(setup, _TOLD, _WITHOUT_REASONING, _ASKED)),
        *(
            (
                case(setup, _TOOLS_KEPT, "K02", tools, _body(setup, _TRACK, "@@message:1@@", _RESULT, tools=True)),
                case(
                    setup,
                    _TOOLS_OMITTED,
                    "K02",
                    tools,
                    _body(setup, _TRACK, _CALL_WITHOUT_REASONING, _RESULT, tools=True),
                ),
            )
            if setup.declared.get("facet.tools") is not False
            else ()
        ),
    ]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The second turn knows what the first one said, or is refused where that is what the provider documents."""

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        if message is None or nonce_of(plan.seed, trial.case, trial.number) not in message.content:
            yield Trouble(
                observation=trial.last,
                words=f"{trial.case.replace('-', ' ')}: the second turn does not know what the first one said",
                next_step=_NEXT,
            )

    return rule_mixed(
        plan,
        check,
        observations,
        refused=lambda trial: _must_be_refused(plan, trial),
        what=lambda name: f"a second turn ({name.replace('-', ' ')})",
        answered=look,
        held="Turns with and without earlier reasoning behave as documented.",
    )


def _must_be_refused(plan: Plan, trial: Trial) -> bool:
    """By what is declared; where nothing is, a turn after a tool call may be refused for want of its reasoning."""
    if trial.case in (_KEPT, _TOOLS_KEPT):
        return plan.declared.get(_CONTROL) == "rejected"
    if trial.case == _OMITTED:
        return False
    support = plan.declared.get(f"{_CONTROL}.when.with_tools")
    if support is None:
        return trial.last.transcript.status not in (None, 200)
    # A control that is needed is declared with the status of a request that lacks it.
    return support == "effective" and plan.declared.get(f"{_CONTROL}.when.with_tools.status") is not None


def _body(setup: Setup, *messages: object, tools: bool = False) -> bytes:
    offered = {"tools": [PARCEL]} if tools else {}
    return stream(setup, messages, max_tokens=_TOKENS, **offered, **thinking_on(setup.dialect))


CHECK = Check(
    id="K02",
    title="reasoning-replay",
    proves="reasoning that is sent back or left out behaves as documented",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.reasoning",),
)
