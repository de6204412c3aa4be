"""What a run itself needs of an answer: the message to go on from, and the usage that was reported."""

import json
from typing import Final

import msgspec

from routeproof.dialects.registry import dialect_named
from routeproof.evidence.observations import Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import stream_of, was_streamed
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.usage import Usage

JsonObject = dict[str, object]
NO_USAGE: Final = Usage(0, 0)
_UNBILLED: Final = frozenset((Ending.CONNECT_FAILED, Ending.NOT_SENT))


def message_of(plan: Plan, observation: Observation) -> JsonObject | None:
    """The first choice's message as the provider wrote it, a stream's put together; None where none came."""
    if observation.transcript.status != 200:
        return None
    if was_streamed(observation):
        messages = stream_of(plan, observation).messages
        return _as_sent(messages[0]) if messages else None
    choices = _object_in(observation.transcript.body.data).get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    return message if isinstance(message, dict) else None


def usage_of(plan: Plan, observation: Observation) -> Usage | None:
    """The usage that was reported, zero for what was refused or never arrived; None where nobody knows it."""
    transcript = observation.transcript
    if transcript.ending in _UNBILLED:
        return NO_USAGE
    if transcript.status is None or not transcript.request.body.size:
        return None if transcript.request.body.size else NO_USAGE
    if transcript.status >= 400:
        return NO_USAGE
    reported = _reported(plan, observation)
    return dialect_named(plan.route.dialect).read_usage(msgspec.json.encode(reported)).usage if reported else None


def _reported(plan: Plan, observation: Observation) -> JsonObject | None:
    if was_streamed(observation):
        return stream_of(plan, observation).usage
    usage = _object_in(observation.transcript.body.data).get("usage")
    return usage if isinstance(usage, dict) else None


def _object_in(body: bytes) -> JsonObject:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _as_sent(message: AnsweredMessage) -> JsonObject:
    """A streamed message in the shape that the next request sends it back in."""
    sent: JsonObject = {"role": "assistant", "content": message.content or None}
    if message.reasoning:
        sent["reasoning_content"] = message.reasoning
    if message.tool_calls:
        sent["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return sent
