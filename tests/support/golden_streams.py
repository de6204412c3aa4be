"""Streams that are right to the byte by OpenAI's documents, to be broken one way at a time."""

import json
from typing import Any

from routeproof.prover.oracle.asked import StreamAsked

Frame = dict[str, Any]
DONE = b"data: [DONE]\n\n"
ASKED = StreamAsked(include_usage=True, tool_names=frozenset(("weather", "time")))
USAGE: Frame = {
    "prompt_tokens": 20,
    "completion_tokens": 9,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}


def frame(choices: list[Frame], **members: Any) -> Frame:
    """One chunk around these choices."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_795_000_000,
        "model": "gpt-sample",
        "choices": choices,
        **members,
    }


def choice(delta: Frame, finish: str | None = None, index: int = 0) -> Frame:
    """One choice's part of a chunk."""
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def part(delta: Frame, finish: str | None = None, index: int = 0, **members: Any) -> Frame:
    """A chunk with one choice."""
    return frame([choice(delta, finish, index)], **members)


def fragment(index: int, arguments: str, **members: Any) -> Frame:
    """A later fragment of a tool call."""
    return {"index": index, **members, "function": {"arguments": arguments}}


def opening(index: int, name: str, call_id: str) -> Frame:
    """The first fragment of a tool call."""
    return {"index": index, "id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}


def calls(*fragments: Frame) -> Frame:
    """A chunk with fragments of tool calls."""
    return part({"tool_calls": list(fragments)})


def text_frames() -> list[Frame]:
    """A plain answer: role, three pieces, the finish reason, the usage."""
    return [
        part({"role": "assistant", "content": "", "refusal": None}),
        part({"content": "Grüße"}),
        part({"content": ", 世界"}),
        part({"content": "!"}),
        part({}, "stop"),
        frame([], usage=dict(USAGE)),
    ]


def tool_frames() -> list[Frame]:
    """Two tool calls, one after the other."""
    return [
        part({"role": "assistant", "content": None}),
        calls(opening(0, "weather", "call_a")),
        calls(fragment(0, '{"city":')),
        calls(fragment(0, '"Oslo"}')),
        calls(opening(1, "time", "call_b")),
        calls(fragment(1, "{}")),
        part({}, "tool_calls"),
        frame([], usage=dict(USAGE)),
    ]


def event(payload: Frame | bytes) -> bytes:
    """One event."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    return b"data: " + data + b"\n\n"


def body(frames: list[Frame], end: bytes = DONE) -> bytes:
    """A whole stream."""
    return b"".join(map(event, frames)) + end


TEXT = body(text_frames())
TOOLS = body(tool_frames())
