"""The simulator's token rule, against an independent reckoning."""

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from routeproof.simulator.chat import Message, read_chat
from routeproof.simulator.tokens import count_prompt, count_text, prompt_parts, split_tokens


def reckoned(texts: list[str]) -> int:
    """Four tokens a message, and a quarter of its bytes, rounded up."""
    return sum(4 + math.ceil(len(text.encode()) / 4) for text in texts)


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_prompt_counts_four_tokens_a_message_and_one_for_four_bytes(texts: list[str]) -> None:
    """The rule of the docstring, reckoned without the simulator."""
    messages = [Message("user", text) for text in texts]
    assert count_prompt(messages) == reckoned(texts)


@given(st.text(max_size=60))
def test_splitting_loses_nothing_and_splits_no_character(text: str) -> None:
    """Pieces join to the text, and none is over four bytes."""
    pieces = split_tokens(text)
    assert "".join(pieces) == text
    assert all(1 <= len(piece.encode()) <= 4 for piece in pieces)


def test_parts_of_a_message_are_padded_each() -> None:
    """Two parts of one byte are two tokens, so that a part is a whole stretch of the prompt."""
    body = b'{"model":"m","messages":[{"role":"user","content":[{"text":"a"},{"type":"text","text":"b"}]}]}'
    assert count_prompt(read_chat(body).messages) == 4 + 2


def test_tools_count_as_one_more_message() -> None:
    """Their compact JSON is in front of the prompt."""
    tools = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"a": [1]}}}]
    body = read_chat(json.dumps({"model": "m", "messages": [], "tools": tools}).encode())
    compact = json.dumps(tools, separators=(",", ":"))
    assert count_prompt(body.messages, body.tools) == reckoned([compact])


def test_tool_calls_of_earlier_turns_count_and_reasoning_does_not() -> None:
    """What an assistant called is part of the prompt; what it thought is not."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {
        "role": "assistant",
        "content": None,
        "reasoning_content": "long thoughts",
        "tool_calls": [call],
    }
    body = read_chat(json.dumps({"model": "m", "messages": [message]}).encode())
    assert count_prompt(body.messages) == 4 + math.ceil(len(json.dumps([call], separators=(",", ":"))) / 4)


def test_a_marker_marks_its_part() -> None:
    """`cache_control` ends an explicit prefix."""
    body = read_chat(
        b'{"model":"m","messages":[{"role":"user","content":'
        b'[{"text":"a","cache_control":{"type":"ephemeral"}},{"text":"b"}]}]}'
    )
    assert [part.marked for part in prompt_parts(body.messages)] == [False, True, False]


def test_an_empty_text_has_no_tokens() -> None:
    """Nothing counts nothing."""
    assert count_text("") == 0
    assert split_tokens("") == []
