"""Faults of models: answers in perfect order that are not what was asked for."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_answers import ANSWER_FAULTS
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import Behaviour, HttpRequest, Reply
from routeproof.simulator.reply_texts import arguments_of, content_of

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {"place": {"type": "object", "properties": {name: {}}}}},
        },
    }
    for name in ("weather", "time")
]
BOTH = "Tell me the weather and the time, please."
MODELS = ("deepseek-flash", "qwen-plus", "qwen3-max")


def asked(model: str, content: str = BOTH, **fields: Any) -> tuple[Behaviour, HttpRequest]:
    """Who answers, and the request."""
    body = chat(content, model=model, **fields)
    if model.startswith("qwen"):
        path = "/compatible-mode/v1/chat/completions"
        return QwenProvider(settings("qwen"), fixed_clock()), post(body, path, "sk-sim-qwen")
    return DeepSeekProvider(settings("deepseek"), fixed_clock()), post(body, "/chat/completions", "sk-sim-deepseek")


def replies(fault: Fault, model: str, content: str = BOTH, **fields: Any) -> tuple[Reply, Reply]:
    """The honest reply and the faulty one."""
    behaviour, request = asked(model, content, **fields)
    honest = behaviour.answer(request, None)
    return honest, ANSWER_FAULTS[fault](behaviour, request, FaultCall(fault=fault))


def finishes(reply: Reply) -> list[str]:
    """Every finish reason of a reply."""
    frames = events(reply) if reply.is_stream else [json.loads(reply.body)]
    choices = [choice for frame in frames for choice in frame["choices"]]
    return [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]


def call_ids(reply: Reply) -> list[str]:
    """Every id of a call, or of a fragment of one, that is not empty."""
    frames = events(reply) if reply.is_stream else [json.loads(reply.body)]
    messages = [choice.get("delta") or choice.get("message") for frame in frames for choice in frame["choices"]]
    calls = [call for message in messages if message for call in message.get("tool_calls") or []]
    return [call["id"] for call in calls if call.get("id")]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_arguments_are_spoiled_whole_and_streamed(model: str, *, stream: bool) -> None:
    """Cut, of other types, encoded twice, and exchanged: everything else stays."""
    fields = {"tools": TOOLS, "stream": stream, "parallel_tool_calls": True}
    honest, cut = replies(Fault.CUT_ARGUMENTS, model, **fields)
    _, misfit = replies(Fault.MISFIT_ARGUMENTS, model, **fields)
    _, twice = replies(Fault.ENCODE_ARGUMENTS_TWICE, model, **fields)
    _, crossed = replies(Fault.CROSS_CALLS, model, **fields)
    right = arguments_of(honest)

    assert len(right) == 2
    assert arguments_of(cut) == {index: text[:-1] for index, text in right.items()}
    assert all(isinstance(value, list) for text in arguments_of(misfit).values() for value in json.loads(text).values())
    assert all(isinstance(value, str) for text in arguments_of(twice).values() for value in json.loads(text).values())
    assert arguments_of(crossed) == {0: right[1], 1: right[0]}
    assert len(cut.pieces) == len(honest.pieces)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_names_and_ids_are_spoiled(model: str, *, stream: bool) -> None:
    """A tool that was not offered, and one id for all."""
    fields = {"tools": TOOLS, "stream": stream, "parallel_tool_calls": True}
    _, renamed = replies(Fault.RENAME_TOOL, model, **fields)
    honest, shared = replies(Fault.SHARE_CALL_ID, model, **fields)

    assert b"sim_unknown_tool" in renamed.body
    assert b'"weather"' not in renamed.body.replace(b'\\"weather\\"', b"")
    assert len(set(call_ids(honest))) == 2
    assert set(call_ids(shared)) == {"call_sim_shared"}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_contents_are_spoiled(model: str, *, stream: bool) -> None:
    """JSON that is cut, fenced, or not there at all."""
    fields = {"response_format": {"type": "json_object"}, "stream": stream}
    honest, cut = replies(Fault.CUT_JSON, model, "JSON, please, as always.", **fields)
    _, fenced = replies(Fault.FENCE_JSON, model, "JSON, please, as always.", **fields)
    _, empty = replies(Fault.EMPTY_CONTENT, model, "JSON, please, as always.", **fields)
    text = content_of(honest)

    assert json.loads(text)
    assert (content_of(cut), content_of(empty)) == (text[:-1], "")
    assert content_of(fenced) == f"```json\n{text}\n```"
    assert finishes(cut) == finishes(honest) == ["stop"]


@pytest.mark.parametrize(("model", "on"), [("deepseek-flash", {}), ("qwen-plus", {"enable_thinking": True})])
def test_reasoning_moves_into_the_content(model: str, on: dict[str, object]) -> None:
    """Between tags, and out of its own field."""
    honest, hidden = replies(Fault.THINK_IN_CONTENT, model, "Think about it.", stream=True, **on)
    thoughts = content_of(honest, "reasoning_content")

    assert thoughts
    assert content_of(hidden) == f"<think>{thoughts}</think>{content_of(honest)}"
    assert content_of(hidden, "reasoning_content") == ""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_a_cut_answer_says_that_it_has_stopped(model: str, *, stream: bool) -> None:
    """The text is as short as it was."""
    off = {"thinking": {"type": "disabled"}} if model == "deepseek-flash" else {}
    honest, hidden = replies(Fault.HIDE_LENGTH, model, "Write a long text.", max_tokens=3, stream=stream, **off)

    assert (finishes(honest), finishes(hidden)) == (["length"], ["stop"])
    assert content_of(hidden) == content_of(honest)


def test_tools_are_called_always_or_never() -> None:
    """Whatever the question is; a choice that the request makes is left alone by the first."""
    _, always = replies(Fault.CALL_ALWAYS, "deepseek-flash", "Write a haiku about leaves.", tools=TOOLS)
    _, kept = replies(Fault.CALL_ALWAYS, "deepseek-flash", "Write a haiku now.", tools=TOOLS, tool_choice="none")
    _, never = replies(Fault.NEVER_CALL, "qwen-plus", tools=TOOLS)

    assert (finishes(always), finishes(kept), finishes(never)) == (["tool_calls"], ["stop"], ["stop"])


def test_the_middle_of_a_long_text_is_not_read() -> None:
    """Codes at both ends are known, the one in between is not; a short text is read whole."""
    words = "the sun and sea " * 200
    told = [f"The code of the {thing} is {thing}-7." for thing in ("anchor", "bridge", "castle")]
    text = words.join(told) + " What is the code of the anchor? What is the code of the bridge? "
    honest, cut = replies(Fault.CUT_MIDDLE, "qwen-plus", text + "What is the code of the castle?")
    short, same = replies(Fault.CUT_MIDDLE, "qwen-plus", "The code of the door is x1. What is the code of the door?")

    assert content_of(honest) == "anchor-7, bridge-7, castle-7"
    assert content_of(cut) == "anchor-7, I was not told., castle-7"
    assert content_of(same) == content_of(short) == "x1"


def test_what_a_tool_answered_is_not_read() -> None:
    """The honest answer repeats it."""
    call = {"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "The weather, please."},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": '{"sky": "grey"}'},
    ]
    honest, deaf = replies(Fault.DROP_TOOL_RESULTS, "qwen-plus", messages=messages, tools=TOOLS)

    assert content_of(honest) == "grey"
    assert "grey" not in content_of(deaf)


def test_reasoning_that_comes_back_is_refused() -> None:
    """As R1 did; without it the turn is answered."""
    first = {"role": "assistant", "content": "ready", "reasoning_content": "Hm."}
    messages = [{"role": "user", "content": "Hi."}, first, {"role": "user", "content": "Go on."}]
    _, refused = replies(Fault.REJECT_REASONING, "deepseek-flash", messages=messages)
    _, answered = replies(Fault.REJECT_REASONING, "deepseek-flash")

    assert (refused.status, answered.status) == (400, 200)


def test_a_schema_is_taken_for_any_object() -> None:
    """JSON it is, and no more."""
    schema = {"type": "object", "properties": {"k": {"const": 1}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    fields = {"response_format": wanted, "enable_thinking": False}
    honest, loose = replies(Fault.SCHEMA_AS_OBJECT, "qwen3.7-plus", "Reply in JSON.", **fields)

    assert json.loads(content_of(honest)) == {"k": 1}
    assert "answer" in json.loads(content_of(loose))
