"""Reads the first message of an answer, and holds its tool calls against the tools that were offered."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

import jsonschema_rs
import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import answer_of, sent_body, stream_of, was_streamed
from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.messages import AnsweredMessage, ToolCall, arguments_fault

JsonObject = Mapping[str, object]


class Bucket(StrEnum):
    """What is wrong with a call."""

    INVALID_JSON = "InvalidJson"
    UNKNOWN_NAME = "UnknownName"
    SCHEMA_MISMATCH = "SchemaMismatch"


class CallFault(msgspec.Struct, frozen=True):
    """One call that can't be carried out."""

    bucket: Bucket
    words: str


def message_in(plan: Plan, observation: Observation) -> AnsweredMessage | None:
    """The first choice's message, a stream's put together; None where there is none that can be read."""
    messages = examined(plan, observation)[0]
    return messages[0] if messages else None


def examined(plan: Plan, observation: Observation) -> tuple[tuple[AnsweredMessage, ...], tuple[Finding, ...]]:
    """The messages of an answer, streamed or not, and what the oracle found wrong with it."""
    if was_streamed(observation):
        stream = stream_of(plan, observation)
        return stream.messages, stream.faults
    answer = answer_of(plan, observation)
    return answer.messages, answer.faults


def tools_offered(observation: Observation) -> dict[str, JsonObject]:
    """The schemas of the tools in the request, by name."""
    tools = sent_body(observation).get("tools")
    functions = [one.get("function") for one in tools if isinstance(one, dict)] if isinstance(tools, list) else []
    return {str(one.get("name")): one.get("parameters") or {} for one in functions if isinstance(one, dict)}


def call_faults(message: AnsweredMessage, offered: Mapping[str, JsonObject]) -> Iterator[CallFault]:
    """Every call that a client that knows these tools could not carry out, once, by what fails first."""
    for call in message.tool_calls:
        fault = _call_fault(call, offered)
        if fault is not None:
            yield fault


def arguments_of(call: ToolCall) -> dict[str, object]:
    """A call's arguments; empty where they are no JSON object."""
    if arguments_fault(call.arguments) is not None:
        return {}
    value: dict[str, object] = json.loads(call.arguments)
    return value


def misfits(value: object, schema: JsonObject) -> Iterator[str]:
    """Where a value does not fit a schema, and why: the place and the keyword."""
    for error in _validator(msgspec.json.encode(schema)).iter_errors(value):
        place = "/".join(str(step) for step in error.instance_path)
        yield f"{error.kind.name} at /{place}"


def _call_fault(call: ToolCall, offered: Mapping[str, JsonObject]) -> CallFault | None:
    if call.name not in offered:
        return CallFault(Bucket.UNKNOWN_NAME, f"a call of {call.name[:40]!r}, which was not offered")
    code = arguments_fault(call.arguments)
    if code is not None:
        return CallFault(Bucket.INVALID_JSON, f"the arguments of {call.name} are no JSON object ({code})")
    wrong = next(misfits(arguments_of(call), offered[call.name]), None)
    if wrong is None:
        return None
    return CallFault(Bucket.SCHEMA_MISMATCH, f"the arguments of {call.name} don't fit its schema: {wrong}")


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(msgspec.json.decode(schema))
