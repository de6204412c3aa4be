"""An answer as what clients can rely on: its shape by JSON path, and of values those that programs branch on.

Text that a model wrote is no feature, its being there is. So two answers to one question have equal features unless
something between makes them differ, or the model itself does: for that, direct is compared with direct.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Body, Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.stream_times import timed_events
from routeproof.prover.oracle.messages import AnsweredMessage, arguments_fault
from routeproof.prover.oracle.stream.examination import EventKind, StreamExamination
from routeproof.prover.oracle.strict_json import NotJson, read_strictly

Features = Mapping[str, str]
USAGE: Final = "usage"
"""What paths of usage begin with."""
_VALUED: Final = frozenset(
    (
        "choices[].delta.role",
        "choices[].finish_reason",
        "choices[].message.role",
        "error.code",
        "error.param",
        "error.type",
        "model",
        "object",
        "usage.prompt_tokens",
    )
)
"""Members that programs branch on, or that are the same for the same question: compared by value."""
_OF_THE_CONNECTION: Final = frozenset(("connection", "content-length", "date", "keep-alive", "transfer-encoding"))
"""Headers that say how this answer was framed, and when."""
_SHOWN: Final = 60
_DONE: Final = b"[DONE]"


def features_of(plan: Plan, observation: Observation) -> Features:
    """Everything about one answer but its headers."""
    transcript = observation.transcript
    found = {"ending": str(transcript.ending), "status": str(transcript.status)}
    if transcript.status is None:
        return found
    media = (transcript.header("content-type") or "none").partition(";")[0].strip().lower()
    found["content-type"] = media
    if transcript.status != 200 or media != "text/event-stream":
        found.update(_whole(plan, observation))
    else:
        found.update(_stream(plan, observation))
    return found


def header_features(observation: Observation) -> Features:
    """The names of its header fields."""
    names = {name.lower() for name, _ in observation.transcript.headers}
    return {f"header {name}": "present" for name in names - _OF_THE_CONNECTION}


def _whole(plan: Plan, observation: Observation) -> Iterator[tuple[str, str]]:
    value = _json(observation.transcript.body.data)
    if value is None:
        yield "body", "no JSON" if observation.transcript.body.size else "empty"
        return
    yield from _paths(value, "")
    if (
        observation.transcript.status == 200
        and not was_streamed(observation)
        and observation.transcript.request.body.size
    ):
        answer = answer_of(plan, observation)
        for message in answer.messages:
            yield from _message(message)
        for finding in answer.faults:
            yield f"finding {finding.code}", finding.where or "found"


def _stream(plan: Plan, observation: Observation) -> Iterator[tuple[str, str]]:
    examined = stream_of(plan, observation)
    for path, values in _paths_of_chunks(observation.transcript.body).items():
        yield path, " or ".join(values)
    yield "stream end mark", "[DONE]" if examined.done else "none"
    yield "stream text", _spread(examined)
    yield "stream usage", _usage_place(examined)
    for message in examined.messages:
        yield from _message(message)
    for finding in examined.faults:
        yield f"finding {finding.code}", finding.where or "found"


def _paths_of_chunks(body: Body) -> Mapping[str, Sequence[str]]:
    """The paths of all chunks together; one that has several values over a stream has them in their order."""
    found: dict[str, dict[str, None]] = {}
    for event in timed_events(body):
        value = None if event.data == _DONE else _json(event.data)
        for path, told in () if value is None else _paths(value, ""):
            found.setdefault(path, {})[told] = None
    return {path: tuple(value for value in values if value != "null") or ("null",) for path, values in found.items()}


def _spread(examined: StreamExamination) -> str:
    deltas = sum(event.kind is EventKind.DELTA for event in examined.events)
    return "in many events" if deltas > 1 else "in one event" if deltas else "none"


def _usage_place(examined: StreamExamination) -> str:
    kinds = [event.kind for event in examined.events]
    if EventKind.USAGE in kinds:
        return "in an event of its own"
    return "with another event" if examined.usage else "none"


def _message(message: AnsweredMessage) -> Iterator[tuple[str, str]]:
    """The message put together, streamed or not."""
    yield "message content", "text" if message.content else "none"
    yield "message reasoning", "text" if message.reasoning else "none"
    yield "message finish reason", str(message.finish_reason)
    if message.tool_calls:
        yield "message tool calls", ", ".join(sorted(call.name[:_SHOWN] for call in message.tool_calls))
        faults = {arguments_fault(call.arguments) or "a JSON object" for call in message.tool_calls}
        yield "message tool arguments", ", ".join(sorted(faults))
    elif message.content.lstrip().startswith("{"):
        yield "message content as JSON", "an object" if _json(message.content.encode()) is not None else "broken"


def _paths(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every path of a JSON value with its type, or its value where programs branch on that."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _paths(member, f"{path}.{name}" if path else str(name))
        if path:
            yield path, "object"
    elif isinstance(value, list):
        yield path, "array"
        for member in value:
            yield from _paths(member, f"{path}[]")
    elif value is not None or path in _VALUED:
        yield path, json.dumps(value)[:_SHOWN] if path in _VALUED else _TYPES.get(type(value), "null")


def _json(data: bytes) -> object:
    """The value; None where it is none, or null."""
    try:
        return read_strictly(data).value
    except NotJson:
        return None


_TYPES: Final = {str: "string", bool: "boolean", int: "number", float: "number"}
