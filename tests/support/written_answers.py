"""Answers written by hand to planned requests: text, reasoning and tool calls, streamed where that was asked for."""

from collections.abc import Mapping, Sequence

import msgspec
from tests.support.hand_made_runs import MODEL, completion, observed, usage

from routeproof.evidence.observations import Observation, ObservationKey
from routeproof.evidence.plan import Plan

Call = tuple[str, Mapping[str, object]]
"""A tool's name, and arguments."""


def written(
    plan: Plan,
    key: ObservationKey,
    content: str = "",
    *,
    calls: Sequence[Call] = (),
    reasoning: str = "",
    finish: str | None = None,
) -> Observation:
    """The planned request with this answer; the finish reason follows from the calls unless given."""
    message: dict[str, object] = {"role": "assistant", "content": content}
    if reasoning:
        message["reasoning_content"] = reasoning
    if calls:
        message["tool_calls"] = [_call(place, *call) for place, call in enumerate(calls)]
    ended = finish or ("tool_calls" if calls else "stop")
    if not _wants_stream(plan, key):
        return observed(plan, key, _whole(message, ended))
    return observed(plan, key, _stream(message, ended), content_type="text/event-stream")


def _call(place: int, name: str, arguments: Mapping[str, object]) -> dict[str, object]:
    function = {"name": name, "arguments": msgspec.json.encode(arguments).decode()}
    return {"index": place, "id": f"call_{place}", "type": "function", "function": function}


def _wants_stream(plan: Plan, key: ObservationKey) -> bool:
    case = next(case for case in plan.cases if case.id == key.case)
    return b'"stream":true' in case.steps[key.step - 1].body


def _whole(message: Mapping[str, object], finish: str) -> bytes:
    value = msgspec.json.decode(completion(usage()))
    value["choices"][0] |= {"message": message, "finish_reason": finish}
    return msgspec.json.encode(value)


def _stream(message: Mapping[str, object], finish: str) -> bytes:
    deltas = [({name: value}, None) for name, value in message.items()]
    frames = [*deltas, ({}, finish)]
    events = [_event(delta, reason, usage() if reason else None) for delta, reason in frames]
    return b"".join(events) + b"data: [DONE]\n\n"


def _event(delta: Mapping[str, object], finish: str | None, counts: object) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    frame = {"id": "a-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "system_fingerprint": "fp"}
    return b"data: " + msgspec.json.encode({**frame, "choices": [choice], "usage": counts}) + b"\n\n"
