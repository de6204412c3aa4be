"""Qwen, simulated: exact bytes of both stream shapes, and what it refuses or ignores."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, get, post, settings

from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.qwen_models import MODELS
from routeproof.simulator.reply import Reply

KEY = "sk-sim-qwen"
PATH = "/compatible-mode/v1/chat/completions"
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"day": {"enum": ["mon"]}}}},
}


def provider(**changes: Any) -> QwenProvider:
    """A fresh provider at a fixed instant."""
    return QwenProvider(settings("qwen", **changes), fixed_clock())


def asked(content: str = "hi", key: str | None = KEY, **fields: Any) -> Reply:
    """The reply of a fresh provider; the model is qwen-plus unless another is named."""
    return provider().answer(post({**chat(content, "qwen-plus"), **fields}, PATH, key), None)


def error_of(reply: Reply) -> dict[str, Any]:
    """The error object of a reply."""
    return dict(json.loads(reply.body)["error"])


def test_a_classic_answer_to_the_byte() -> None:
    """Model first, total before its parts."""
    reply = asked("hi [[sim:events=2]]")
    assert not reply.chunked
    assert reply.body.decode() == CLASSIC_PLAIN


def test_the_headers_show_the_direct_route() -> None:
    """A request id and the proxy's timings."""
    headers = dict(asked().headers)
    assert headers["server"] == "istio-envoy"
    assert headers["x-dashscope-call-gateway"] == "true"
    assert headers["req-arrive-time"] == "1795000000000"
    assert len(headers["x-request-id"]) == 36


def test_a_classic_stream_to_the_byte() -> None:
    """Sparse chunks, then one with usage and no choices, because it was asked for."""
    reply = asked("hi [[sim:events=2]]", stream=True, stream_options={"include_usage": True})
    assert dict(reply.headers)["content-type"] == "text/event-stream;charset=UTF-8"
    assert reply.body.decode() == CLASSIC_STREAM


def test_a_modern_stream_to_the_byte() -> None:
    """All keys in all chunks."""
    reply = asked("hi [[sim:events=1]]", model="qwen3-max", stream=True, stream_options={"include_usage": True})
    assert reply.body.decode() == MODERN_STREAM


def test_usage_is_streamed_only_on_request() -> None:
    """Without `include_usage` no chunk has any."""
    assert [event["usage"] for event in events(asked(stream=True)) if event["usage"] is not None] == []


def test_classic_tool_chunks_repeat_the_id_and_then_empty_it() -> None:
    """`name` is empty from the second chunk on, `id` in the last; the first call rides on the first chunk."""
    chunks = events(asked(tools=[WEATHER], stream=True))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    call_id = calls[0]["id"]
    assert deltas[0] == {"content": "", "role": "assistant", "tool_calls": [calls[0]]}
    assert calls[0]["function"] == {"name": "weather", "arguments": ""}
    assert {call["id"] for call in calls[1:-1]} == {call_id}
    assert {call["function"]["name"] for call in calls[1:-1]} == {""}
    assert calls[-1] == {"function": calls[-1]["function"], "index": 0, "id": "", "type": "function"}
    assert "name" not in calls[-1]["function"]
    assert deltas[-1] == {}
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"day": "mon"}


