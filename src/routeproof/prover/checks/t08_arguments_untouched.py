"""T08: the arguments of tool calls reach the client with the provider's bytes, streamed and not."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.cases.tool_sets import WEATHER
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.rulings import Trouble, undecided
from routeproof.prover.judges.tapped import as_upstream, gateways_fault, on_gateway, rule_tapped
from routeproof.prover.oracle.messages import ToolCall
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_QUESTION = "What will the weather be in Lisbon, in degrees Celsius? Use the tool."


def cases(setup: Setup) -> Sequence[Case]:
    """A question that calls for a tool, plain and streamed."""
    controls = {"tools": [WEATHER], "tool_choice": "auto", **thinking_off(setup.dialect)}
    bodies = {
        "arguments": chat(setup, [user(_QUESTION)], **controls),
        "arguments-stream": stream(setup, [user(_QUESTION)], **controls),
    }
    return on_gateway(case(setup, name, "T08", body) for name, body in bodies.items())


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Call by call, as both sides put them together."""
    called = 0

    def look(seen: Observation, upstream: Transcript) -> Iterator[Trouble]:
        nonlocal called
        given, got = _calls(plan, as_upstream(seen, upstream)), _calls(plan, seen)
        called += len(given)
        if len(given) != len(got):
            yield gateways_fault(seen, f"the provider made {len(given)} tool calls, the client got {len(got)}")
        for sent, received in zip(given, got, strict=False):
            if sent.arguments != received.arguments:
                yield gateways_fault(seen, "the arguments of a tool call were rewritten", excerpt=received.arguments)

    held = "The arguments of every tool call are the provider's, byte for byte."
    result = rule_tapped(plan, check, observations, look, held=held)
    return result if called or result.verdict is not Verdict.PASS else _undecided(check, observations)


def _calls(plan: Plan, observation: Observation) -> tuple[ToolCall, ...]:
    read = stream_of if was_streamed(observation) else answer_of
    return tuple(call for message in read(plan, observation).messages for call in message.tool_calls)


def _undecided(check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    why = "The model called no tool, so there were no arguments to compare."
    return undecided(check, observations, why, "Run it again, or with a model that calls tools.")


CHECK = Check(
    id="T08",
    title="arguments-untouched",
    proves="nothing rewrites the arguments of tool calls",
    severity=Severity.B,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.tools",),
    needs_tap=True,
)
