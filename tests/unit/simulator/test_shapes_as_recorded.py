"""The simulated shapes against recorded ones: the same keys in the same order, frame by frame.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, events_in, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.recordings import Recording, load_recording

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
FUNCTIONS = "deepseek__chat_function_calling_deepseek_deepseek-chat_can_use_"
QWEN_CALLS = "alibaba__litellm__TestToolCalls."
TOOLS = [{"type": "function", "function": {"name": "search", "parameters": {"properties": {"q": {"type": "string"}}}}}]
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}
EFFORT = "deepseek__chat_deepseek_thinking_control_returns_reasoning_content_for_effort_high__00"


def recorded(name: str) -> Recording:
    """One recording."""
    return load_recording(Path(FOLDER or "") / f"{name}.json")


def shape(value: Any) -> Any:
    """The keys of a value in their order, and the types of its leaves."""
    if isinstance(value, dict):
        return [(name, shape(field)) for name, field in value.items()]
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def shapes(stream: list[Any]) -> list[Any]:
    """The distinct shapes of a stream's frames in the order of their first appearance."""
    found: list[Any] = []
    for frame in stream:
        if shape(frame) not in found:
            found.append(shape(frame))
    return found


def deepseek(**fields: Any) -> Any:
    """The simulated reply, not thinking unless told to."""
    provider = DeepSeekProvider(settings("deepseek"), fixed_clock())
    body = chat(**{"thinking": {"type": "disabled"}, **fields})
    return provider.answer(post(body, "/chat/completions", "sk-sim-deepseek"), None)


def qwen(**fields: Any) -> Any:
    """The simulated reply."""
    provider = QwenProvider(settings("qwen"), fixed_clock())
    return provider.answer(post(chat(**fields), "/compatible-mode/v1/chat/completions", "sk-sim-qwen"), None)


def test_deepseek_streams_text_as_recorded() -> None:
    """First, middle and finish frames."""
    name = "deepseek__chat_streaming_responses_deepseek_deepseek-chat_supports_streaming_responses__00"
    assert shapes(events(deepseek(stream=True))) == shapes(events_in(recorded(name).body_bytes))


def test_deepseek_streams_a_tool_call_as_recorded() -> None:
    """The call's frames, too."""
    name = FUNCTIONS + "tools_with_multi-turn_streaming_conversations__00"
    assert shapes(events(deepseek(stream=True, tools=TOOLS))) == shapes(events_in(recorded(name).body_bytes))


def test_deepseek_answers_parallel_calls_as_recorded() -> None:
    """In one plain body."""
    mine = json.loads(deepseek(content="[[sim:tool_calls=2]]", tools=TOOLS).body)
    assert shape(mine) == shape(json.loads(recorded(FUNCTIONS + "parallel_tool_calls__00").body_bytes))


def test_deepseek_reasons_as_recorded() -> None:
    """Reasoning beside the content, and its count."""
    mine = json.loads(deepseek(thinking={"type": "enabled"}).body)
    assert shape(mine) == shape(json.loads(recorded(EFFORT).body_bytes))


def test_qwen_streams_text_as_recorded() -> None:
    """Sparse frames and the usage frame."""
    name = "alibaba__litellm__TestStreamCompletion.test_sync_streaming_completion__00"
    mine = events(qwen(model="qwen-turbo", **WITH_USAGE))
    assert shapes(mine) == shapes(events_in(recorded(name).body_bytes))


def test_qwen_streams_a_tool_call_as_recorded() -> None:
    """Four kinds of frames and the usage frame."""
    mine = events(qwen(model="qwen-plus", tools=TOOLS, **WITH_USAGE))
    theirs = events_in(recorded(QWEN_CALLS + "test_function_calling_with_streaming__00").body_bytes)
    assert shapes(mine) == shapes(theirs)


def test_qwen_answers_a_tool_call_as_recorded() -> None:
    """In one plain body."""
    mine = json.loads(qwen(model="qwen-plus", tools=TOOLS).body)
    theirs = recorded(QWEN_CALLS + "test_completion_with_tool_call_and_response__02")
    assert shape(mine) == shape(json.loads(theirs.body_bytes))
