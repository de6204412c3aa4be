"""What a simulated model answers."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat

from routeproof.simulator.answer import Answer, Budget, answer
from routeproof.simulator.chat import read_chat
from routeproof.simulator.directions import Directions, read_directions

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
NO_BOUND = Budget()
TIME = {"type": "function", "function": {"name": "time"}}


def answered(
    fields: dict[str, Any],
    *,
    seed: int = 0,
    choice: int = 0,
    thinking: bool = False,
    budget: Budget = NO_BOUND,
) -> Answer:
    """The answer to a body, its directions read."""
    body = read_chat(json.dumps(fields).encode())
    directions = read_directions(body.messages)
    return answer(body, directions, seed=seed, choice=choice, thinking=thinking, budget=budget)


def test_the_same_question_has_the_same_answer() -> None:
    """The seed, the messages and the choice decide; nothing else does."""
    assert answered(chat()) == answered(chat(temperature=0.9))
    assert answered(chat()) != answered(chat(), seed=1)
    assert answered(chat()) != answered(chat("other"))
    assert answered(chat()) != answered(chat(), choice=1)


def test_thinking_does_not_change_the_content() -> None:
    """Reasoning is added in front."""
    quiet, thoughtful = answered(chat()), answered(chat(), thinking=True)
    assert quiet.content == thoughtful.content
    assert quiet.reasoning == ()
    assert len(thoughtful.reasoning) >= 6


def test_a_piece_is_a_token() -> None:
    """Events and tokens have the same number."""
    found = answered(chat(), thinking=True)
    assert found.completion_tokens == len(found.content) + len(found.reasoning)
    assert found.reasoning_tokens == len(found.reasoning)


def test_events_and_bytes_can_be_ordered() -> None:
    """The number of pieces, the number of bytes, or both."""
    assert len(answered(chat("[[sim:events=50]]")).content) == 50
    assert answered(chat("[[sim:events=0]]")).content == ()
    sized = answered(chat("[[sim:bytes=4000]]"))
    assert len(sized.content_text.encode()) == 4_000
    assert sized.completion_tokens == 1_000
    both = answered(chat("[[sim:bytes=4000]][[sim:events=10]]"))
    assert len(both.content) == 10
    assert len(both.content_text.encode()) == 4_000


@pytest.mark.parametrize("tokens", [1, 5, 8])
def test_a_token_limit_cuts_the_content(tokens: int) -> None:
    """Exactly that many tokens, and `length`."""
    cut = answered(chat(), budget=Budget(total=tokens))
    assert cut.completion_tokens == tokens
    assert cut.finish == "length"
    assert answered(chat()).content_text.startswith(cut.content_text)


def test_reasoning_uses_up_a_total_budget() -> None:
    """Few tokens: no content at all."""
    cut = answered(chat(), thinking=True, budget=Budget(total=4))
    assert (cut.reasoning_tokens, cut.content, cut.finish) == (4, (), "length")


def test_a_content_budget_leaves_reasoning_alone() -> None:
    """Qwen's `max_tokens` bounds the answer only."""
    free = answered(chat(), thinking=True)
    cut = answered(chat(), thinking=True, budget=Budget(content=2))
    assert cut.reasoning == free.reasoning
    assert (len(cut.content), cut.finish) == (2, "length")


def test_a_reasoning_budget_ends_only_the_reasoning() -> None:
    """Qwen's `thinking_budget`: the answer follows in full."""
    cut = answered(chat(), thinking=True, budget=Budget(reasoning=3))
    assert (len(cut.reasoning), cut.finish) == (3, "stop")
    assert cut.content == answered(chat()).content


def test_a_given_tool_is_called() -> None:
    """With arguments of its schema."""
    found = answered(chat(tools=[WEATHER]))
    assert found.finish == "tool_calls"
    assert found.content == ()
    assert [use.name for use in found.tool_uses] == ["weather"]
    assert set(json.loads(found.tool_uses[0].arguments)) == {"city"}


def test_tool_choice_decides() -> None:
    """`none`, a named function, and `required` after a tool's result."""
    assert answered(chat(tools=[WEATHER], tool_choice="none")).finish == "stop"
    named = {"type": "function", "function": {"name": "time"}}
    assert [use.name for use in answered(chat(tools=[WEATHER, TIME], tool_choice=named)).tool_uses] == ["time"]
    result = {"role": "tool", "tool_call_id": "c", "content": "sunny"}
    talk = {"model": "m", "messages": [*chat()["messages"], result], "tools": [WEATHER]}
    assert answered(talk).finish == "stop"
    assert answered({**talk, "tool_choice": "required"}).finish == "tool_calls"


def test_parallel_calls_are_made_when_asked_for() -> None:
    """By `parallel_tool_calls`, or by a direction."""
    both = answered(chat(tools=[WEATHER, TIME], parallel_tool_calls=True))
    assert [use.name for use in both.tool_uses] == ["weather", "time"]
    three = answered(chat("[[sim:tool_calls=3]]", tools=[WEATHER, TIME]))
    assert [use.name for use in three.tool_uses] == ["weather", "time", "weather"]


def test_a_tight_budget_cuts_arguments() -> None:
    """`length` in the middle of a call."""
    whole = answered(chat(tools=[WEATHER]))
    cut = answered(chat(tools=[WEATHER]), budget=Budget(total=whole.completion_tokens - 1))
    assert cut.finish == "length"
    assert whole.tool_uses[0].arguments.startswith(cut.tool_uses[0].arguments)
    assert cut.completion_tokens < whole.completion_tokens


def test_json_mode_gives_an_object() -> None:
    """And a schema gives one of its shape."""
    plain = answered(chat(response_format={"type": "json_object"}))
    assert isinstance(json.loads(plain.content_text), dict)
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    asked = {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}}
    assert isinstance(json.loads(answered(chat(response_format=asked)).content_text)["ok"], bool)


def test_a_finish_reason_can_be_ordered() -> None:
    """For the reasons that no request brings about."""
    assert answered(chat("[[sim:finish=insufficient_system_resource]]")).finish == "insufficient_system_resource"


def test_directions_are_optional() -> None:
    """Without any the answer is between 8 and 23 tokens."""
    body = read_chat(json.dumps(chat()).encode())
    found = answer(body, Directions(), seed=3, choice=0, thinking=False, budget=Budget())
    assert 8 <= found.completion_tokens <= 23
