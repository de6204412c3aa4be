"""Faults in what the events of a stream say."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_streams import LEAKED_KEY, STREAM_FAULTS
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import Reply

PATH, KEY = "/chat/completions", "sk-sim-deepseek"
QUIET = {"thinking": {"type": "disabled"}}


def honest(*, stream: bool = True) -> Reply:
    """Four events of content, with nothing wrong."""
    request = post(chat("[[sim:events=4]]", stream=stream, **QUIET), PATH, KEY)
    return DeepSeekProvider(settings("deepseek"), fixed_clock()).answer(request, None)


def wrong(name: str, reply: Reply, **call: Any) -> Reply:
    """The reply with the fault."""
    fault = Fault(name)
    error = DeepSeekProvider(settings("deepseek"), fixed_clock()).refusal("status_500", post({}, "/", None))
    return STREAM_FAULTS[fault](reply, FaultCall(fault=fault, **call), error)


def test_the_id_changes_once() -> None:
    """From `after_events` on."""
    ids = [event["id"] for event in events(wrong("change_id", honest(), after_events=2))]

    assert ids[0] == ids[1]
    assert set(ids[2:]) == {"chatcmpl-another"}


def test_the_finish_reason_is_dropped_and_the_usage_is_not() -> None:
    """It rides on the same event."""
    found = events(wrong("drop_finish", honest()))

    assert {choice["finish_reason"] for event in found for choice in event["choices"]} == {None}
    assert found[-1]["usage"]["completion_tokens"] == 4


def test_the_role_is_on_every_delta() -> None:
    """The last one included."""
    found = events(wrong("repeat_role", honest()))

    assert {event["choices"][0]["delta"]["role"] for event in found} == {"assistant"}


def test_a_cut_stream_ends_as_if_it_were_whole() -> None:
    """Its finish reason, its usage and [DONE] are there, half of its words are not."""
    reply = wrong("false_done", honest(), after_events=2)

    assert len(events(reply)) == 3
    assert events(reply)[-1]["choices"][0]["finish_reason"] == "stop"
    assert reply.body.endswith(b"data: [DONE]\n\n")


def test_wide_characters_are_garbled() -> None:
    """As many marks as there were bytes; ASCII is left alone."""
    plain, garbled = honest().body.decode(), wrong("garble_utf8", honest()).body.decode()

    assert garbled.isascii() is False
    assert [char for char in garbled if char.isascii()] == [char for char in plain if char.isascii()]
    assert {char for char in garbled if not char.isascii()} == {"\N{REPLACEMENT CHARACTER}"}


def test_errors_leak_and_answers_do_not() -> None:
    """A key, an address and a file."""
    refused = DeepSeekProvider(settings("deepseek"), fixed_clock()).answer(post(chat(), PATH, None), None)
    told = json.loads(wrong("leak_upstream", refused).body)["error"]["message"]

    assert LEAKED_KEY in told
    assert "https://llm-internal.example:8443" in told
    assert "/srv/relay/upstream.py" in told
    assert wrong("leak_upstream", honest(stream=False)) == honest(stream=False)


@pytest.mark.parametrize("name", ["change_id", "drop_finish", "repeat_role", "false_done"])
def test_a_whole_answer_has_no_events_to_spoil(name: str) -> None:
    """It is left alone."""
    assert wrong(name, honest(stream=False)) == honest(stream=False)
