"""DeepSeek, simulated: exact bytes of the main shapes, and what it refuses or ignores."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, get, post, settings

from routeproof.clock import parse_instant
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.reply import PieceKind, Reply
from routeproof.simulator.tokens import count_text

KEY = "sk-sim-deepseek"
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"day": {"enum": ["mon"]}}}},
}


def provider(**changes: Any) -> DeepSeekProvider:
    """A fresh provider at a fixed instant."""
    return DeepSeekProvider(settings("deepseek", **changes), fixed_clock())


def asked(body: dict[str, Any] | bytes, key: str | None = KEY, **changes: Any) -> Reply:
    """The reply of a fresh provider."""
    return provider(**changes).answer(post(body, "/chat/completions", key), None)


def message_of(reply: Reply) -> str:
    """The message of an error reply."""
    return str(json.loads(reply.body)["error"]["message"])


def test_a_plain_answer_to_the_byte() -> None:
    """Keys in the recorded order, chunked, with the provider's headers."""
    reply = asked(chat("hi [[sim:events=2]]", thinking={"type": "disabled"}))
    assert reply.status == 200
    assert reply.chunked
    assert reply.headers == (
        ("content-type", "application/json"),
        ("connection", "keep-alive"),
        ("date", "Wed, 18 Nov 2026 11:06:40 GMT"),
        ("server", "elb"),
        ("vary", "origin, access-control-request-method, access-control-request-headers"),
        ("access-control-allow-credentials", "true"),
        ("x-ds-trace-id", "d40aeaeead517d97bff9f3352dcda9c9"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
    )
    assert reply.body.decode() == PLAIN


def test_a_stream_to_the_byte() -> None:
    """Usage on the finish chunk with its choices, null on the others, whatever `stream_options` says."""
    reply = asked(chat("hi [[sim:events=2]]", stream=True, thinking={"type": "disabled"}))
    assert dict(reply.headers)["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.body.decode() == STREAM


def test_a_thinking_stream_to_the_byte() -> None:
    """Reasoning with null content first, then content with null reasoning."""
    reply = asked(chat("hi [[sim:events=1]]", stream=True, max_tokens=2))
    deltas = [event["choices"][0]["delta"] for event in events(reply)]
    assert deltas == [
        {"role": "assistant", "content": None, "reasoning_content": ""},
        {"content": None, "reasoning_content": "是 "},
        {"content": None, "reasoning_content": "map "},
        {"content": "", "reasoning_content": None},
    ]
    assert b'"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"length"' in reply.body


def test_thinking_is_on_unless_switched_off() -> None:
    """By `thinking`, by effort none, or by the alias; Qwen's `enable_thinking` is silently ignored."""

    def thinks(**fields: Any) -> bool:
        return "reasoning_content" in json.loads(asked(chat(**fields)).body)["choices"][0]["message"]

    assert thinks()
    assert thinks(enable_thinking=False)
    assert thinks(model="deepseek-reasoner")
    assert not thinks(thinking={"type": "disabled"})
    assert not thinks(reasoning_effort="none")
    assert not thinks(model="deepseek-chat")
    assert thinks(model="deepseek-chat", thinking={"type": "enabled"})
    assert thinks(content="[[sim:reasoning]]", model="deepseek-chat")


def test_reasoning_is_counted_inside_the_completion() -> None:
    """And appears only when there is some."""
    answer = json.loads(asked(chat()).body)
    message, usage = answer["choices"][0]["message"], answer["usage"]
    reasoning = count_text(message["reasoning_content"])
    assert usage["completion_tokens_details"] == {"reasoning_tokens": reasoning}
    assert usage["completion_tokens"] == reasoning + count_text(message["content"])
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    quiet = json.loads(asked(chat(thinking={"type": "disabled"})).body)
    assert "completion_tokens_details" not in quiet["usage"]


def test_a_tool_call_is_streamed_in_fragments() -> None:
    """First id, type, name and empty arguments; then index and arguments only; a second call at index 1."""
    body = chat(
        "[[sim:tool_calls=2]]", stream=True, tools=[WEATHER], thinking={"type": "disabled"}, model="deepseek-v4-pro"
    )
    deltas = [event["choices"][0]["delta"] for event in events(asked(body))]
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert calls[0] == {
        "index": 0,
        "id": calls[0]["id"],
        "type": "function",
        "function": {"name": "weather", "arguments": ""},
    }
    assert calls[0]["id"].startswith("call_00_")
    second = next(place for place, call in enumerate(calls) if call["index"] == 1)
    assert calls[second]["id"].startswith("call_01_")
    assert all(set(call) == {"index", "function"} for call in calls[1:second] + calls[second + 1 :])
    joined = "".join(call["function"]["arguments"] for call in calls[:second])
    assert json.loads(joined) == {"day": "mon"}


def test_a_prompt_seen_before_hits_the_cache_in_blocks_of_64() -> None:
    """Hit and miss add up to the prompt, and the details repeat the hit."""
    one = provider()
    body = chat("word " * 100, thinking={"type": "disabled"})
    first = json.loads(one.answer(post(body, "/v1/chat/completions", KEY), None).body)["usage"]
    again = json.loads(one.answer(post(body, "/v1/chat/completions", KEY), None).body)["usage"]
    assert first["prompt_tokens"] == 4 + 125
    assert (first["prompt_cache_hit_tokens"], first["prompt_cache_miss_tokens"]) == (0, 129)
    assert (again["prompt_cache_hit_tokens"], again["prompt_cache_miss_tokens"]) == (128, 1)
    assert again["prompt_tokens_details"] == {"cached_tokens": 128}


def test_user_ids_do_not_share_a_cache() -> None:
    """`user_id` isolates."""
    one = provider()
    hits = []
    for user in ("a", "b", "a"):
        body = chat("word " * 100, user_id=user)
        answer = json.loads(one.answer(post(body, "/chat/completions", KEY), None).body)
        hits.append(answer["usage"]["prompt_cache_hit_tokens"])
    assert hits == [0, 0, 128]


def test_waiting_is_shown_by_keepalives() -> None:
    """Comments before a stream, blank lines before a body."""
    stream = asked(chat(stream=True), keepalives=2, keepalive_interval_s=0.5)
    assert stream.body.startswith(b": keep-alive\n\n: keep-alive\n\ndata: ")
    assert [piece.after_s for piece in stream.pieces[:3]] == [0.5, 0.5, 0]
    assert [piece.kind for piece in stream.pieces[:2]] == [PieceKind.COMMENT] * 2
    assert asked(chat("[[sim:keepalives=3]]")).body.startswith(b'\n\n\n{"id"')


@pytest.mark.parametrize(
    ("date", "name", "answered"),
    [
        ("2026-01-01T00:00:00Z", "deepseek-chat", "deepseek-chat"),
        ("2026-06-08T00:00:00Z", "deepseek-chat", "deepseek-v4-flash"),
        ("2026-07-25T00:00:00Z", "deepseek-chat", None),
        ("2026-07-25T00:00:00Z", "deepseek-v4-flash", "deepseek-v4-flash"),
        ("2026-07-25T00:00:00Z", "deepseek-flash", None),
        ("2026-10-06T00:00:00Z", "deepseek-chat", "deepseek-flash"),
        ("2026-10-06T00:00:00Z", "deepseek-v4-flash", "deepseek-flash"),
        ("2026-10-06T00:00:00Z", "gpt-4", None),
    ],
)
def test_names_are_served_as_of_a_date(date: str, name: str, answered: str | None) -> None:
    """Aliases come and go."""
    reply = asked(chat(model=name), as_of_ns=parse_instant(date))
    if answered is None:
        assert reply.status == 400
        assert message_of(reply).endswith(f"but you passed {name}.")
    else:
        assert json.loads(reply.body)["model"] == answered


def test_the_refusal_of_an_alias_in_the_words_of_july() -> None:
    """As it was quoted from a live reply of 2026-07-25."""
    reply = asked(chat(model="deepseek-chat"), as_of_ns=parse_instant("2026-07-25T00:00:00Z"))
    assert message_of(reply) == (
        "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed deepseek-chat."
    )


def test_a_wrong_key_to_the_byte() -> None:
    """Masked but for its end; the length is the recorded one for a key that ends in '-key'."""
    reply = asked(chat(), key="sk-wrong-key")
    assert reply.status == 401
    assert reply.body == (
        b'{"error":{"message":"Authentication Fails, Your api key: ****-key is invalid",'
        b'"type":"authentication_error","param":null,"code":"invalid_request_error"}}'
    )
    assert len(reply.body) == 153
    assert asked(chat(), key=None).status == 401


def test_a_context_too_long_to_the_byte() -> None:
    """With the content type of a download, as recorded."""
    reply = asked(chat("x" * 400), context_tokens=100)
    assert reply.status == 400
    assert dict(reply.headers)["content-type"] == "application/octet-stream"
    assert message_of(reply) == (
        "This model's maximum context length is 100 tokens. However, you requested 104 tokens (104 in the messages, "
        "0 in the completion). Please reduce the length of the messages or completion."
    )


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"n": 2}, 400, "Invalid n value (currently only n = 1 is supported)"),
        ({"response_format": {"type": "json_object"}}, 400, "Prompt must contain the word 'json'"),
        ({"response_format": {"type": "json_schema"}}, 400, "This response_format type is unavailable now"),
        ({"thinking": False}, 422, "expected struct ThinkingOptions"),
        ({"messages": "hello"}, 422, "Failed to deserialize the JSON body into the target type: "),
        ({"max_tokens": "many"}, 422, "Failed to deserialize the JSON body into the target type: "),
    ],
)
def test_a_bad_request_is_refused_in_its_words(fields: dict[str, Any], status: int, message: str) -> None:
    """Status and message; the code is always the same word."""
    reply = asked({**chat(), **fields})
    assert reply.status == status
    assert message in message_of(reply)
    assert json.loads(reply.body)["error"]["code"] == "invalid_request_error"


