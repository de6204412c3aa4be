"""Seeded defects of streams, each with the code that must name it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from tests.support.golden_streams import (
    ASKED,
    DONE,
    TEXT,
    USAGE,
    Frame,
    body,
    calls,
    event,
    fragment,
    frame,
    part,
    text_frames,
    tool_frames,
)

from routeproof.prover.oracle.asked import StreamAsked


@dataclass(frozen=True)
class Defect:
    """A stream with one thing wrong."""

    name: str
    code: str
    body: bytes
    asked: StreamAsked = ASKED


def _text(name: str, code: str, change: Callable[[list[Frame]], object], **asked: Any) -> Defect:
    """The plain answer with its frames changed in place."""
    frames = text_frames()
    change(frames)
    return Defect(name, code, body(frames), msgspec.structs.replace(ASKED, **asked))


def _tools(name: str, code: str, change: Callable[[list[Frame]], object], **asked: Any) -> Defect:
    """The tool calls with their frames changed in place."""
    frames = tool_frames()
    change(frames)
    return Defect(name, code, body(frames), msgspec.structs.replace(ASKED, **asked))


def _usage(name: str, code: str, **members: Any) -> Defect:
    """The plain answer with other members in its usage."""
    return _text(name, code, lambda frames: frames[-1].update(usage={**USAGE, **members}))


def _call(frames: list[Frame], at: int) -> Frame:
    found: Frame = frames[at]["choices"][0]["delta"]["tool_calls"][0]
    return found


def _choice(frames: list[Frame], at: int) -> Frame:
    found: Frame = frames[at]["choices"][0]
    return found


def _arguments(text: str) -> Callable[[list[Frame]], object]:
    def change(frames: list[Frame]) -> None:
        _call(frames, 2)["function"]["arguments"] = text
        _call(frames, 3)["function"]["arguments"] = ""

    return change


def _every(frames: list[Frame], **members: Any) -> None:
    for one in frames:
        one.update(members)


HTML = b"<!DOCTYPE html>\n<html><body>Checking your browser</body></html>\n"
ERROR = event({"error": {"message": "overloaded", "type": "server_error", "param": None, "code": None}})
NO_USAGE = msgspec.structs.replace(ASKED, include_usage=False)
HALF = len(TEXT) // 2

OF_BYTES = (
    Defect("bytes that are no UTF-8", "utf8_invalid", TEXT.replace("ü".encode(), b"\xfc")),
    Defect("cut inside a character", "utf8_cut", TEXT[: TEXT.index("世".encode()) + 1]),
    Defect("a NUL", "nul_byte", TEXT.replace(b"Gr", b"G\0r")),
    Defect("a byte order mark", "bom_at_start", b"\xef\xbb\xbf" + TEXT),
    Defect("lone CRs", "line_end_cr", TEXT.replace(b"\n", b"\r")),
    Defect("mixed line ends", "line_ends_mixed", TEXT.replace(b"\n", b"\r\n", 2)),
    Defect("a compressed body", "body_compressed", gzip.compress(TEXT, mtime=0)),
)
OF_FRAMING = (
    Defect("an empty body", "body_empty", b""),
    Defect("nothing but empty lines", "body_empty", b"\n\n\n"),
    Defect("an HTML page", "body_html", HTML),
    Defect("a JSON body", "body_json", b'{"id":"chatcmpl-1","choices":[]}'),
    Defect("nothing but comments", "no_events", b": keep-alive\n\n: keep-alive\n\n"),
    Defect("lines without a field name", "line_ignored", TEXT.replace(b"data: ", b"", 2)),
    Defect("a byte order mark inside", "line_ignored", TEXT.replace(b"\n\ndata", b"\n\n\xef\xbb\xbfdata", 1)),
    Defect("events of another type", "event_named", TEXT.replace(b"data", b"event: delta\ndata", 1)),
    Defect("an id field", "field_unneeded", TEXT.replace(b"data", b"id: 1\ndata", 1)),
    Defect("data on two lines", "data_on_several_lines", TEXT.replace(b'"object"', b'\ndata: "object"', 1)),
    Defect("an event with empty data", "data_empty", b"data:\n\n" + TEXT),
    Defect("the last event without an empty line", "event_unterminated", TEXT[:-1]),
    Defect("cut inside an event", "event_unterminated", TEXT[:HALF]),
    Defect("one event cut short, and nothing else", "event_unterminated", TEXT[:40]),
    Defect("no end mark", "done_missing", body(text_frames(), b"")),
    Defect("cut between two events", "done_missing", body(text_frames()[:3], b"")),
    Defect("two end marks", "done_repeated", TEXT + DONE),
    Defect("an end mark in quotes", "done_inexact", body(text_frames(), b'data: "[DONE]"\n\n')),
    Defect("an end mark in lower case", "done_inexact", body(text_frames(), b"data: [done]\n\n")),
    Defect("a chunk after the end mark", "data_after_done", TEXT + event(part({"content": "more"}))),
    Defect("a comment after the end mark", "bytes_after_done", TEXT + b": keep-alive\n\n"),
)
OF_CHUNKS = (
    Defect("a keep-alive as data", "chunk_not_json", event(b": keep-alive") + TEXT),
    Defect("JSON cut short", "chunk_not_json", TEXT.replace(b'"finish_reason": null}]}', b'"finish_reason": null', 1)),
    Defect("NaN", "chunk_not_json", TEXT.replace(b"1795000000", b"NaN", 1)),
    Defect("an array", "chunk_not_object", event(b"[]") + TEXT),
    Defect("null", "chunk_not_object", event(b"null") + TEXT),
    Defect("a member twice", "name_repeated", TEXT.replace(b'{"id"', b'{"id": "chatcmpl-1", "id"', 1)),
    Defect("a count twice", "name_repeated", TEXT.replace(b'"cached_tokens"', b'"cached_tokens": 4, "cached_tokens"')),
    Defect("half a character", "lone_surrogate", TEXT.replace("世".encode(), b"\\ud83d")),
    _text("a chunk without choices and usage", "chunk_without_choices", lambda frames: frames.insert(2, frame([]))),
    _text("no id", "member_missing", lambda frames: frames[2].pop("id")),
    _text("no finish reason key", "nullable_member_missing", lambda frames: _choice(frames, 1).pop("finish_reason")),
    _text("a created with a fraction", "member_type", lambda frames: _every(frames, created=1_795_000_000.0)),
    _text("a created as text", "member_type", lambda frames: frames[1].update(created="1795000000")),
    _text("an index as text", "member_type", lambda frames: _choice(frames, 1).update(index="0")),
    _text("content as a list", "member_type", lambda frames: _choice(frames, 2).update(delta={"content": ["x"]})),
    _text("null for a fingerprint", "member_null", lambda frames: _every(frames, system_fingerprint=None)),
    _text("another role", "member_value", lambda frames: _choice(frames, 0)["delta"].update(role="user")),
    _text("a member of one's own", "member_unknown", lambda frames: frames[1].update(cost="0.1")),
    _text("a whole completion as a chunk", "object_wrong", lambda frames: _every(frames, object="chat.completion")),
    _text(
        "a finish reason of one's own",
        "finish_reason_unknown",
        lambda frames: _choice(frames, 4).update(finish_reason="eos"),
    ),
    _text(
        "the word null as finish reason",
        "finish_reason_unknown",
        lambda frames: _choice(frames, 1).update(finish_reason="null"),
    ),
    _text("an empty id", "id_empty", lambda frames: _every(frames, id="")),
    _text("another id on the way", "id_changed", lambda frames: frames[3].update(id="chatcmpl-2")),
    _text("another time", "created_changed", lambda frames: frames[3].update(created=1_795_000_001)),
    _text("an empty model", "model_empty", lambda frames: _every(frames, model="")),
    _text("another model on the way", "model_changed", lambda frames: frames[3].update(model="gpt-other")),
    _text("not the model asked for", "model_unexpected", len, models=frozenset(("gpt-asked",))),
    _text(
        "another fingerprint",
        "fingerprint_changed",
        lambda frames: (frames[0].update(system_fingerprint="fp_1"), frames[2].update(system_fingerprint="fp_2")),
    ),
    _text("a cost frame after the usage", "foreign_frame", lambda frames: frames.append({"choices": [], "cost": "1"})),
    _text("a filter's frame before", "foreign_frame", lambda frames: frames.insert(0, frame([], filters=[]))),
)
OF_LIFE = (
    Defect("an error on the way", "error_event", body(text_frames()[:3], ERROR)),
    Defect("an end mark after an error", "done_after_error", body(text_frames()[:3], ERROR + DONE)),
    Defect("no choice at all", "no_choices", body([frame([], usage=USAGE)])),
    _text(
        "a choice too many",
        "choice_index_unexpected",
        lambda frames: frames.insert(1, part({"role": "assistant", "content": "x"}, "stop", 1)),
    ),
    _text("a choice too few", "choice_missing", len, choices=2),
    _text("no role", "role_missing", lambda frames: _choice(frames, 0)["delta"].pop("role")),
    _text("the role again", "role_repeated", lambda frames: _choice(frames, 2)["delta"].update(role="assistant")),
    _text(
        "reasoning behind the answer",
        "reasoning_after_content",
        lambda frames: frames.insert(3, part({"reasoning_content": "hm"})),
    ),
    _text(
        "text behind the finish reason",
        "content_after_finish",
        lambda frames: frames.insert(5, part({"content": "more"})),
    ),
    _text("an empty chunk behind the finish reason", "chunk_after_finish", lambda frames: frames.insert(5, part({}))),
    _text("two finish reasons", "finish_repeated", lambda frames: frames.insert(5, part({}, "stop"))),
    _text("no finish reason", "finish_missing", lambda frames: frames.pop(4)),
    _tools("text behind a tool call", "content_after_tools", lambda frames: frames.insert(4, part({"content": "so"}))),
)
OF_TOOLS = (
    _tools("a call without an id", "tool_id_missing", lambda frames: _call(frames, 1).pop("id")),
    _tools("a call without a type", "tool_type_missing", lambda frames: _call(frames, 1).pop("type")),
    _tools("a call without a name", "tool_name_missing", lambda frames: _call(frames, 1)["function"].pop("name")),
    _tools("an empty id later", "tool_id_empty", lambda frames: _call(frames, 2).update(id="")),
    _tools("the id again", "tool_id_repeated", lambda frames: _call(frames, 2).update(id="call_a")),
    _tools("another id", "tool_id_changed", lambda frames: _call(frames, 2).update(id="call_c")),
    _tools(
        "both calls under one index",
        "tool_id_changed",
        lambda frames: [_call(frames, at).update(index=0) for at in (4, 5)],
    ),
    _tools("one id for both", "tool_id_shared", lambda frames: _call(frames, 4).update(id="call_a")),
    _tools("the type again", "tool_type_repeated", lambda frames: _call(frames, 2).update(type="function")),
    _tools("an empty name later", "tool_name_empty", lambda frames: _call(frames, 2)["function"].update(name="")),
    _tools("the name again", "tool_name_repeated", lambda frames: _call(frames, 2)["function"].update(name="weather")),
    _tools("another name", "tool_name_changed", lambda frames: _call(frames, 2)["function"].update(name="time")),
    _tools("an index left out", "tool_index_jump", lambda frames: [_call(frames, at).update(index=2) for at in (4, 5)]),
    _tools("arguments cut short", "tool_arguments_invalid", _arguments('{"city":')),
    _tools("arguments that are a list", "tool_arguments_not_object", _arguments("[1]")),
    _tools("fragments under the wrong index", "tool_arguments_joined", lambda frames: _call(frames, 5).update(index=0)),
    _tools("arguments of two calls", "tool_arguments_joined", _arguments('{"city":"Oslo"}{"city":"Rom"}')),
    _tools("a tool that nobody offered", "tool_name_unknown", len, tool_names=frozenset(("time",))),
    _tools("fragments in turns", "tool_calls_interleaved", lambda frames: frames.insert(6, calls(fragment(0, " ")))),
    _tools(
        "stop for tool calls",
        "tool_calls_without_finish",
        lambda frames: _choice(frames, 6).update(finish_reason="stop"),
    ),
    _text(
        "tool_calls for text",
        "finish_without_tool_calls",
        lambda frames: _choice(frames, 4).update(finish_reason="tool_calls"),
    ),
)
OF_USAGE = (
    _text("no usage", "usage_missing", lambda frames: frames.pop()),
    Defect("a usage nobody asked for", "usage_unasked", TEXT, NO_USAGE),
    _text("two usages", "usage_repeated", lambda frames: frames.append(frames[-1])),
    _text(
        "the usage with the finish reason",
        "usage_on_choices",
        lambda frames: frames[4].update(usage=frames.pop()["usage"]),
    ),
    _text("a usage before the end", "usage_early", lambda frames: frames.insert(2, frames.pop())),
    _text("a chunk behind the usage", "chunk_after_usage", lambda frames: frames.append(frame([]))),
    _text("a usage that is a list", "member_type", lambda frames: frames[-1].update(usage=[])),
    _text("a usage without members", "usage_count_missing", lambda frames: frames[-1].update(usage={})),
    _usage("a wrong total", "usage_total_wrong", total_tokens=30),
    _usage("a count with a fraction", "usage_count_not_integer", prompt_tokens=20.0),
    _usage("a count that is true", "usage_count_not_integer", completion_tokens=True),
    _usage("a count as text", "usage_count_not_integer", prompt_tokens="20"),
    _usage("a negative count", "usage_count_negative", prompt_tokens=-1, total_tokens=8),
    _usage("an absurd count", "usage_count_absurd", prompt_tokens=10**20, total_tokens=10**20 + 9),
    _usage("no prompt tokens", "usage_count_missing", prompt_tokens=None),
    _usage("more cached than read", "usage_part_exceeds_whole", prompt_tokens_details={"cached_tokens": 21}),
    _usage("hits and misses short", "usage_cache_sum_wrong", prompt_cache_hit_tokens=4, prompt_cache_miss_tokens=15),
    _usage("two hit counts", "usage_cache_disagrees", prompt_cache_hit_tokens=5, prompt_cache_miss_tokens=15),
    _usage("nothing written", "usage_completion_zero", completion_tokens=0, total_tokens=20),
)
OF_MEANING = (
    _text(
        "think tags",
        "think_tags_in_content",
        lambda frames: _choice(frames, 1)["delta"].update(content="<think>hm</think>"),
    ),
    _text(
        "reasoning, though switched off",
        "reasoning_unasked",
        lambda frames: frames.insert(1, part({"reasoning_content": "hm"})),
        thinking=False,
    ),
    _text(
        "reasoning and no answer",
        "answer_only_reasoning",
        lambda frames: frames.__setitem__(slice(1, 4), [part({"reasoning_content": "hm"})]),
    ),
    _text("no answer", "answer_empty", lambda frames: frames.__delitem__(slice(1, 4))),
)
DEFECTS = (*OF_BYTES, *OF_FRAMING, *OF_CHUNKS, *OF_LIFE, *OF_TOOLS, *OF_USAGE, *OF_MEANING)
