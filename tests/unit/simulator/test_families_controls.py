"""Which controls each simulated family honours, and how it refuses values that it does not take."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import Reply

REPEAT = "Repeat the word ab 8 times"
DEEPSEEK, QWEN = DeepSeekProvider(settings("deepseek"), fixed_clock()), QwenProvider(settings("qwen"), fixed_clock())
REASONED = [
    {"role": "user", "content": "hello"},
    {"role": "assistant", "content": "Calm.", "reasoning_content": "x" * 400},
    {"role": "user", "content": "and now?"},
]


def flash(content: str = "hello", **controls: Any) -> Reply:
    """DeepSeek's answer, thinking off unless told otherwise."""
    body = chat(content, **{"thinking": {"type": "disabled"}, **controls})
    return DEEPSEEK.answer(post(body, "/chat/completions", "sk-sim-deepseek"), None)


def qwen(content: str = "hello", model: str = "qwen-plus", **controls: Any) -> Reply:
    """Qwen's answer."""
    request = post(chat(content, model, **controls), "/compatible-mode/v1/chat/completions", "sk-sim-qwen")
    return QWEN.answer(request, None)


def said(reply: Reply) -> str:
    """The content of a whole answer."""
    return str(json.loads(reply.body)["choices"][0]["message"]["content"])


def complaint(reply: Reply) -> tuple[int, str]:
    """The status and the message of a refusal."""
    return reply.status, str(json.loads(reply.body)["error"]["message"])


def test_a_temperature_draws_anew_where_it_is_honoured_or_ignored() -> None:
    """At 0 only a model that does not think repeats itself."""
    thinking = {"thinking": {"type": "enabled"}}

    assert said(flash(temperature=1)) != said(flash(temperature=1))
    assert said(flash(temperature=0)) == said(flash(temperature=0))
    assert said(flash(temperature=0, **thinking)) != said(flash(temperature=0, **thinking))
    assert said(qwen(temperature=1, seed=3)) == said(qwen(temperature=1, seed=3))
    assert said(qwen(temperature=1, seed=3)) != said(qwen(temperature=1, seed=4))
    assert said(flash(temperature=1, seed=3)) != said(flash(temperature=1, seed=3))


def test_penalties_cost_in_qwen_alone() -> None:
    """DeepSeek has deprecated both; Qwen documents one."""
    assert said(flash(REPEAT, presence_penalty=2, frequency_penalty=2)).count("ab") == 8
    assert said(qwen(REPEAT, presence_penalty=2)).count("ab") == 2
    assert said(qwen(REPEAT, frequency_penalty=2)).count("ab") == 8


def test_a_stop_sequence_ends_an_answer() -> None:
    """With the finish reason `stop`, streamed or not."""
    for reply in (
        flash("Repeat this line exactly: one two", stop=["two"]),
        qwen("Repeat this line exactly: one two", stop="two"),
    ):
        assert said(reply) == "one "
        assert json.loads(reply.body)["choices"][0]["finish_reason"] == "stop"


def test_probabilities_come_from_deepseek_alone() -> None:
    """Whole and in chunks: one for each token of the content."""
    whole = json.loads(flash(logprobs=True, top_logprobs=1).body)["choices"][0]
    chunks = [event["choices"][0] for event in events(flash(logprobs=True, stream=True))]
    told = [row["token"] for chunk in chunks if chunk["logprobs"] for row in chunk["logprobs"]["content"]]

    assert "".join(row["token"] for row in whole["logprobs"]["content"]) == whole["message"]["content"]
    assert "".join(told) == "".join(chunk["delta"].get("content") or "" for chunk in chunks)
    assert json.loads(qwen(logprobs=True, model="qwen3-max").body)["choices"][0]["logprobs"] is None


def test_earlier_reasoning_counts_for_qwen_where_it_is_preserved() -> None:
    """Told so, or by default for qwen3.8-max; for DeepSeek never."""

    def prompt(reply: Reply) -> int:
        return int(json.loads(reply.body)["usage"]["prompt_tokens"])

    plain = prompt(qwen(messages=REASONED))
    assert prompt(qwen(messages=REASONED, preserve_thinking=True)) == plain + 100
    assert prompt(qwen(model="qwen3.8-max", messages=REASONED)) == plain + 100
    assert prompt(qwen(model="qwen3.8-max", messages=REASONED, preserve_thinking=False)) == plain
    assert prompt(flash(messages=REASONED, preserve_thinking=True)) == prompt(flash(messages=REASONED))


def test_the_effort_switches_thinking_off_where_it_is_read() -> None:
    """By Qwen3.8, and not by those before it."""
    for model, thinks in (("qwen3.8-max", False), ("qwen3.7-max", True)):
        message = json.loads(qwen(model=model, reasoning_effort="none").body)["choices"][0]["message"]
        assert ("reasoning_content" in message) is thinks


@pytest.mark.parametrize(
    ("controls", "deepseek", "qwen_says"),
    [
        (
            {"temperature": 5},
            (400, "Invalid temperature value, the valid range of temperature is [0, 2]"),
            (400, "Range of temperature should be [0, 2)"),
        ),
        (
            {"max_tokens": -1},
            (400, "Invalid max_tokens value, the valid range of max_tokens is [1, 393216]"),
            (400, "Range of max_tokens should be [1, 65536]"),
        ),
        ({"messages": []}, (400, "Empty input messages"), (400, "[] is too short - 'messages'")),
        ({"messages": [{"role": "robot", "content": "x"}]}, (422, "unknown variant `robot`"), (400, "'robot' is not")),
        ({"temperature": "warm"}, (422, "Failed to deserialize"), (400, "Expected `float | null`")),
    ],
)
def test_values_are_refused_in_the_familys_words(
    controls: dict[str, Any], deepseek: tuple[int, str], qwen_says: tuple[int, str]
) -> None:
    """With 400, or DeepSeek's 422 for what does not fit the types."""
    for reply, (status, words) in ((flash(**controls), deepseek), (qwen(**controls), qwen_says)):
        told = complaint(reply)
        assert told[0] == status
        assert words in told[1]
