"""Seeded defects of whole answers, errors and lists of models, each with the code that must name it."""

import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from tests.support.golden_answers import Answer, completion, error, models, tool_completion
from tests.support.golden_streams import USAGE

from routeproof.prover.oracle.asked import AnswerAsked

ASKED = AnswerAsked(tool_names=frozenset(("weather", "time")))
HTML = b"<html><body>Bad gateway</body></html>"
PLAIN = json.dumps(completion()).encode()


@dataclass(frozen=True)
class AnswerDefect:
    """A body with one thing wrong."""

    name: str
    code: str
    body: bytes
    asked: AnswerAsked = ASKED
    content_type: str | None = None


def _changed(golden: Answer, change: Callable[[Answer], object]) -> bytes:
    answer = copy.deepcopy(golden)
    change(answer)
    return json.dumps(answer).encode()


def _answer(name: str, code: str, change: Callable[[Answer], object], **asked: Any) -> AnswerDefect:
    return AnswerDefect(name, code, _changed(completion(), change), msgspec.structs.replace(ASKED, **asked))


def _call(name: str, code: str, change: Callable[[list[Answer]], object]) -> AnswerDefect:
    body = _changed(tool_completion(), lambda answer: change(answer["choices"][0]["message"]["tool_calls"]))
    return AnswerDefect(name, code, body)


def _choice(answer: Answer) -> Answer:
    found: Answer = answer["choices"][0]
    return found


def _usage(**members: Any) -> Callable[[Answer], object]:
    return lambda answer: answer.update(usage={**USAGE, **members})


OF_ANSWERS = (
    AnswerDefect("no body", "body_empty", b""),
    AnswerDefect("blank lines and no body", "body_empty", b"\n\n"),
    AnswerDefect("an HTML page", "body_html", HTML),
    AnswerDefect("a compressed body", "body_compressed", gzip.compress(PLAIN, mtime=0)),
    AnswerDefect("a cut body", "body_not_json", PLAIN[:-10]),
    AnswerDefect("two values", "body_not_json", PLAIN + b"\n" + PLAIN),
    AnswerDefect("a list", "body_not_object", b"[]"),
    AnswerDefect("blank lines before", "blank_before_body", b"\n\n" + PLAIN),
    AnswerDefect("the content type of a stream", "content_type_wrong", PLAIN, content_type="text/event-stream"),
    AnswerDefect("an error with status 200", "error_in_answer", json.dumps(error()).encode()),
    AnswerDefect("the usage twice", "name_repeated", PLAIN[:-1] + b', "usage": {}}'),
    AnswerDefect("half a character", "lone_surrogate", PLAIN.replace(b"Hello", b"\\ude00")),
    _answer("no usage", "usage_missing", lambda answer: answer.pop("usage")),
    _answer("a usage that is a list", "usage_not_object", lambda answer: answer.update(usage=[])),
    _answer("no created", "member_missing", lambda answer: answer.pop("created")),
    _answer("no finish reason", "member_missing", lambda answer: _choice(answer).pop("finish_reason")),
    _answer(
        "null for a finish reason", "finish_reason_unknown", lambda answer: _choice(answer).update(finish_reason=None)
    ),
    _answer("no logprobs", "nullable_member_missing", lambda answer: _choice(answer).pop("logprobs")),
    _answer("a created with a fraction", "member_type", lambda answer: answer.update(created=1.0)),
    _answer("a chunk as an answer", "object_wrong", lambda answer: answer.update(object="chat.completion.chunk")),
    _answer("no choices", "no_choices", lambda answer: answer.update(choices=[])),
    _answer("one choice of two", "choice_missing", len, choices=2),
    _answer("an index too high", "choice_index_unexpected", lambda answer: _choice(answer).update(index=1)),
    _answer("an empty id", "id_empty", lambda answer: answer.update(id="")),
    _answer("an empty model", "model_empty", lambda answer: answer.update(model="")),
    _answer("another model", "model_unexpected", len, models=frozenset(("gpt-asked",))),
    _answer("no text", "answer_empty", lambda answer: _choice(answer)["message"].update(content="")),
    _answer("a wrong total", "usage_total_wrong", _usage(total_tokens=1)),
    _answer("nothing written", "usage_completion_zero", _usage(completion_tokens=0, total_tokens=20)),
    _call("no id of a call", "member_missing", lambda calls: calls[0].pop("id")),
    _call("one id for two calls", "tool_id_shared", lambda calls: calls[1].update(id="call_a")),
    _call("arguments cut short", "tool_arguments_invalid", lambda calls: calls[0]["function"].update(arguments="{")),
    _call("arguments as an object", "member_type", lambda calls: calls[0]["function"].update(arguments={})),
    _call("a tool nobody offered", "tool_name_unknown", lambda calls: calls[0]["function"].update(name="rm")),
)
OF_ERRORS = (
    AnswerDefect("no body", "body_empty", b""),
    AnswerDefect("an HTML page", "body_html", HTML),
    AnswerDefect("plain text", "body_not_json", b"upstream connect error"),
    AnswerDefect("an error as an event", "error_framed_as_event", b"data: " + json.dumps(error()).encode() + b"\n\n"),
    AnswerDefect("an error as text", "member_type", b'{"error": "no such model"}'),
    AnswerDefect("no error member", "member_missing", b'{"message": "no such model"}'),
    AnswerDefect("an empty message", "member_value", _changed(error(), lambda one: one["error"].update(message=""))),
    AnswerDefect("a number as code", "member_type", _changed(error(), lambda one: one["error"].update(code=404))),
    AnswerDefect("no param", "nullable_member_missing", _changed(error(), lambda one: one["error"].pop("param"))),
    AnswerDefect("a member beside", "member_unknown", json.dumps(error(request_id="r")).encode()),
    AnswerDefect("a download", "content_type_wrong", json.dumps(error()).encode(), ASKED, "application/octet-stream"),
)
OF_MODELS = (
    AnswerDefect("no body", "body_empty", b""),
    AnswerDefect("an HTML page", "body_html", HTML),
    AnswerDefect("a bare list", "body_not_object", b"[]"),
    AnswerDefect("no data", "member_missing", b'{"object": "list"}'),
    AnswerDefect("no dates", "member_missing", _changed(models(), lambda one: one["data"][0].pop("created"))),
    AnswerDefect("an empty id", "member_value", _changed(models(), lambda one: one["data"][0].update(id=""))),
    AnswerDefect("no type name", "object_wrong", _changed(models(), lambda one: one.update(object="models"))),
)
