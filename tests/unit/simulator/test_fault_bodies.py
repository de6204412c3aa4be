"""Faults in what a reply says."""

import gzip
import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat, events, fixed_clock, post, settings

from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_bodies import BODY_FAULTS, FOREIGN_FRAME, HTML
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import Reply


def honest(stream: bool, family: str = "deepseek") -> Reply:
    """A reply with nothing wrong."""
    body = chat("[[sim:events=4]]", stream=stream, stream_options={"include_usage": True})
    if family == "qwen":
        request = post({**body, "model": "qwen-plus"}, "/compatible-mode/v1/chat/completions", "sk-sim-qwen")
        return QwenProvider(settings("qwen"), fixed_clock()).answer(request, None)
    request = post({**body, "thinking": {"type": "disabled"}}, "/chat/completions", "sk-sim-deepseek")
    return DeepSeekProvider(settings("deepseek"), fixed_clock()).answer(request, None)


def wrong(name: str, *, stream: bool = True, family: str = "deepseek", **call: Any) -> Reply:
    """The reply with the fault."""
    fault = Fault(name)
    error = DeepSeekProvider(settings("deepseek"), fixed_clock()).refusal("status_500", post({}, "/", None))
    return BODY_FAULTS[fault](honest(stream, family), FaultCall(fault=fault, **call), error)


def usages(reply: Reply) -> list[dict[str, Any]]:
    """Every usage object in a stream."""
    return [event["usage"] for event in events(reply) if event.get("usage")]


def test_an_error_event_ends_the_stream() -> None:
    """After the asked number of events; no [DONE]."""
    reply = wrong("error_event", after_events=2)
    assert len(events(reply)) == 3
    assert events(reply)[-1]["error"]["type"] == "internal_error"
    assert b"[DONE]" not in reply.body


@pytest.mark.parametrize("name", ["error_event", "error_in_200"])
def test_an_error_in_a_plain_200_is_its_body(name: str) -> None:
    """There is no event to send."""
    reply = wrong(name, stream=False)
    assert reply.status == 200
    assert set(json.loads(reply.body)) == {"error"}


def test_an_error_in_a_200_stream_is_its_only_event() -> None:
    """Nothing before, nothing behind."""
    assert [set(event) for event in events(wrong("error_in_200"))] == [{"error"}]


def test_html_replaces_the_reply() -> None:
    """With its own content type."""
    reply = wrong("html_200")
    assert (reply.status, reply.body) == (200, HTML)
    assert dict(reply.headers)["content-type"].startswith("text/html")


def test_an_empty_body_keeps_its_headers() -> None:
    """200, the promised type, and nothing."""
    reply = wrong("empty_body")
    assert reply.body == b""
    assert not reply.chunked
    assert reply.is_stream


@pytest.mark.parametrize("stream", [True, False])
def test_another_model_is_named(stream: bool) -> None:
    """In every frame or in the body."""
    reply = wrong("wrong_model", stream=stream)
    named = [event["model"] for event in events(reply)] if stream else [json.loads(reply.body)["model"]]
    assert set(named) == {"sim-other-model"}


def test_data_follows_the_end() -> None:
    """Behind [DONE], or behind the JSON."""
    assert wrong("trailing_after_done").body.split(b"data: [DONE]\n\n")[1].startswith(b"data: {")
    whole = honest(stream=False).body
    assert wrong("trailing_after_done", stream=False).body.startswith(whole + b"\n{")


def test_a_huge_line_has_no_end() -> None:
    """As many bytes as asked for."""
    reply = wrong("huge_line", after_events=1, count=100_000)
    assert reply.body.split(b"\n\n")[-1] == b"data: " + b"x" * 100_000
    assert len(wrong("huge_line").body) > 4 * 1024 * 1024


def test_a_big_event_is_well_formed() -> None:
    """Exactly as long as asked for, line end included; the answer goes on behind it."""
    reply = wrong("big_event", after_events=1)
    assert len(reply.pieces[1].data) == 1024 * 1024
    assert json.loads(reply.pieces[1].data[6:])["choices"] == []
    assert len(reply.pieces) == len(honest(stream=True).pieces) + 1


@pytest.mark.parametrize(("stream", "line"), [(True, b": still here\n\n"), (False, b"\n")])
def test_comments_come_before_the_answer(stream: bool, line: bytes) -> None:
    """Ten thousand, or as many as asked for."""
    assert wrong("ten_thousand_comments", stream=stream).body == line * 10_000 + honest(stream).body
    assert wrong("ten_thousand_comments", stream=stream, count=3).body == line * 3 + honest(stream).body


def test_keepalives_come_before_the_answer() -> None:
    """Spaced as asked for."""
    reply = wrong("keepalives_then_answer", count=2, seconds=1.5)
    assert reply.body == b": keep-alive\n\n" * 2 + honest(stream=True).body
    assert [piece.after_s for piece in reply.pieces[:3]] == [1.5, 1.5, 0.0]


def test_a_gzip_body_says_so() -> None:
    """And holds the honest one."""
    reply = wrong("gzip_body")
    assert dict(reply.headers)["content-encoding"] == "gzip"
    assert gzip.decompress(reply.body) == honest(stream=True).body


@pytest.mark.parametrize("family", ["deepseek", "qwen"])
def test_a_foreign_frame_follows_the_usage(family: str) -> None:
    """Between it and [DONE]."""
    reply = wrong("foreign_frame", family=family)
    assert events(reply)[-1] == FOREIGN_FRAME
    assert events(reply)[-2]["usage"]
    assert json.loads(wrong("foreign_frame", stream=False).body)["x-sim-cost"] == "0.00063346"


@pytest.mark.parametrize("family", ["deepseek", "qwen"])
def test_usage_can_be_missing(family: str) -> None:
    """In streams of both kinds, and in a body; the finish reason stays."""
    stream = wrong("missing_usage", family=family)
    assert usages(stream) == []
    assert stream.body.endswith(b"data: [DONE]\n\n")
    assert events(stream)[-1]["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in json.loads(wrong("missing_usage", stream=False, family=family).body)


def test_usage_can_be_impossible() -> None:
    """Negative, over 64 bits, or a part over its whole."""
    assert all(count < 0 for count in usages(wrong("negative_usage"))[0].values() if isinstance(count, int))
    assert usages(wrong("absurd_usage"))[0]["prompt_tokens"] > 2**64
    inconsistent = usages(wrong("inconsistent_usage"))[0]
    assert inconsistent["prompt_tokens_details"]["cached_tokens"] > inconsistent["prompt_tokens"]


@pytest.mark.parametrize("family", ["deepseek", "qwen"])
def test_usage_can_come_twice(family: str) -> None:
    """In a frame of its own; in a body, under the same name twice."""
    twice = usages(wrong("duplicate_usage", family=family))
    assert len(twice) == 2
    assert twice[0] == twice[1]
    body = wrong("duplicate_usage", stream=False, family=family).body
    assert body.count(b'"usage":') == 2
    assert json.loads(body)["usage"] == json.loads(honest(False, family).body)["usage"]
