"""Faults in how a request is understood."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, fixed_clock, get, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_requests import REQUEST_FAULTS
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import HttpRequest, Reply

KEY = "sk-sim-deepseek"
PATH = "/chat/completions"
QUIET = {"thinking": {"type": "disabled"}}
TOLD = [
    {"role": "system", "content": "The code of the sun is sss."},
    {"role": "user", "content": "The code of the sea is uuu."},
    {"role": "assistant", "content": "Noted."},
]


def struck(name: str, request: HttpRequest, **call: Any) -> Reply:
    """The reply of a fresh provider that commits the fault."""
    fault = Fault(name)
    provider = DeepSeekProvider(settings("deepseek"), fixed_clock())
    return REQUEST_FAULTS[fault](provider, request, FaultCall(fault=fault, **call))


def said(reply: Reply) -> str:
    """The content of a whole answer."""
    return str(json.loads(reply.body)["choices"][0]["message"]["content"])


def asking(thing: str) -> HttpRequest:
    """A question behind the messages that tell."""
    question = {"role": "user", "content": f"What is the code of {thing}?"}
    return post({**chat(**QUIET), "messages": [*TOLD, question]}, PATH, KEY)


@pytest.mark.parametrize(("control", "length"), [("max_tokens", 6), (None, 6), ("stop", 1)])
def test_a_dropped_control_has_no_effect(control: str | None, length: int) -> None:
    """The one that is named, or all but the model, the messages and the stream."""
    body = chat("Repeat the word ab 8 times", max_tokens=1, **QUIET)
    reply = struck("drop_control", post(body, PATH, KEY), control=control)

    assert json.loads(reply.body)["usage"]["completion_tokens"] >= length


def test_a_control_is_rejected_only_where_it_is_given() -> None:
    """With OpenAI's code for a parameter that the model does not have."""
    refused = struck("reject_control", post(chat(stop="x"), PATH, KEY), control="stop")

    assert refused.status == 400
    assert json.loads(refused.body)["error"]["code"] == "unsupported_parameter"
    assert json.loads(refused.body)["error"]["param"] == "stop"
    assert struck("reject_control", post(chat(), PATH, KEY), control="stop").status == 200


@pytest.mark.parametrize(
    ("fault", "sun", "sea"),
    [("drop_system", False, True), ("drop_history", True, False)],
)
def test_dropped_messages_are_not_known(fault: str, sun: bool, sea: bool) -> None:
    """The system's, or all earlier turns."""
    assert (said(struck(fault, asking("the sun"))) == "sss") is sun
    assert (said(struck(fault, asking("the sea"))) == "uuu") is sea


@pytest.mark.parametrize("key", [None, "sk-wrong", KEY])
def test_any_key_is_taken(key: str | None) -> None:
    """As if it were the provider's own."""
    assert struck("accept_any_key", post(chat(), PATH, key)).status == 200


@pytest.mark.parametrize(("fault", "status"), [("accept_any_value", 200), ("crash_on_bad_value", 500)])
def test_wrong_values_are_not_refused(fault: str, status: int) -> None:
    """Answered, or not survived; right ones are answered as ever."""
    assert struck(fault, post(chat(temperature=9), PATH, KEY)).status == status
    assert struck(fault, post(b"{", PATH, KEY)).status == status
    assert struck(fault, post(chat(), PATH, KEY)).status == 200


def test_an_unknown_model_falls_back_under_its_own_name() -> None:
    """So that the answer does not show it; a known one is left alone."""
    reply = struck("fall_back_model", post(chat(model="no-such"), PATH, KEY))

    assert (reply.status, json.loads(reply.body)["model"]) == (200, "no-such")
    assert json.loads(struck("fall_back_model", post(chat(), PATH, KEY)).body)["model"] == "deepseek-flash"


def test_the_list_of_models_is_hidden() -> None:
    """Chats go on."""
    assert json.loads(struck("hide_models", get("/models", KEY)).body)["data"] == []
    assert struck("hide_models", post(chat(), PATH, KEY)).status == 200
