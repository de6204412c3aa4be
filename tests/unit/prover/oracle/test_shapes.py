"""The shipped schemas: what a difference is called, and that they say what OpenAI's own description says.

The description is named by ROUTEPROOF_OPENAPI; it is not part of this repository.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.support.golden_answers import completion
from tests.support.golden_streams import text_frames

from routeproof.prover.oracle.shapes import shape_named

OPENAPI = os.environ.get("ROUTEPROOF_OPENAPI")
Schema = dict[str, Any]

CHUNK = "CreateChatCompletionStreamResponse"
WHOLE = "CreateChatCompletionResponse"
COUNTERPARTS = [
    ("chunk", "", CHUNK, ()),
    ("chunk", "choice", CHUNK, ("choices", "[]")),
    ("chunk", "delta", "ChatCompletionStreamResponseDelta", ()),
    ("chunk", "fragment", "ChatCompletionMessageToolCallChunk", ()),
    ("chunk", "function", "ChatCompletionMessageToolCallChunk", ("function",)),
    ("chunk", "logprobs", CHUNK, ("choices", "[]", "logprobs")),
    ("chunk", "token", "ChatCompletionTokenLogprob", ()),
    ("chunk", "alternative", "ChatCompletionTokenLogprob", ("top_logprobs", "[]")),
    ("completion", "", WHOLE, ()),
    ("completion", "choice", WHOLE, ("choices", "[]")),
    ("completion", "message", "ChatCompletionResponseMessage", ()),
    ("completion", "call", "ChatCompletionMessageToolCall", ()),
    ("completion", "function", "ChatCompletionMessageToolCall", ("function",)),
    ("completion", "logprobs", WHOLE, ("choices", "[]", "logprobs")),
    ("completion", "token", "ChatCompletionTokenLogprob", ()),
    ("completion", "alternative", "ChatCompletionTokenLogprob", ("top_logprobs", "[]")),
    ("error", "", "ErrorResponse", ()),
    ("error", "error", "Error", ()),
    ("models", "", "ListModelsResponse", ()),
    ("models", "model", "Model", ()),
]
"""Our schema and its part; their component, and the way to the part in it."""


def ours(name: str, part: str) -> Schema:
    """A part of a shipped schema."""
    schema: Any = shape_named(name).schema
    if not part:
        return dict(schema)
    return dict(schema.get("$defs", schema["properties"])[part])


def theirs(component: str, way: tuple[str, ...]) -> Schema:
    """A part of OpenAI's description, references followed."""
    assert OPENAPI is not None
    components = json.loads(Path(OPENAPI).read_text("utf-8"))["components"]["schemas"]
    schema: Schema = components[component]
    for step in way:
        schema = plain(schema["items"] if step == "[]" else schema["properties"][step], components)
    return {**schema, "properties": {name: plain(one, components) for name, one in schema["properties"].items()}}


def plain(schema: Schema, components: Schema) -> Schema:
    """A schema without references, and `nullable` for a choice between it and null."""
    if "$ref" in schema:
        schema = {**components[schema["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}}
    options = schema.get("anyOf", ())
    if {"type": "null"} in options:
        (other,) = [one for one in options if one != {"type": "null"}]
        return {**plain(other, components), "nullable": True}
    return schema


def may_be_null(schema: Schema) -> bool:
    """In their spelling or ours."""
    return bool(schema.get("nullable")) or "null" in schema.get("type", ()) or None in schema.get("enum", ())


@pytest.mark.skipif(OPENAPI is None, reason="ROUTEPROOF_OPENAPI names no description of OpenAI's API")
@pytest.mark.parametrize(("name", "part", "component", "way"), COUNTERPARTS)
def test_a_schema_knows_what_openai_documents(name: str, part: str, component: str, way: tuple[str, ...]) -> None:
    """The same members, the same of them required, the same that may be null, the same words to choose from."""
    own, other = ours(name, part), theirs(component, way)
    members = {key: plain_own(one, name) for key, one in own["properties"].items()}

    assert members.keys() == other["properties"].keys()
    assert set(own.get("required", ())) == set(other.get("required", ()))
    for key, one in members.items():
        assert may_be_null(one) == may_be_null(other["properties"][key]), key
        if "enum" in one:
            assert set(one["enum"]) - {None} == set(other["properties"][key]["enum"])
        if "const" in one:
            assert one["const"] in other["properties"][key]["enum"]


def plain_own(schema: Schema, name: str) -> Schema:
    """One of our own members, its reference followed."""
    reference = schema.get("$ref", "").rpartition("/")[2]
    return ours(name, reference) if reference else schema


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"id": None}, "member_type", "id"),
        ({"id": 1}, "member_type", "id"),
        ({"system_fingerprint": None}, "member_null", "system_fingerprint"),
        ({"object": 1}, "member_type", "object"),
        ({"object": "chat"}, "object_wrong", ""),
        ({"created": 0}, "member_value", "created"),
        ({"created": 5.0}, "member_type", "created"),
        ({"choices": [{"index": 0, "delta": {}}]}, "nullable_member_missing", "choices[].finish_reason"),
        ({"choices": [{"index": 0, "delta": {}, "finish_reason": "eos"}]}, "finish_reason_unknown", "eos"),
        ({"choices": [None]}, "member_type", "choices[]"),
        ({"odd": 1}, "member_unknown", "odd"),
        ({"o" * 400: 1}, "member_unknown", "o" * 160),
    ],
)
def test_a_difference_has_a_code_and_a_place(change: dict[str, Any], code: str, where: str) -> None:
    """One for each thing that is different."""
    faults = list(shape_named("chunk").faults({**text_frames()[1], **change}))
    assert [(fault.code, fault.where) for fault in faults] == [(code, where)]


def test_a_whole_answer_must_end_for_a_reason() -> None:
    """Where a chunk may leave it open."""
    answer = completion()
    del answer["choices"][0]["finish_reason"]
    assert [fault.code for fault in shape_named("completion").faults(answer)] == ["member_missing"]