def test_a_body_that_is_no_json_is_refused() -> None:
    """422; 400 has been seen, too."""
    assert asked(b"{").status == 422


def tool_talk(**assistant: Any) -> dict[str, Any]:
    """A conversation with a tool call that has been answered."""
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    return chat(
        model="deepseek-v4-pro",
        tools=[WEATHER],
        messages=[
            {"role": "user", "content": "?"},
            {"role": "assistant", "content": None, "tool_calls": [call], **assistant},
            {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        ],
    )


def test_v4_pro_wants_its_reasoning_back() -> None:
    """With tools, while thinking; flash does not mind."""
    assert "must be passed back" in message_of(asked(tool_talk()))
    assert asked(tool_talk(reasoning_content="I thought")).status == 200
    assert asked({**tool_talk(), "thinking": {"type": "disabled"}}).status == 200
    assert asked({**tool_talk(), "model": "deepseek-flash"}).status == 200


def test_an_unanswered_tool_call_is_refused() -> None:
    """Every call needs its tool message."""
    body = tool_talk(reasoning_content="x")
    body["messages"] = body["messages"][:2]
    assert "insufficient tool messages" in message_of(asked(body))


def test_models_and_balance_are_listed() -> None:
    """At both addresses; amounts are texts."""
    names = [row["id"] for row in json.loads(provider().answer(get("/v1/models", KEY), None).body)["data"]]
    assert names == ["deepseek-v4-pro", "deepseek-flash"]
    assert json.loads(provider().answer(get("/user/balance", KEY), None).body) == {
        "is_available": True,
        "balance_infos": [
            {
                "currency": "USD",
                "total_balance": "100.00",
                "granted_balance": "0.00",
                "topped_up_balance": "100.00",
            }
        ],
    }


def test_no_balance_refuses_every_chat() -> None:
    """402."""
    reply = asked(chat(), balance="0.00")
    assert (reply.status, message_of(reply)) == (402, "Insufficient Balance")


def test_other_addresses_do_not_exist() -> None:
    """404."""
    assert provider().answer(post({}, "/embeddings", KEY), None).status == 404


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 422, 429, 500, 502, 503, 504])
def test_every_status_has_a_reply(status: int) -> None:
    """In this provider's words; the load balancer answers in HTML."""
    reply = provider().refusal(f"status_{status}", post({}, "/", KEY))
    assert reply.status == status
    if status in (502, 504):
        assert reply.body.startswith(b"<html>")
    else:
        assert set(json.loads(reply.body)["error"]) == {"message", "type", "param", "code"}