def test_modern_tool_chunks_empty_the_id_at_once() -> None:
    """No name later, null content, and one chunk without arguments or finish reason behind the last."""
    chunks = events(asked("[[sim:tool_calls=2]]", model="qwen3-max", tools=[WEATHER], stream=True))
    calls = [
        chunk["choices"][0]["delta"]["tool_calls"][0]
        for chunk in chunks
        if "tool_calls" in chunk["choices"][0]["delta"]
    ]
    named = [place for place, call in enumerate(calls) if call["id"]]
    assert [calls[place]["index"] for place in named] == [0, 1]
    assert all("name" not in call["function"] for call in calls if not call["id"])
    assert calls[-1] == {"index": 1, "id": "", "type": "function", "function": {"arguments": ""}}
    assert chunks[1]["choices"][0]["delta"]["content"] is None
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_choices_of_a_stream_take_turns() -> None:
    """n = 2: both indexes, each with its finish, and usage for both together."""
    body = asked(n=2, stream=True, stream_options={"include_usage": True})
    chunks = events(body)
    indexes = [chunk["choices"][0]["index"] for chunk in chunks[:-1]]
    assert indexes[:4] == [0, 1, 0, 1]
    finishes = [chunk["choices"][0].get("finish_reason") for chunk in chunks[:-1]]
    assert finishes.count("stop") == 2
    contents = [chunk["choices"][0]["delta"].get("content") for chunk in chunks[:-1]]
    assert chunks[-1]["usage"]["completion_tokens"] == sum(1 for content in contents if content)


@pytest.mark.parametrize(
    ("model", "fields", "thinks"),
    [
        ("qwen-plus", {}, False),
        ("qwen-plus", {"enable_thinking": True}, True),
        ("qwen3-max", {}, False),
        ("qwen3.8-max", {}, True),
        ("qwen3.8-max", {"enable_thinking": False}, False),
        ("qwen-plus", {"thinking": {"type": "enabled"}}, False),
        ("qwen-plus", {"thinking": False}, False),
    ],
)
def test_thinking_follows_the_model_and_enable_thinking(model: str, fields: dict[str, Any], thinks: bool) -> None:
    """DeepSeek's `thinking` is ignored, whatever it holds."""
    chunks = events(asked(model=model, stream=True, **fields))
    assert any(chunk["choices"][0]["delta"].get("reasoning_content") for chunk in chunks) is thinks


def test_a_thinking_budget_bounds_the_reasoning() -> None:
    """Usage says how much there was."""
    reply = asked(model="qwen3-max", enable_thinking=True, thinking_budget=3)
    usage = json.loads(reply.body)["usage"]
    assert usage["completion_tokens_details"] == {"reasoning_tokens": 3}
    assert json.loads(reply.body)["choices"][0]["finish_reason"] == "stop"


def test_the_two_length_limits_differ() -> None:
    """`max_tokens` bounds the answer, `max_completion_tokens` the thinking, too."""
    both = {"model": "qwen3-max", "enable_thinking": True}
    answer_only = json.loads(asked(**both, max_tokens=2).body)["usage"]
    assert answer_only["completion_tokens"] > 2
    together = json.loads(asked(**both, max_completion_tokens=2).body)["usage"]
    assert together["completion_tokens"] == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"enable_thinking": True}, "parameter.enable_thinking must be set to false for non-streaming calls"),
        ({"response_format": {"type": "json_object"}}, "'messages' must contain the word 'json' in some form"),
        ({"n": 5}, "Range of n should be [1, 4]"),
        ({"n": 0}, "Range of n should be [1, 4]"),
        ({"response_format": {"type": "json_schema"}}, "'json_schema' is not supported"),
        (
            {
                "model": "qwen3-max",
                "enable_thinking": True,
                "content": "json",
                "response_format": {"type": "json_object"},
            },
            "Json mode response is not supported when enable_thinking is true",
        ),
        (
            {
                "model": "qwen3.8-max",
                "tools": [WEATHER],
                "tool_choice": {"type": "function", "function": {"name": "weather"}},
            },
            "does not support being set to required or object in thinking mode",
        ),
        ({"messages": 3}, "InvalidParameter"),
    ],
)
def test_a_bad_request_is_refused_in_its_words(fields: dict[str, Any], message: str) -> None:
    """400, one code, and a request id beside the error."""
    reply = asked(**fields)
    assert reply.status == 400
    assert message in error_of(reply)["message"]
    assert error_of(reply)["code"] == "invalid_parameter_error"
    assert json.loads(reply.body)["request_id"] == dict(reply.headers)["x-request-id"]


