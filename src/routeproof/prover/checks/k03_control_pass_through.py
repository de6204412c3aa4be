"""K03: the controls of thinking arrive as they were sent, and do what they are for.

The tap shows the member with its bytes. Then the effect: switched off, no reasoning is written or counted; with a
budget, no more than that.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, sent_body, stream_of, was_streamed
from routeproof.prover.judges.declared_changes import members_of
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tapped import gateways_fault, on_gateway, rule_tapped
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_CONTROLS: Final = ("thinking", "enable_thinking", "thinking_budget", "reasoning_effort")
_BUDGET: Final = 64
_BY_DIALECT: Final[Mapping[str, Mapping[str, Mapping[str, object]]]] = {
    "deepseek": {
        "off": {"thinking": {"type": "disabled"}},
        "on": {"thinking": {"type": "enabled"}, "reasoning_effort": "high"},
    },
    "qwen": {
        "off": {"enable_thinking": False},
        "budget": {"enable_thinking": True, "thinking_budget": _BUDGET},
    },
}
_ANY: Final[Mapping[str, Mapping[str, object]]] = {"effort": {"reasoning_effort": "low"}}
_PROMPT: Final = "Which is heavier, a kilogram of feathers or a pound of iron? The word @@nonce@@ means nothing."
_STEP: Final = "Declare the control as ignored for this route, or ask the provider."


def cases(setup: Setup) -> Sequence[Case]:
    """Streams with the dialect's own controls."""
    known = _BY_DIALECT.get(setup.dialect, _ANY)
    bodies = {name: stream(setup, [user(_PROMPT)], max_tokens=1024, **controls) for name, controls in known.items()}
    return on_gateway(case(setup, f"control-{name}", "K03", body) for name, body in bodies.items())


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The bytes at the tap, then the answer."""

    def look(seen: Observation, upstream: Transcript) -> Iterator[Trouble]:
        given = members_of(seen.transcript.request.body.data) or {}
        sent = members_of(upstream.request.body.data) or {}
        for name in _CONTROLS:
            if given.get(name) != sent.get(name):
                words = f"`{name}` did not arrive as it was sent"
                yield gateways_fault(seen, words, body=upstream.request.body)
        yield from _effects(plan, seen)

    held = "Every control of thinking arrived with its bytes and did what it is for."
    return rule_tapped(plan, check, observations, look, held=held)


def _effects(plan: Plan, seen: Observation) -> Iterator[Trouble]:
    asked, tokens = sent_body(seen), _reasoning_tokens(plan, seen)
    off = asked.get("enable_thinking") is False or asked.get("thinking") == {"type": "disabled"}
    if off and (tokens or _reasons(plan, seen)):
        words = f"thinking was switched off, and {tokens} reasoning tokens came"
        yield Trouble(observation=seen, words=words, cause=Cause.PROVIDER, next_step=_STEP)
    budget = asked.get("thinking_budget")
    if type(budget) is int and tokens > budget:
        words = f"thinking was bounded to {budget} tokens, and {tokens} came"
        yield Trouble(observation=seen, words=words, cause=Cause.PROVIDER, next_step=_STEP)


def _reasoning_tokens(plan: Plan, seen: Observation) -> int:
    usage = (stream_of if was_streamed(seen) else answer_of)(plan, seen).usage
    return 0 if usage is None else count_of(usage, "completion_tokens_details", "reasoning_tokens") or 0


def _reasons(plan: Plan, seen: Observation) -> bool:
    return any(message.reasoning for message in stream_of(plan, seen).messages)


CHECK = Check(
    id="K03",
    title="control-pass-through",
    proves="budget and switches arrive",
    severity=Severity.M,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.reasoning",),
    needs_tap=True,
)