def test_causes_have_their_replies() -> None:
    """Billing, content and context, whatever the request."""
    request = post({}, "/", KEY)
    assert provider().refusal("billing", request).status == 402
    assert message_of(provider().refusal("content_policy", request)) == "Content Exists Risk"
    assert "maximum context length is 1048565" in message_of(provider().refusal("context_length", request))


PLAIN = (
    '{"id":"a1c652b9-3647-45ef-8c07-062d573d6beb","object":"chat.completion",'
    '"created":1795000000,"model":"deepseek-flash","choices":[{"index":0,'
    '"message":{"role":"assistant","content":"好 ice "},"logprobs":null,'
    '"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,'
    '"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0},'
    '"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":9},'
    '"system_fingerprint":"aeb56401ca74e127821c4f9126dcb669"}'
)
STREAM = (
    'data: {"id":"a1c652b9-3647-45ef-8c07-062d573d6beb","object":"chat.completion.chunk",'
    '"created":1795000000,"model":"deepseek-flash",'
    '"system_fingerprint":"aeb56401ca74e127821c4f9126dcb669","choices":[{"index":0,'
    '"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],'
    '"usage":null}\n\n'
    'data: {"id":"a1c652b9-3647-45ef-8c07-062d573d6beb","object":"chat.completion.chunk",'
    '"created":1795000000,"model":"deepseek-flash",'
    '"system_fingerprint":"aeb56401ca74e127821c4f9126dcb669","choices":[{"index":0,'
    '"delta":{"content":"好 "},"logprobs":null,"finish_reason":null}],"usage":null}\n\n'
    'data: {"id":"a1c652b9-3647-45ef-8c07-062d573d6beb","object":"chat.completion.chunk",'
    '"created":1795000000,"model":"deepseek-flash",'
    '"system_fingerprint":"aeb56401ca74e127821c4f9126dcb669","choices":[{"index":0,'
    '"delta":{"content":"ice "},"logprobs":null,"finish_reason":null}],"usage":null}\n\n'
    'data: {"id":"a1c652b9-3647-45ef-8c07-062d573d6beb","object":"chat.completion.chunk",'
    '"created":1795000000,"model":"deepseek-flash",'
    '"system_fingerprint":"aeb56401ca74e127821c4f9126dcb669","choices":[{"index":0,'
    '"delta":{"content":""},"logprobs":null,"finish_reason":"stop"}],'
    '"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,'
    '"prompt_tokens_details":{"cached_tokens":0},"prompt_cache_hit_tokens":0,'
    '"prompt_cache_miss_tokens":9}}\n\n'
    "data: [DONE]\n\n"
)
