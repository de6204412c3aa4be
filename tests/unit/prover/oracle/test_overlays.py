"""Overlays: every entry has a source, and takes back a finding that the strict oracle does make."""

import json
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.support.golden_answers import call, completion, error, models
from tests.support.golden_streams import ASKED, USAGE, Frame, body, calls, fragment, opening, part, text_frames

from routeproof.dialects.registry import DIALECT_NAMES
from routeproof.prover.oracle.asked import AnswerAsked, StreamAsked
from routeproof.prover.oracle.finding_codes import RULES
from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.overlay_entries import ENTRIES, Entry
from routeproof.prover.oracle.overlays import STRICT, Overlay, overlay_named
from routeproof.prover.oracle.response_schema import examine_completion, examine_error, examine_models
from routeproof.prover.oracle.stream.oracle import examine_stream

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
UNASKED = StreamAsked(include_usage=False)
Examine = Callable[[Overlay], Iterable[Finding]]
OWN = [(dialect, entry) for dialect, entries in ENTRIES.items() for entry in entries]
each_entry = pytest.mark.parametrize(
    ("dialect", "entry"), OWN, ids=[f"{dialect}-{entry.code}-{entry.where}" for dialect, entry in OWN]
)


def streamed(frames: list[Frame], asked: StreamAsked = ASKED) -> Examine:
    """A stream of these frames."""
    return lambda overlay: examine_stream(body(frames), overlay, asked).findings


def with_delta(**members: Any) -> list[Frame]:
    """The plain answer with another member in its first delta."""
    frames = text_frames()
    frames[0]["choices"][0]["delta"].update(members)
    return frames


def ended(reason: str) -> list[Frame]:
    """The plain answer with another finish reason."""
    frames = text_frames()
    frames[-2]["choices"][0]["finish_reason"] = reason
    return frames


def on_finish() -> list[Frame]:
    """The plain answer with its usage on the chunk with the finish reason."""
    frames = text_frames()
    usage = frames.pop()["usage"]
    frames[-1]["usage"] = usage
    return frames


def with_role(role: object) -> list[Frame]:
    """The plain answer with a role in a later delta."""
    frames = text_frames()
    frames[2]["choices"][0]["delta"]["role"] = role
    return frames


def without_finish_key() -> list[Frame]:
    """The plain answer whose chunks leave an open finish reason out."""
    frames = text_frames()
    for frame in frames[:-2]:
        del frame["choices"][0]["finish_reason"]
    return frames


def fragments(**members: Any) -> list[Frame]:
    """One tool call, with more members in its second fragment."""
    later = fragment(0, "{}", **{key: value for key, value in members.items() if key != "name"})
    later["function"].update({key: value for key, value in members.items() if key == "name"})
    opened = [part({"role": "assistant", "content": ""}), calls(opening(0, "time", "call_a"))]
    return [*opened, calls(later), part({}, "tool_calls"), {**text_frames()[-1], "usage": USAGE}]


def answered(change: Callable[[Frame], object]) -> Examine:
    """A whole answer, changed."""
    answer = completion()
    message = answer["choices"][0]["message"]
    message["tool_calls"] = [call("call_a", "time", "{}")]
    answer["choices"][0]["finish_reason"] = "tool_calls"
    change(answer)
    return lambda overlay: examine_completion(json.dumps(answer).encode(), overlay, AnswerAsked()).findings


def message_of(answer: Frame) -> Frame:
    """Its message."""
    found: Frame = answer["choices"][0]["message"]
    return found


def listed(**members: Any) -> Examine:
    """A list of models with other members in its row, and without those that are None."""
    answer = models()
    answer["data"][0].update(members)
    answer["data"][0] = {key: value for key, value in answer["data"][0].items() if value is not None}
    return lambda overlay: examine_models(json.dumps(answer).encode(), overlay).findings


def refused(data: bytes | Frame, content_type: str | None = None) -> Examine:
    """An error answer."""
    given = data if isinstance(data, bytes) else json.dumps(data).encode()
    return lambda overlay: examine_error(given, overlay, content_type=content_type).findings


def listed_by_a_gateway(overlay: Overlay) -> Iterable[Finding]:
    """A list of models that says that it worked, and not that it is a list."""
    rows = {"success": True, "data": models()["data"]}
    return examine_models(json.dumps(rows).encode(), overlay).findings


def reasoned(answer: Frame) -> None:
    """With the channel of the reasoning."""
    message_of(answer)["reasoning_content"] = "hm"


