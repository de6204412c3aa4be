"""A simulated gateway of the new-api family: honest books, and faults of its own."""

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, get, post, settings

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.newapi import NewApiGateway
from routeproof.simulator.newapi_prices import RATIOS, Counts, Ratios, counts_in, quota
from routeproof.simulator.reply import Reply

KEY = "sk-sim-newapi"
PATH = "/v1/chat/completions"


def gateway(**changes: Any) -> NewApiGateway:
    """A fresh gateway at a fixed instant."""
    return NewApiGateway(settings("newapi", **changes), fixed_clock())


def asked(body: dict[str, Any], fault: Fault | None = None, one: NewApiGateway | None = None) -> Reply:
    """The reply to a chat, with a fault if one is named."""
    call = None if fault is None else FaultCall(fault=fault)
    return (one or gateway()).answer(post(body, PATH, KEY), call)


def page(one: NewApiGateway, path: str, query: str = "") -> dict[str, Any]:
    """A page as an object."""
    return dict(json.loads(one.answer(get(path, KEY, query), None).body))


def log_of(one: NewApiGateway) -> list[dict[str, Any]]:
    """The token's log."""
    return list(page(one, "/api/log/token", f"key={KEY}")["data"])


def test_a_request_reaches_the_provider_of_its_model() -> None:
    """Both families' shapes pass unchanged but for the headers."""
    deepseek = asked(chat())
    assert json.loads(deepseek.body)["system_fingerprint"] == "aeb56401ca74e127821c4f9126dcb669"
    assert [name for name, _ in deepseek.headers] == ["content-type", "x-oneapi-request-id"]
    qwen = asked(chat(model="qwen-plus", stream=True))
    assert events(qwen)[0]["model"] == "qwen-plus"


def test_usage_is_always_asked_for_and_hidden_again() -> None:
    """A client that did not ask sees no usage chunk, and the log knows the tokens all the same."""
    one = gateway()
    quiet = asked(chat(model="qwen-plus", stream=True), one=one)
    assert all(event["choices"] for event in events(quiet))
    assert log_of(one)[0]["prompt_tokens"] == 6
    asking = asked(chat(model="qwen-plus", stream=True, stream_options={"include_usage": True}))
    assert events(asking)[-1]["choices"] == []


def test_the_log_bills_by_the_published_ratios() -> None:
    """(prompt - cached + cached x cache ratio + completion x completion ratio) x model ratio."""
    one = gateway()
    asked(chat("x" * 400, model="qwen-plus"), one=one)
    usage = json.loads(asked(chat("x" * 400, model="qwen-plus"), one=one).body)["usage"]
    row = log_of(one)[0]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    assert cached == 64
    exact = (usage["prompt_tokens"] - cached + cached * Decimal("0.2") + usage["completion_tokens"] * 3) * Decimal(
        "0.2"
    )
    assert row["quota"] == int(exact + Decimal("0.5"))
    assert json.loads(row["other"])["cache_tokens"] == cached
    published = {entry["model_name"]: entry for entry in page(one, "/api/pricing")["data"]}["qwen-plus"]
    assert (published["model_ratio"], published["completion_ratio"], published["cache_ratio"]) == (0.2, 3, 0.2)


def test_quota_is_at_least_one_unless_free() -> None:
    """And half a unit is rounded up."""
    cheap = Ratios(Decimal("0.001"), Decimal(1), Decimal(1))
    assert quota(Counts(prompt=1), cheap) == 1
    assert quota(Counts(), cheap) == 0
    assert quota(Counts(prompt=2_500), cheap) == 3
    assert quota(Counts(prompt=1_000, created=1_000), Ratios(Decimal(1), Decimal(1), Decimal(0))) == 1_250


def test_usage_that_is_missing_counts_nothing() -> None:
    """Whatever stands in its place."""
    assert counts_in(None) == counts_in({"prompt_tokens": True}) == Counts()


def test_the_balance_follows_the_log() -> None:
    """Usage in cents, the limit in dollars, 500,000 quota to the dollar."""
    one = gateway(quota=1_000_000)
    assert page(one, "/v1/dashboard/billing/subscription")["hard_limit_usd"] == 2
    for _ in range(3):
        asked(chat(), one=one)
    spent = sum(row["quota"] for row in log_of(one))
    assert page(one, "/v1/dashboard/billing/usage") == {"object": "list", "total_usage": spent / 5_000}


def test_an_exhausted_quota_refuses() -> None:
    """403 in this family's words."""
    one = gateway(quota=1)
    assert asked(chat(), one=one).status == 200
    refused = asked(chat(), one=one)
    assert refused.status == 403
    assert json.loads(refused.body)["error"]["code"] == "insufficient_user_quota"


def test_the_lists_agree() -> None:
    """What is priced is offered."""
    one = gateway()
    offered = [row["id"] for row in page(one, "/v1/models")["data"]]
    assert offered == [row["model_name"] for row in page(one, "/api/pricing")["data"]] == list(RATIOS)


