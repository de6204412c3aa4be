"""A request's body as C reads it: what Python reads, or nothing."""

import json
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.damaged_bytes import JSON_PIECES, damaged

from routeproof import native
from routeproof.errors import InvalidBody
from routeproof.native import plain_fields
from routeproof.wire.body import _decode_any

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

DEPTH_MAX = 64
FIELDS_MAX = 1_000
RUN = 16
"""How many bytes of a string are looked at together."""

CHAT = {
    "model": "assistant",
    "messages": [
        {"role": "system", "content": 'Say "no".\n\tNever\\ever.'},
        {"role": "user", "content": [{"type": "text", "text": "Où est le café? 你好 😀"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "function": {"arguments": "{}"}}]},
    ],
    "stream": True,
    "temperature": 0.7,
    "top_p": 1e-3,
    "max_tokens": 4096,
    "stop": ["\n\n", ""],
    "logit_bias": {},
    "user": "u-123",
    "a_new_parameter_2": [],
}
ORDINARY = [
    json.dumps(CHAT, ensure_ascii=False).encode(),
    json.dumps(CHAT, ensure_ascii=False, indent=2).encode(),
    json.dumps(CHAT, ensure_ascii=False, separators=(",", ":")).encode(),
    b'{"model":"a","messages":[{"role":"user","content":"\\u00e9\\/\\b\\f"}],"seed":-0,"n":1E+2}',
    b'\r\n{\t"messages" : [ ] ,"model":"a" } \n',
]
PIECES = (
    *JSON_PIECES,
    *(b'"model":1,', b'"Model":1,', b'"mod\\u0065l":1,', b',"model":1', b'"a b":1,'),
)


def long_way(body: bytes, depth_max: int = DEPTH_MAX) -> dict[str, bytes] | None:
    """What Python reads; None where it refuses."""
    try:
        fields = _decode_any(body, depth_max)
    except InvalidBody:
        return None
    return {name: bytes(value) for name, value in fields.items()}


def short_way(body: bytes, depth_max: int = DEPTH_MAX) -> dict[str, bytes] | None:
    """What C reads; None where it leaves the body to Python."""
    fields = plain_fields(body, depth_max, FIELDS_MAX)
    return None if fields is None else {name: bytes(value) for name, value in fields.items()}


def check(body: bytes, depth_max: int = DEPTH_MAX) -> bool:
    """Whether a body is plain; if so, both ways must lead to the same fields in the same order."""
    short = short_way(body, depth_max)
    if short is not None:
        long = long_way(body, depth_max)
        assert long is not None
        assert list(short.items()) == list(long.items())
    return short is not None


@pytest.mark.parametrize("body", ORDINARY)
def test_an_ordinary_request_is_plain(body: bytes) -> None:
    """Text of any script, its usual escapes, numbers, and blanks between them take the short way."""
    assert check(body)


@pytest.mark.parametrize("body", ORDINARY)
def test_a_body_that_is_cut_or_followed_by_anything_is_not_plain(body: bytes) -> None:
    """Wherever it is cut; only blanks may follow."""
    trimmed = body.rstrip()
    assert not any(check(trimmed[:length]) for length in range(len(trimmed)))
    assert not any(check(body + following) for following in (b"\0", b"x", b"{}", b",", b"}", b"\x0b", b"\xc2\xa0"))
    assert check(body + b" \t\r\n")


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b" ",
            b"[]",
            b"1",
            b"null",
            b'"a"',
            b"{",
            b"{}}",
            b'{"a":1,}',
            b"{,}",
            b'{"a"}',
            b'{"a":}',
            b'{"a" 1}',
            b"{a:1}",
        ),
        *(
            b'{"a":1 "b":2}',
            b"{'a':1}",
            b'{"a":[1,]}',
            b'{"a":[,1]}',
            b'{"a":{1:2}}',
            b'{"a":{"b":1,}}',
            b'{"a":[}',
            b'{"a":{]}',
        ),
        *(
            b'{"a":01}',
            b'{"a":-}',
            b'{"a":+1}',
            b'{"a":.5}',
            b'{"a":1.}',
            b'{"a":1e}',
            b'{"a":1e+}',
            b'{"a":0x1}',
            b'{"a":- 1}',
        ),
        *(b'{"a":NaN}', b'{"a":Infinity}', b'{"a":True}', b'{"a":nul}', b'{"a":truefalse}', b'{"a":nullx}'),
        *(
            b'{"a":"\n"}',
            b'{"a":"\0"}',
            b'{"a":"\x1f"}',
            b'{"a":"\\x"}',
            b'{"a":"\\u12g4"}',
            b'{"a":"\\u123"}',
            b'{"a":"\\"}',
        ),
        *(
            b'{"a":"\x80"}',
            b'{"a":"\xc1\xbf"}',
            b'{"a":"\xe0\x9f\xbf"}',
            b'{"a":"\xed\xa0\x80"}',
            b'{"a":"\xf0\x8f\xbf\xbf"}',
        ),
        *(
            b'{"a":"\xf4\x90\x80\x80"}',
            b'{"a":"\xf5\x80\x80\x80"}',
            b'{"a":"\xe4\xb8"}',
            b'{"a":"\xf0\x9f\x98',
            b'{"a":"\xff"}',
        ),
        *(
            b'{"a":1,"a":1}',
            b'{"a":1,"b":2,"a":3}',
            b'{"Model":1}',
            b'{"MODEL":1}',
            b'{"a":1,"\\u0061":1}',
            b"\xef\xbb\xbf{}",
        ),
    ],
)
def test_what_python_refuses_is_not_plain(body: bytes) -> None:
    """There is one place that refuses, and says why."""
    assert long_way(body) is None
    assert short_way(body) is None


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":[{"a":'])
def test_a_body_is_plain_down_to_the_limit_of_depth(opening: str) -> None:
    """The body itself is the first level; one level more is refused."""
    closing = "".join("]" if letter == "[" else "}" for letter in reversed(opening) if letter in "[{")
    levels = len(closing)
    for times in (1, 2, 15):
        body = f'{{"x":{opening * times}1{closing * times}}}'.encode()
        assert check(body, times * levels + 1)
        assert not check(body, times * levels)
    assert not check(b'{"a":[]}', 1)
    assert check(b'{"a":1}', 1)
    assert not check(b'{"a":1}', 0)


