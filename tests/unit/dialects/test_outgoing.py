"""The changes that every dialect makes to a request, and that it makes no others."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.dialects.base import ControlPolicy, Fields
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.errors import InvalidBody

MODEL = msgspec.Raw(b'"upstream-model"')
REFUSE = ControlPolicy()

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CONTROLS = {"thinking", "enable_thinking", "thinking_budget", "preserve_thinking", "stream_options"}
MAP = ControlPolicy(map_foreign_controls=True)


def fields_of(**values: object) -> Fields:
    """Fields as the body decoder gives them."""
    return {name: msgspec.Raw(json.dumps(value).encode()) for name, value in values.items()}


def plain(fields: Fields) -> dict[str, bytes]:
    """Fields as comparable bytes."""
    return {name: bytes(value) for name, value in fields.items()}


def prepare(dialect: str, fields: Fields, *, stream: bool) -> dict[str, bytes]:
    """What goes upstream."""
    return plain(dialect_named(dialect).prepare(fields, MODEL, stream=stream, policy=REFUSE))


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_a_plain_request_changes_its_model_only(dialect: str) -> None:
    """Without a stream only the model differs, and the client's fields stay as they were."""
    fields = fields_of(model="public", messages=[], temperature=0.5, stream_options={"include_usage": False})
    before = plain(fields)

    assert prepare(dialect, fields, stream=False) == before | {"model": bytes(MODEL)}
    assert plain(fields) == before


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize(
    "given_options", [None, b"null", b"{}", b'{"include_usage":false}', b'{ "include_usage" : true }']
)
def test_a_stream_asks_for_usage(dialect: str, given_options: bytes | None) -> None:
    """Whatever the client said about usage, it is asked for."""
    fields = fields_of(model="public", stream=True)
    if given_options is not None:
        fields["stream_options"] = msgspec.Raw(given_options)

    assert json.loads(prepare(dialect, fields, stream=True)["stream_options"]) == {"include_usage": True}


def test_other_stream_options_keep_their_bytes() -> None:
    """Members beside include_usage go out as they were written."""
    fields = fields_of(model="public")
    fields["stream_options"] = msgspec.Raw(b'{"include_obfuscation": 1.50, "include_usage":0,"x":{"y" : "\\u0041"}}')

    sent = prepare("openai", fields, stream=True)["stream_options"]

    assert sent == b'{"include_obfuscation":1.50,"include_usage":true,"x":{"y" : "\\u0041"}}'


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize("options", [b"true", b"[]", b'"x"', b"1", b'{"a":1', b"[" * 100_000])
def test_stream_options_of_another_kind_are_refused(dialect: str, options: bytes) -> None:
    """Options that can't take a member are the client's mistake, named by field."""
    fields = fields_of(model="public") | {"stream_options": msgspec.Raw(options)}

    with pytest.raises(InvalidBody, match="stream_options must be an object or null") as caught:
        dialect_named(dialect).prepare(fields, MODEL, stream=True, policy=REFUSE)
    assert caught.value.param == "stream_options"


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_every_change_is_declared_and_every_declaration_is_true(dialect: str) -> None:
    """The fields that the declared changes name are exactly those that a request can come out changed in."""
    requests = (
        fields_of(model="public", messages=[], stream_options={}, tools=[], thinking={"type": "enabled"}),
        fields_of(model="public", messages=[], max_tokens=1, enable_thinking=True, reasoning_effort="low"),
    )

    changed = set()
    for fields in requests:
        sent = dialect_named(dialect).prepare(fields, MODEL, stream=True, policy=MAP)
        changed |= {name for name in {*fields, *sent} if fields.get(name) != sent.get(name)}

    declared = " ".join(dialect_named(dialect).declared_changes)
    assert changed == set(re.findall(r"`(\w+)", declared))


@given(
    dialect=st.sampled_from(DIALECT_NAMES),
    values=st.dictionaries(st.text().filter(lambda name: name not in CONTROLS), JSON_VALUES, max_size=6),
    options=st.none() | st.dictionaries(st.text(max_size=15), JSON_VALUES, max_size=3),
    stream=st.booleans(),
)
def test_undeclared_fields_are_byte_identical(
    dialect: str, values: dict[str, object], options: dict[str, object] | None, stream: bool
) -> None:
    """Every field but the model and, in a stream, include_usage reaches the provider byte for byte."""
    fields = fields_of(**values, stream_options=options)
    before = plain(fields)

    sent = prepare(dialect, fields, stream=stream)

    sent_options = json.loads(sent.pop("stream_options"))
    assert sent == {name: value for name, value in before.items() if name != "stream_options"} | {"model": bytes(MODEL)}
    assert sent_options == ({**(options or {}), "include_usage": True} if stream else options)
    assert plain(fields) == before