def test_json_mode_answers_json() -> None:
    """When the word is in the prompt."""
    reply = asked("as json", response_format={"type": "json_object"})
    assert isinstance(json.loads(json.loads(reply.body)["choices"][0]["message"]["content"]), dict)


def test_a_key_of_elsewhere_is_a_wrong_key() -> None:
    """A region's key is refused with the body of a mistyped one; no key has a null code."""
    elsewhere = asked(key="sk-of-another-region")
    assert elsewhere.status == 401
    assert error_of(elsewhere) == {
        "message": "Incorrect API key provided. For details, see: "
        "https://help.aliyun.com/zh/model-studio/error-code#apikey-error",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    assert error_of(asked(key=None))["code"] is None


def test_an_unknown_model_is_a_404() -> None:
    """With the name in it."""
    reply = asked(model="qwen-absent")
    assert (reply.status, error_of(reply)["code"]) == (404, "model_not_found")


def test_an_explicit_cache_shows_its_type() -> None:
    """Written, then hit; an implicit hit has no type."""
    one = provider()
    part = {"type": "text", "text": "abcd" * 1_500, "cache_control": {"type": "ephemeral"}}
    body = {"model": "qwen-plus", "messages": [{"role": "user", "content": [part]}]}
    details = [
        json.loads(one.answer(post(body, PATH, KEY), None).body)["usage"]["prompt_tokens_details"] for _ in range(2)
    ]
    assert details[0] == {
        "cached_tokens": 0,
        "cache_type": "ephemeral",
        "cache_creation_input_tokens": 1_504,
        "cache_creation": {"ephemeral_5m_input_tokens": 1_504},
    }
    assert (details[1]["cached_tokens"], details[1]["cache_creation_input_tokens"]) == (1_504, 0)


def test_an_implicit_cache_hits_in_blocks() -> None:
    """As recorded: multiples of 64."""
    one = provider()
    body = chat("word " * 100, "qwen-plus")
    found = [
        json.loads(one.answer(post(body, PATH, KEY), None).body)["usage"]["prompt_tokens_details"] for _ in range(2)
    ]
    assert found == [{"cached_tokens": 0}, {"cached_tokens": 128}]


def test_a_refusal_of_content_depends_on_the_stream() -> None:
    """To a stream: HTTP 400 whose body is an event."""
    stream = provider().refusal("content_policy", post(chat(stream=True), PATH, KEY))
    plain = provider().refusal("content_policy", post(chat(), PATH, KEY))
    assert (stream.status, plain.status) == (400, 400)
    assert stream.body.startswith(b'data: {"error":{"code":"data_inspection_failed","param":null,"message":')
    assert error_of(plain)["code"] == "data_inspection_failed"


def test_an_unpaid_account_is_a_400() -> None:
    """Arrearage."""
    reply = provider().refusal("billing", post({}, PATH, KEY))
    assert (reply.status, error_of(reply)["code"]) == (400, "Arrearage")


def test_a_context_too_long_names_the_range() -> None:
    """By a setting, or as a refusal by name."""
    reply = provider(context_tokens=10).answer(post(chat("x" * 100, "qwen-plus"), PATH, KEY), None)
    assert "Range of input length should be [1, 10]" in error_of(reply)["message"]
    named = provider().refusal("context_length", post({}, PATH, KEY))
    assert "Range of input length" in error_of(named)["message"]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 422, 429, 500, 502, 503, 504])
def test_every_status_has_a_reply(status: int) -> None:
    """In this provider's words; its proxy answers in plain text."""
    reply = provider().refusal(f"status_{status}", post({}, PATH, KEY))
    assert reply.status == status
    assert reply.body if status in (408, 502, 504) else error_of(reply)["code"]


def test_models_are_listed_and_nothing_else_exists() -> None:
    """At the compatible-mode path only."""
    listed = json.loads(provider().answer(get("/compatible-mode/v1/models", KEY), None).body)
    assert [row["id"] for row in listed["data"]] == list(MODELS)
    assert provider().answer(get("/v1/models", KEY), None).status == 404