ERROR = json.dumps(error()).encode()
SAMPLES: dict[tuple[str, str], Examine] = {
    ("usage_on_choices", "finish chunk"): streamed(on_finish()),
    ("usage_unasked", "finish chunk"): streamed(on_finish(), UNASKED),
    ("member_unknown", "choices[].delta.reasoning_content"): streamed(with_delta(reasoning_content="")),
    ("member_unknown", "choices[].message.reasoning_content"): answered(reasoned),
    ("member_unknown", "choices[].message.tool_calls[].index"): answered(
        lambda answer: message_of(answer)["tool_calls"][0].update(index=0)
    ),
    ("nullable_member_missing", "choices[].message.refusal"): answered(
        lambda answer: message_of(answer).pop("refusal")
    ),
    ("nullable_member_missing", "choices[].logprobs"): answered(lambda answer: answer["choices"][0].pop("logprobs")),
    ("finish_reason_unknown", "insufficient_system_resource"): streamed(ended("insufficient_system_resource")),
    ("finish_reason_unknown", "aborted"): streamed(ended("aborted")),
    ("blank_before_body", ""): refused(b"\n\n" + ERROR),
    ("content_type_wrong", "application/octet-stream"): refused(ERROR, "application/octet-stream"),
    ("content_type_wrong", "text/event-stream"): refused(ERROR, "text/event-stream;charset=UTF-8"),
    ("error_framed_as_event", ""): refused(b"data: " + ERROR + b"\n\n"),
    ("member_unknown", "request_id"): refused(error(request_id="r")),
    ("member_unknown", "id"): refused(error(id="chatcmpl-1")),
    ("nullable_member_missing", "error.param"): refused({"error": {"message": "m", "type": "t", "code": ""}}),
    ("member_missing", "data[].created"): listed(created=None),
    **{
        ("member_unknown", f"data[].{name}"): listed(**{name: "x"})
        for name in (
            *("name", "context_window", "max_output_tokens", "input_modalities", "effort", "api_capabilities"),
            *("supported_endpoint_types", "permission", "root", "parent"),
        )
    },
    ("member_unknown", "success"): listed_by_a_gateway,
    ("member_missing", "object"): listed_by_a_gateway,
    ("nullable_member_missing", "choices[].finish_reason"): streamed(without_finish_key()),
    ("member_null", "choices[].delta.role"): streamed(with_role(None)),
    ("role_repeated", ""): streamed(with_role("assistant")),
    ("member_null", "system_fingerprint"): streamed([{**one, "system_fingerprint": None} for one in text_frames()]),
    ("tool_id_repeated", ""): streamed(fragments(id="call_a")),
    ("tool_id_empty", ""): streamed(fragments(id="")),
    ("tool_name_empty", ""): streamed(fragments(name="")),
    ("tool_type_repeated", ""): streamed(fragments(type="function")),
    ("foreign_frame", "after usage"): streamed([*text_frames(), {"choices": [], "cost": "0.1", "usage": None}]),
}
"""A body for each entry, whichever dialect has it."""


def keys(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """Code and place of each."""
    return {(one.code, one.where) for one in findings}


@each_entry
def test_an_entry_takes_back_what_the_strict_oracle_finds(dialect: str, entry: Entry) -> None:
    """By OpenAI's documents it is a finding; for the dialect it is none, and all that was."""
    key = (entry.code, entry.where)
    examine = SAMPLES[key]

    assert key in keys(examine(STRICT))
    assert keys(examine(overlay_named(dialect))) <= keys(examine(STRICT)) - {key}


@each_entry
def test_an_entry_has_a_source(dialect: str, entry: Entry) -> None:
    """An address or a recording of that provider; a reason in a sentence; a code that there is."""
    recorded = {"deepseek": "deepseek", "qwen": "alibaba"}.get(dialect, "none")

    assert re.fullmatch(rf"https://[\w.-]+/\S+|recordings/{recorded}__\S+__\d\d\.json", entry.source)
    assert re.fullmatch(r"[A-Z].*\.", entry.why)
    assert entry.code in RULES


@pytest.mark.skipif(FOLDER is None, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
@pytest.mark.parametrize(
    ("dialect", "entry"), [(dialect, entry) for dialect, entry in OWN if entry.source.startswith("recordings/")]
)
def test_a_recorded_source_shows_what_the_entry_allows(dialect: str, entry: Entry) -> None:
    """The strict oracle finds it there, and the overlay takes it back."""
    assert FOLDER is not None
    recording = json.loads((Path(FOLDER) / entry.source.removeprefix("recordings/")).read_text("utf-8"))
    response = recording["response"]
    data = json.dumps(response["json"]).encode() if response["body"] is None else response["body"].encode()
    examine: Examine = refused(data, response["headers"]["content-type"])
    if response["body"] is not None:
        asked = StreamAsked(include_usage=True, choices=recording["request"]["body"].get("n", 1))
        examine = lambda overlay: examine_stream(data, overlay, asked).findings  # noqa: E731
    elif response["status"] == 200:
        examine = lambda overlay: examine_completion(data, overlay, AnswerAsked()).findings  # noqa: E731

    assert (entry.code, entry.where) in keys(examine(STRICT))
    assert keys(examine(overlay_named(dialect))) == set()


def test_every_dialect_has_an_overlay() -> None:
    """And OpenAI's own is empty."""
    assert tuple(ENTRIES) == DIALECT_NAMES
    assert STRICT.entries == ()


def test_an_unknown_dialect_is_refused() -> None:
    """With the names that there are."""
    with pytest.raises(ValueError, match="openai, deepseek, qwen, newapi"):
        overlay_named("claude")


def test_a_gateway_shows_its_providers_ways() -> None:
    """new-api passes frames on as they came."""
    gateway = overlay_named("newapi").allowed
    assert gateway > overlay_named("deepseek").allowed | overlay_named("qwen").allowed
