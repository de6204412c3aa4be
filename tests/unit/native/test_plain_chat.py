"""A chat answer as C reads it: what Python reads, or nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.damaged_bytes import JSON_PIECES, damaged

from routeproof import native
from routeproof.native import plain_chat
from routeproof.wire.chat_view import _view_any

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}
ANSWER = {
    "id": "0a1b",
    "object": "chat.completion",
    "created": 1790000000,
    "model": "deepseek-chat",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": 'Où? "Là".\n你好 😀'}, "finish_reason": "stop"},
        {"index": 1, "message": {"content": None, "tool_calls": []}, "logprobs": None, "finish_reason": "length"},
    ],
    "usage": USAGE,
}
CHUNK = {"model": "qwen", "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}], "usage": None}
LAST = {"choices": [], "usage": USAGE, "model": None}
ORDINARY = [json.dumps(value, ensure_ascii=False).encode() for value in (ANSWER, CHUNK, LAST)]

PIECES = (
    *JSON_PIECES,
    *(b'"stop"', b'"st\\u006fp"', b'"error":null,', b'"error":{},', b'"model":"b",', b'"model":1,', b'"Model":1,'),
    *(b'"mod\\u0065l":"b",', b'"choices":null,', b'"choices":[],', b'"usage":1,', b"{},", b"1,"),
    *(b'"finish_reason":', b'"finish_reason":"stop",'),
)


def check(data: bytes) -> bool:
    """Whether an answer is plain; if so, Python must read the same, and no error."""
    plain = plain_chat(data)
    if plain is None:
        return False
    view = _view_any(data)
    assert view is not None
    assert plain == (view.model, view.choices, view.usage_raw, view.finish_reason)
    assert not view.has_error
    return True


@pytest.mark.parametrize("data", ORDINARY)
def test_an_ordinary_answer_is_plain(data: bytes) -> None:
    """Whole answers and the chunks of a stream take the short way; only blanks may follow them."""
    assert check(data)
    assert check(b" " + data + b"\r\n")
    assert not any(check(data + following) for following in (b"\0", b"x", b"{}", b","))


def test_an_answer_is_read_to_these_parts() -> None:
    """The model, how many choices there are, the usage as it was sent, and the last reason that was given."""
    assert plain_chat(ORDINARY[0]) == ("deepseek-chat", 2, json.dumps(USAGE).encode(), "length")
    assert plain_chat(ORDINARY[1]) == ("qwen", 1, None, None)
    assert plain_chat(b'{"id":"a"}') == (None, -1, None, None)
    assert plain_chat(b"{}") == (None, -1, None, None)


@pytest.mark.parametrize("data", ORDINARY)
def test_an_answer_that_is_cut_is_not_plain(data: bytes) -> None:
    """Wherever it is cut."""
    assert not any(check(data[:length]) for length in range(len(data)))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"[]", b"1", b'"a"', b"{", b"{,}", b'{"a":1,}', b'{"a"}', b'{"choices":[{}', b'{"choices":[{},]}'),
        *(b'{"error":{"message":"m"}}', b'{"error":null,"usage":}', b'{"model":1}', b'{"model":{}}', b'{"choices":{}}'),
        *(
            b'{"choices":[1]}',
            b'{"choices":[null]}',
            b'{"choices":[{"finish_reason":1}]}',
            b'{"usage":01}',
            b'{"x":"\xff"}',
        ),
    ],
)
def test_what_is_no_ordinary_answer_is_left_to_python(data: bytes) -> None:
    """Errors, members of another kind, and what is no JSON."""
    assert plain_chat(data) is None


def test_endless_depth_is_left_to_python() -> None:
    """No stack is used up."""
    assert plain_chat(b'{"a":' + b"[" * 1_000_000) is None
    assert plain_chat(b'{"choices":[{"a":' + b'{"b":' * 1_000_000) is None


REASONS = st.none() | st.sampled_from(["stop", "length", "tool_calls", "content_filter", ""])
TEXTS = st.text(max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
CHOICES = st.fixed_dictionaries({"index": st.integers(), "delta": VALUES}, optional={"finish_reason": REASONS})
ANSWERS = st.fixed_dictionaries(
    {"id": TEXTS, "choices": st.lists(CHOICES, max_size=4)},
    optional={
        "model": st.none() | st.text(st.characters(codec="utf-8", exclude_characters='"\\', min_codepoint=32)),
        "usage": VALUES,
    },
).map(lambda answer: json.dumps(answer, ensure_ascii=False).encode())


@settings(deadline=None)
@given(data=ANSWERS)
def test_every_answer_with_plain_names_is_plain(data: bytes) -> None:
    """Whatever else is in it."""
    assert check(data)


@settings(deadline=None, max_examples=400)
@given(data=damaged(st.sampled_from(ORDINARY) | ANSWERS, PIECES))
def test_no_damaged_answer_is_read_otherwise_than_by_python(data: bytes) -> None:
    """What is read, Python reads the same; what it does not read, is not read."""
    check(data)


@pytest.mark.parametrize("data", ["{}", bytearray(b"{}"), None, 1])
def test_arguments_of_another_kind_are_a_type_error(data: object) -> None:
    """Nothing is converted."""
    with pytest.raises(TypeError):
        plain_chat(data)  # type: ignore[arg-type]