def test_endless_depth_is_left_to_python() -> None:
    """Whatever limit is given, no stack is used up."""
    body = b'{"a":' + b"[" * 1_000_000
    assert all(plain_fields(body, depth_max, FIELDS_MAX) is None for depth_max in (64, 1_024, 2**31, 2**63, 2**80))


def test_a_body_is_plain_up_to_the_limit_of_fields() -> None:
    """One more is refused."""
    body = json.dumps({f"f{number}": number for number in range(FIELDS_MAX)}).encode()
    assert check(body)
    assert not check(body[:-1] + b',"one_more":1}')
    assert plain_fields(body, DEPTH_MAX, FIELDS_MAX - 1) is None
    assert plain_fields(body, DEPTH_MAX, 2**80) is not None


@pytest.mark.parametrize("before", range(2 * RUN + 2))
@pytest.mark.parametrize(
    "special", ["", '\\"', "\\\\", "\\u00e9", "é", "你", "😀", "\x7f", '"', "\n", "\0", "\x1f", "\\", "\ud800"]
)
def test_what_ends_a_run_is_found_at_each_of_its_places(special: str, before: int) -> None:
    """Bytes are looked at together, and no quote, control or character is missed among them."""
    for after in (0, 1, RUN - 1, RUN, 2 * RUN):
        text = "a" * before + special + "b" * after
        assert check(f'{{"x":"{text}"}}'.encode("utf-8", "surrogatepass")) == (
            special not in {'"', "\n", "\0", "\x1f", "\ud800"} and (special != "\\" or after > 0)
        )


def test_large_values_outlive_the_body() -> None:
    """A value that is a view of the body keeps it."""
    text = b"x" * 100_000
    fields = plain_fields(b'{"a":"' + text + b'","b":[1]}', DEPTH_MAX, FIELDS_MAX)
    assert fields is not None
    assert bytes(fields["a"]) == b'"' + text + b'"'
    assert bytes(fields["a"].copy()) == b'"' + text + b'"'
    assert bytes(fields["b"]) == b"[1]"


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=20)
TEXTS = st.text(max_size=30)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
FORMS = (json.dumps, partial(json.dumps, indent=1), partial(json.dumps, separators=(",", ":")))


@st.composite
def bodies(draw: st.DrawFn, names: st.SearchStrategy[str], *, ascii_only: bool) -> bytes:
    """JSON objects, written in one of the usual forms."""
    fields = draw(st.dictionaries(names, VALUES, min_size=1, max_size=6))
    return draw(st.sampled_from(FORMS))(fields, ensure_ascii=ascii_only).encode()


@settings(deadline=None)
@given(body=bodies(NAMES, ascii_only=False))
def test_every_body_with_plain_names_is_plain(body: bytes) -> None:
    """Whatever its values are, as long as no surrogate is escaped."""
    assert check(body)


@settings(deadline=None)
@given(body=bodies(TEXTS | NAMES, ascii_only=True), depth_max=st.integers(1, 6))
def test_a_body_with_any_names_is_plain_or_left(body: bytes, depth_max: int) -> None:
    """Whether it is refused or not."""
    check(body)
    check(body, depth_max)


@settings(deadline=None, max_examples=500)
@given(body=damaged(st.sampled_from(ORDINARY) | bodies(NAMES, ascii_only=False), PIECES))
@example(body=b'{"a":"\xf0\x9f\x98"}')
def test_no_damaged_body_is_read_otherwise_than_by_python(body: bytes) -> None:
    """What is read, Python reads the same; what it refuses, is not read."""
    check(body)


@settings(deadline=None)
@given(data=st.binary(max_size=40))
def test_any_bytes_are_only_ever_fields_or_none(data: bytes) -> None:
    """Nothing is raised."""
    check(data)
    check(b'{"a":' + data + b"}")
    check(b'{"a":"' + data + b'"}')


@pytest.mark.parametrize(
    "arguments",
    [
        ("{}", 1, 1),
        (bytearray(b"{}"), 1, 1),
        (b"{}", "1", 1),
        (b"{}", 1, 1.0),
        (b"{}", None, 1),
        (b"{}", 1),
        (b"{}", 1, 1, 1),
    ],
)
def test_arguments_of_another_kind_are_a_type_error(arguments: tuple[object, ...]) -> None:
    """Nothing is converted."""
    with pytest.raises(TypeError):
        plain_fields(*arguments)  # type: ignore[arg-type]
