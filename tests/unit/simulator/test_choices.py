"""Which choices of tools and formats the simulated providers refuse, in their own words."""

import json

import pytest
from tests.unit.simulator.sim_support import chat, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.qwen import QwenProvider

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
OTHER = {"type": "function", "function": {"name": "time"}}
ORPHAN = {"role": "tool", "tool_call_id": "nobody", "content": "x"}


def deepseek(**fields: object) -> tuple[int, str]:
    """Status and message of DeepSeek's answer."""
    body = {**chat(tools=[TOOL]), **fields}
    reply = DeepSeekProvider(settings("deepseek"), fixed_clock()).answer(
        post(body, "/chat/completions", "sk-sim-deepseek"), None
    )
    return reply.status, json.loads(reply.body).get("error", {}).get("message", "")


def qwen(model: str = "qwen-plus", **fields: object) -> tuple[int, str]:
    """Status and message of Model Studio's answer."""
    body = {**chat(model=model, tools=[TOOL]), **fields}
    path = "/compatible-mode/v1/chat/completions"
    reply = QwenProvider(settings("qwen"), fixed_clock()).answer(post(body, path, "sk-sim-qwen"), None)
    return reply.status, json.loads(reply.body).get("error", {}).get("message", "")


@pytest.mark.parametrize("choice", ["none", "auto", "required", TOOL])
def test_deepseek_takes_every_documented_choice(choice: object) -> None:
    """Words and a named function."""
    assert deepseek(tool_choice=choice) == (200, "")


def test_deepseek_can_not_read_another_choice() -> None:
    """422 with the words of its parser; a function that is not offered is refused with 400."""
    status, message = deepseek(tool_choice="sometimes")

    assert (status, "unknown variant `sometimes`" in message) == (422, True)
    assert deepseek(tool_choice=OTHER)[0] == 400


def test_qwen_takes_two_words_and_a_name() -> None:
    """`required` is none of the words."""
    assert [qwen(tool_choice=choice)[0] for choice in ("none", "auto", TOOL)] == [200, 200, 200]
    assert qwen(tool_choice="required")[1].endswith('tool_choice is one of the strings that should be ["none", "auto"]')


@pytest.mark.parametrize("choice", ["required", TOOL])
def test_qwen_forces_no_tool_while_it_thinks(choice: object) -> None:
    """The reason is told before that of the word."""
    assert "in thinking mode" in qwen("qwen3.7-plus", tool_choice=choice)[1]


@pytest.mark.parametrize("wanted", [{"type": "yaml"}, {"type": "json_schema"}])
def test_formats_that_do_not_exist_or_lack_a_schema_are_refused(wanted: object) -> None:
    """By both families."""
    assert deepseek(response_format=wanted)[0] in (400, 422)
    assert qwen("qwen3.7-plus", response_format=wanted)[0] == 400


def test_results_of_unknown_calls_are_refused() -> None:
    """By both families, each in its own words."""
    talk = [{"role": "user", "content": "?"}, ORPHAN]

    assert deepseek(messages=talk) == (
        400,
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
    )
    assert 'role "tool" must be a response' in qwen(messages=talk)[1]
