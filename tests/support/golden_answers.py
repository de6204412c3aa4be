"""Whole answers that are right by OpenAI's documents."""

import copy
from typing import Any

from tests.support.golden_streams import USAGE

Answer = dict[str, Any]


def completion(**members: Any) -> Answer:
    """A plain chat completion."""
    message = {"role": "assistant", "content": "Hello!", "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "gpt-sample",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": copy.deepcopy(USAGE),
        **members,
    }


def tool_completion() -> Answer:
    """A chat completion with two tool calls."""
    answer = completion()
    answer["choices"][0]["message"].update(
        content=None,
        tool_calls=[call("call_a", "weather", '{"city":"Oslo"}'), call("call_b", "time", "{}")],
    )
    answer["choices"][0]["finish_reason"] = "tool_calls"
    return answer


def call(call_id: str, name: str, arguments: str) -> Answer:
    """One tool call."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def error(**members: Any) -> Answer:
    """An error answer."""
    return {
        "error": {"message": "No such model", "type": "invalid_request_error", "param": None, "code": None},
        **members,
    }


def models() -> Answer:
    """A list of one model."""
    row = {"id": "gpt-sample", "object": "model", "created": 1_795_000_000, "owned_by": "system"}
    return {"object": "list", "data": [row]}
