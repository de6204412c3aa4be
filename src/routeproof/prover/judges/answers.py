"""Reads an observation's answer with the oracles, as the plan says that it was asked."""

import json

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.declared import declared_names
from routeproof.prover.oracle.asked import AnswerAsked, StreamAsked
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import AnswerExamination, examine_completion
from routeproof.prover.oracle.stream.examination import StreamExamination
from routeproof.prover.oracle.stream.oracle import examine_stream

JsonObject = dict[str, object]


def sent_body(observation: Observation) -> JsonObject:
    """The request as it was sent; empty where it was no JSON object."""
    try:
        value = json.loads(observation.transcript.request.body.data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def was_streamed(observation: Observation) -> bool:
    """Whether a stream was asked for."""
    return sent_body(observation).get("stream") is True


def answer_of(plan: Plan, observation: Observation) -> AnswerExamination:
    """The whole answer, judged by the dialect's overlay. For requests without `stream`."""
    transcript = observation.transcript
    return examine_completion(
        transcript.body.data,
        overlay_named(plan.route.dialect),
        _asked(plan, observation),
        content_type=transcript.header("content-type"),
    )


def stream_of(plan: Plan, observation: Observation) -> StreamExamination:
    """The streamed answer, judged by the dialect's overlay."""
    transcript = observation.transcript
    asked = _asked(plan, observation)
    options = sent_body(observation).get("stream_options")
    wants_usage = isinstance(options, dict) and options.get("include_usage") is True
    return examine_stream(
        [read.data for read in transcript.body.reads],
        overlay_named(plan.route.dialect),
        StreamAsked(**msgspec.structs.asdict(asked), include_usage=wants_usage),
        content_type=transcript.header("content-type"),
    )


def _asked(plan: Plan, observation: Observation) -> AnswerAsked:
    body = sent_body(observation)
    choices, tools, choice = body.get("n"), body.get("tools"), body.get("tool_choice")
    return AnswerAsked(
        choices=choices if type(choices) is int else 1,
        models=frozenset(declared_names(plan.declared, "models")),
        tool_names=_tool_names(tools) if isinstance(tools, list) else None,
        tool_named=isinstance(choice, dict),
        thinking=False if _is_off(body) else None,
    )


def _tool_names(tools: list[object]) -> frozenset[str]:
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)]
    return frozenset(str(one.get("name")) for one in functions if isinstance(one, dict))


def _is_off(body: JsonObject) -> bool:
    """Thinking was switched off, by either family's control."""
    switch = body.get("thinking")
    off = isinstance(switch, dict) and switch.get("type") == "disabled"
    return off or body.get("enable_thinking") is False or body.get("reasoning_effort") == "none"