def test_a_log_needs_its_key() -> None:
    """With or without the prefix."""
    one = gateway()
    asked(chat(), one=one)
    assert len(page(one, "/api/log/token", "key=sim-newapi")["data"]) == 1
    assert page(one, "/api/log/token", "key=other") == {"message": "invalid token", "success": False}


def test_a_wrong_key_a_wrong_address_and_a_broken_body() -> None:
    """401, 404 and 400 in this family's envelope, the request id behind the words."""
    wrong = gateway().answer(post(chat(), PATH, "sk-other"), None)
    assert (wrong.status, json.loads(wrong.body)["error"]["type"]) == (401, "new_api_error")
    assert "(request id: sim" in json.loads(wrong.body)["error"]["message"]
    assert gateway().answer(get("/v1/elsewhere", KEY), None).status == 404
    assert gateway().answer(post(b"{", PATH, KEY), None).status == 400


def test_a_providers_error_keeps_its_words() -> None:
    """Under this gateway's envelope, and unbilled."""
    one = gateway()
    refused = asked(chat(n=2), one=one)
    error = json.loads(refused.body)["error"]
    assert refused.status == 400
    assert error["message"].startswith("Invalid n value (currently only n = 1 is supported) (request id: sim")
    assert log_of(one) == []


def test_an_unknown_model_has_no_channel() -> None:
    """Honest: 503. Dishonest: another model answers, and only the log tells."""
    refused = asked(chat(model="gpt-9"))
    assert refused.status == 503
    assert json.loads(refused.body)["error"]["code"] == "model_not_found"
    one = gateway()
    answered = asked(chat(model="gpt-9"), Fault.SUBSTITUTE_MODEL, one)
    assert answered.status == 200
    other = json.loads(log_of(one)[0]["other"])
    assert (other["is_model_mapped"], other["upstream_model_name"]) == (True, "deepseek-flash")


@pytest.mark.parametrize("stream", [True, False])
def test_reasoning_can_be_dropped(stream: bool) -> None:
    """Nothing of it is left, and the content is whole."""
    honest, dropped = asked(chat(stream=stream)), asked(chat(stream=stream), Fault.DROP_REASONING)
    assert b"reasoning_content" in honest.body
    assert b"reasoning_content" not in dropped.body
    if stream:
        assert text_of(dropped) == text_of(honest)
        assert all(any(event["choices"][0]["delta"].values()) for event in events(dropped)[:-1])


def text_of(reply: Reply) -> str:
    """The content of a stream."""
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events(reply))


def test_a_stream_can_collapse() -> None:
    """Into one JSON body, or into one giant event; the text is the same."""
    body = chat(model="qwen-plus", stream=True)
    as_json = asked(body, Fault.COLLAPSE_TO_JSON)
    assert not as_json.is_stream
    assert json.loads(as_json.body)["choices"][0]["message"]["content"] == text_of(asked(body))
    as_event = asked(body, Fault.COLLAPSE_TO_EVENT)
    assert as_event.is_stream
    assert len(events(as_event)) == 1
    assert text_of(as_event) == text_of(asked(body))
    assert as_event.body.endswith(b"data: [DONE]\n\n")


def test_a_markup_is_charged_and_not_published() -> None:
    """Half as much again, under the same ratios."""
    honest, dishonest = gateway(), gateway()
    asked(chat("x" * 4_000), one=honest)
    asked(chat("x" * 4_000), Fault.MARK_UP, dishonest)
    fair, marked = log_of(honest)[0], log_of(dishonest)[0]
    assert abs(marked["quota"] - fair["quota"] * 1.5) <= 1
    assert marked["other"] == fair["other"]


@pytest.mark.parametrize("name", ["billing", "content_policy", "context_length", "status_429", "status_503"])
def test_refusals_are_in_this_familys_envelope(name: str) -> None:
    """Code, message, type."""
    reply = gateway().refusal(name, post({}, PATH, KEY))
    assert list(json.loads(reply.body)["error"]) == ["code", "message", "type"]


def test_an_open_mark_up_is_listed_and_charged() -> None:
    """By the ratio of the gateway's one group; a hidden one comes on top of it."""
    one = gateway(group_ratio="1.5")
    asked(chat("x" * 4000), one=one)
    asked(chat("y" * 4000), Fault.MARK_UP, one=one)
    hidden, honest = log_of(one)
    plain = gateway()
    asked(chat("x" * 4000), one=plain)

    assert page(one, "/api/pricing")["group_ratio"] == {"default": 1.5}
    assert json.loads(honest["other"])["group_ratio"] == json.loads(hidden["other"])["group_ratio"] == 1.5
    assert honest["quota"] == pytest.approx(log_of(plain)[0]["quota"] * 1.5, abs=1)
    assert hidden["quota"] > honest["quota"]


def test_a_tiered_row_says_that_an_expression_decides() -> None:
    """Its ratios stay where they were."""
    rows = {row["model_name"]: row for row in page(gateway(tiered=("qwen-plus",)), "/api/pricing")["data"]}

    assert (rows["qwen-plus"]["billing_mode"], rows["qwen-plus"]["model_ratio"]) == ("tiered_expr", 0.2)
    assert "billing_mode" not in rows["qwen3-max"]