CLASSIC_PLAIN = (
    '{"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"choices":[{"message":{"content":"好 ice ","role":"assistant"},"index":0,'
    '"finish_reason":"stop"}],"created":1795000000,"object":"chat.completion",'
    '"usage":{"total_tokens":11,"completion_tokens":2,"prompt_tokens":9,'
    '"prompt_tokens_details":{"cached_tokens":0}}}'
)
CLASSIC_STREAM = (
    'data: {"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"created":1795000000,"object":"chat.completion.chunk","usage":null,'
    '"choices":[{"logprobs":null,"index":0,"delta":{"content":"","role":"assistant"}}]}\n\n'
    'data: {"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"choices":[{"delta":{"content":"好 ","role":null},"index":0}],"created":1795000000,'
    '"object":"chat.completion.chunk","usage":null}\n\n'
    'data: {"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"choices":[{"delta":{"content":"ice ","role":null},"index":0}],"created":1795000000,'
    '"object":"chat.completion.chunk","usage":null}\n\n'
    'data: {"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"choices":[{"delta":{"content":"","role":null},"index":0,"finish_reason":"stop"}],'
    '"created":1795000000,"object":"chat.completion.chunk","usage":null}\n\n'
    'data: {"model":"qwen-plus","id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e",'
    '"choices":[],"created":1795000000,"object":"chat.completion.chunk",'
    '"usage":{"total_tokens":11,"completion_tokens":2,"prompt_tokens":9,'
    '"prompt_tokens_details":{"cached_tokens":0}}}\n\n'
    "data: [DONE]\n\n"
)
MODERN_STREAM = (
    'data: {"choices":[{"delta":{"content":"","role":"assistant"},"finish_reason":null,'
    '"index":0,"logprobs":null}],"object":"chat.completion.chunk","usage":null,'
    '"created":1795000000,"system_fingerprint":null,"model":"qwen3-max",'
    '"id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e"}\n\n'
    'data: {"choices":[{"delta":{"content":"好 "},"finish_reason":null,"index":0,'
    '"logprobs":null}],"object":"chat.completion.chunk","usage":null,"created":1795000000,'
    '"system_fingerprint":null,"model":"qwen3-max",'
    '"id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e"}\n\n'
    'data: {"choices":[{"delta":{"content":""},"finish_reason":"stop","index":0,'
    '"logprobs":null}],"object":"chat.completion.chunk","usage":null,"created":1795000000,'
    '"system_fingerprint":null,"model":"qwen3-max",'
    '"id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e"}\n\n'
    'data: {"choices":[],"object":"chat.completion.chunk","usage":{"prompt_tokens":9,'
    '"completion_tokens":1,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":0}},'
    '"created":1795000000,"system_fingerprint":null,"model":"qwen3-max",'
    '"id":"chatcmpl-35a49c7d-7d84-444f-a987-36d92a3ece4e"}\n\n'
    "data: [DONE]\n\n"
)


def quotas(query: str = "", key: str | None = KEY) -> Reply:
    """A page of rate limits."""
    return provider().answer(get("/api/v1/quotas", key, query), None)


def test_quotas_come_in_pages() -> None:
    """Each model once, with a limit and the seconds that it is for."""
    first, last = (json.loads(quotas(f"page_no={page}&page_size=6").body)["output"] for page in (1, 2))
    names = [row["model"] for page in (first, last) for row in page["quotas"]]

    assert (len(first["quotas"]), first["total"], names) == (6, len(MODELS), list(MODELS))
    limit = first["quotas"][0]["model_limit"]
    assert (limit["request_limit_period"], limit["usage_limit_field"]) == (60, "total_tokens")


def test_quotas_are_for_a_key_and_a_page_has_a_bound() -> None:
    """Of 100 models."""
    assert quotas(key="sk-of-elsewhere").status == 401
    assert (quotas("page_size=100").status, quotas("page_size=101").status) == (200, 400)
