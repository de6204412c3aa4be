"""What the simulated providers stream, each in its dialect, passes without a word."""

from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, fixed_clock, post, settings

from routeproof.prover.oracle.asked import AnswerAsked, StreamAsked
from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import examine_completion, examine_models
from routeproof.prover.oracle.stream.oracle import examine_stream
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.newapi import NewApiGateway
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import HttpRequest, Reply

PROVIDERS = {"deepseek": DeepSeekProvider, "qwen": QwenProvider, "newapi": NewApiGateway}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"a": {}}}}}
    for name in ("weather", "time")
]
SHAPES: list[tuple[str, str, dict[str, Any]]] = [
    ("text", "Tell me more. [[sim:events=30]]", {}),
    ("comments", "hi [[sim:keepalives=3]]", {}),
    ("tools", "hi [[sim:tool_calls=3]]", {"tools": TOOLS}),
    ("reasoning", "hi [[sim:reasoning]] [[sim:events=5]]", {}),
    ("length", "hi [[sim:finish=length]]", {}),
]
MODELS = [
    ("deepseek", "deepseek-flash"),
    ("deepseek", "deepseek-v4-pro"),
    ("qwen", "qwen-plus"),
    ("qwen", "qwen3-max"),
    ("qwen", "qwen3.7-max"),
    ("newapi", "deepseek-flash"),
    ("newapi", "qwen3-max"),
]
each_model = pytest.mark.parametrize(("dialect", "model"), MODELS)
each_shape = pytest.mark.parametrize(("content", "fields"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])


def replied(dialect: str, request: HttpRequest) -> Reply:
    """The reply of a fresh provider."""
    return PROVIDERS[dialect](settings(dialect), fixed_clock()).answer(request, None)


def request(dialect: str, model: str, content: str, **fields: Any) -> HttpRequest:
    """A chat request."""
    path = f"{PROVIDERS[dialect].base_path}/chat/completions"
    return post(chat(content, model, **fields), path, f"sk-sim-{dialect}")


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Code and place of each."""
    return [(one.code, one.where) for one in findings]


@each_model
@each_shape
@pytest.mark.parametrize("usage", [True, False], ids=["usage", "no usage"])
def test_a_simulated_stream_passes(dialect: str, model: str, content: str, fields: dict[str, Any], usage: bool) -> None:
    """With its content type, and with usage or without."""
    options = {"stream_options": {"include_usage": True}} if usage else {}
    reply = replied(dialect, request(dialect, model, content, stream=True, **options, **fields))
    names = frozenset(tool["function"]["name"] for tool in fields.get("tools", ()))
    asked = StreamAsked(include_usage=usage, models=frozenset((model,)), tool_names=names)
    found = examine_stream(
        [piece.data for piece in reply.pieces],
        overlay_named(dialect),
        asked,
        content_type=dict(reply.headers)["content-type"],
    )

    assert reply.status == 200
    assert told(found.findings) == []
    assert found.done
    assert (found.usage is not None) is (usage or model.startswith("deepseek"))


@each_model
@each_shape
def test_a_simulated_whole_answer_passes(dialect: str, model: str, content: str, fields: dict[str, Any]) -> None:
    """The same requests without a stream."""
    reply = replied(dialect, request(dialect, model, content, **fields))
    found = examine_completion(
        reply.body, overlay_named(dialect), AnswerAsked(), content_type=dict(reply.headers)["content-type"]
    )

    assert (reply.status, told(found.findings)) == (200, [])


@pytest.mark.parametrize("model", ["qwen-turbo", "qwen3-max"])
def test_simulated_choices_pass(model: str) -> None:
    """Two of them, in turns."""
    reply = replied("qwen", request("qwen", model, "hi [[sim:events=4]]", stream=True, n=2))
    found = examine_stream(reply.body, overlay_named("qwen"), StreamAsked(choices=2))

    assert (told(found.findings), len(found.messages)) == ([], 2)


@pytest.mark.parametrize("dialect", PROVIDERS)
def test_a_simulated_list_of_models_passes(dialect: str) -> None:
    """And names some."""
    headers = ((b"authorization", f"Bearer sk-sim-{dialect}".encode()),)
    reply = replied(dialect, HttpRequest("GET", f"{PROVIDERS[dialect].base_path}/models", "", headers, b""))
    found = examine_models(reply.body, overlay_named(dialect), content_type=dict(reply.headers)["content-type"])

    assert told(found.findings) == []
    assert found.ids
