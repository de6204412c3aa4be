"""Request bodies as raw fields: what is ambiguous is refused, what is not goes through byte for byte."""

import json
import re

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routeproof.errors import InvalidBody
from routeproof.wire.body import COUNT_MAX, decode_fields, encode_fields, read_count, read_flag, read_text

DEPTH_MAX = 64


def fields_of(body: bytes | str) -> dict[str, bytes]:
    """Decoded fields as plain bytes."""
    raw = body if isinstance(body, bytes) else body.encode()
    return {name: bytes(value) for name, value in decode_fields(raw, DEPTH_MAX).items()}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("{}", {}),
        (" { } ", {}),
        ('{"a":1}', {"a": b"1"}),
        ('\t{"a"\r\n: [1 , 2] }\n', {"a": b"[1 , 2]"}),
        ('{"a":{"b":1,"b":2}}', {"a": b'{"b":1,"b":2}'}),
        ('{"a":1e999,"b":-0,"c":1.50,"d":1E+2}', {"a": b"1e999", "b": b"-0", "c": b"1.50", "d": b"1E+2"}),
        ('{"a":"\\u00e9\\/\\ud83d\\ude00"}', {"a": b'"\\u00e9\\/\\ud83d\\ude00"'}),
        ('{"a":"é","名":"😀"}', {"a": '"é"'.encode(), "名": '"😀"'.encode()}),
        ('{"\\u0061":1}', {"a": b"1"}),
        ('{"mod\\u0065l":"x"}', {"model": b'"x"'}),
        ('{"a b":1,"a  b":2}', {"a b": b"1", "a  b": b"2"}),
        ('{"":1}', {"": b"1"}),
    ],
)
def test_values_keep_the_clients_bytes(body: str, fields: dict[str, bytes]) -> None:
    """Names are read, values are not: numbers, escapes, blanks and inner fields stay as they were written."""
    assert fields_of(body) == fields
    assert fields_of(encode_fields(decode_fields(body.encode(), DEPTH_MAX))) == fields


@pytest.mark.parametrize(
    "body",
    [
        '{"model":"a","model":"b"}',
        '{"model":"a","model":"a"}',
        '{"model":1,"x":{},"model":22}',
        '{"model":22,"model":1}',
        '{"model":[{"model":1}],"model":1}',
        '{"model":"a","mod\\u0065l":"b"}',
        '{"\\u006d\\u006f\\u0064\\u0065\\u006c":"a","model":"b"}',
        '{ "model" : "a" ,\n\t"model" : "b" }',
        '{"model"\r\n:"a",\r\n"model"\r\n:"b"}',
        '{"x":"\\\\","x":"\\""}',
        '{"a":"}","a":"{"}',
        '{"é":1,"\\u00e9":2}',
        '{"a/b":1,"a\\/b":2}',
        '{"a\\nb":1,"a\\u000ab":2}',
        '{"\\u0022\\u0022":1,"a":1,"a":2}',
        '{"":1,"":2}',
        '{"a":1,"b":1,"c":1,"d":1,"d":1}',
        '{"a":1,"a":1,' + ",".join(f'"\\u0062{number}":1' for number in range(50)) + "}",
    ],
)
def test_a_name_given_twice_is_refused(body: str) -> None:
    """However it is escaped or spaced: one reader takes the first, another the last."""
    with pytest.raises(InvalidBody, match="more than once"):
        fields_of(body)


@pytest.mark.parametrize(
    "name",
    [
        "Model",
        "MODEL",
        "modeL",
        "Max_Tokens",
        "\uff4dodel",
        "\uff4e",
        "\uff2d\uff2f\uff24\uff25\uff2c",
        "\u017ftream",
        "\ufb06ream",
        "\u2099",
    ],
)
def test_a_twin_of_a_deciding_name_is_refused_with_the_remedy(name: str) -> None:
    """Readers that fold case or Unicode forms would see another field than we do."""
    with pytest.raises(InvalidBody, match=r"must be written '[a-z_]+'") as caught:
        fields_of(json.dumps({name: 1}))
    assert f"{caught.value.param!r}." in caught.value.message


@pytest.mark.parametrize(
    "name", ["modell", "my_model", "Temperature", "x-Model", "модель", "模型", "m" * 5_000, "\uff38" * 5_000]
)
def test_other_unusual_names_go_through(name: str) -> None:
    """What we do not decide on is the provider's to judge."""
    assert fields_of(json.dumps({name: 1})) == {name: b"1"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'{"a":1}\xef\xbb\xbf', "trailing characters"),
        (b'{"a":1}{"a":2}', "trailing characters"),
        (b'{"a":1}x', "trailing characters"),
        (b'{"a":1}\x00', "trailing characters"),
        (b'{"a":1}//', "trailing characters"),
        (b'\x00{"a":1}', "malformed"),
        (b"[1]", "Expected `object`"),
        (b'"a"', "Expected `object`"),
        (b"null", "Expected `object`"),
        (b'{"a":NaN}', "malformed"),
        (b'{"a":Infinity}', "malformed"),
        (b'{"a":-Infinity}', "malformed"),
        (b'{"a":01}', "malformed"),
        (b'{"a":+1}', "malformed"),
        (b'{"a":.5}', "malformed"),
        (b'{"a":1.}', "malformed"),
        (b'{"a":0x10}', "malformed"),
        (b"{'a':1}", "malformed"),
        (b"{a:1}", "malformed"),
        (b'{"a":1,}', "malformed"),
        (b'{"a":[1,]}', "malformed"),
        (b'{"a":/*x*/1}', "malformed"),
        (b'{"a":"\n"}', "malformed"),
        (b'{"a\t":1}', "malformed"),
        (b'{"a":"\\x41"}', "malformed"),
        (b'{"a":"\\u12"}', "malformed"),
        (b'{"a":"\\ud800 is half a pair"}', "malformed"),
        (b'{"a":"\\udc00 is half a pair"}', "malformed"),
        (b'{"a":{"b":["\\ud800\\u0041"]}}', "malformed"),
        (b'{"\\ud800":1,"b":"padding"}', "malformed"),
        (b'{"a":"\xff"}', "not valid UTF-8"),
        (b'{"a":"\xc0\xaf"}', "not valid UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not valid UTF-8"),
        (b'{"\xff":1}', "not valid UTF-8"),
        (b'{"a":"\xe2\x82"}', "not valid UTF-8"),
        (b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nests too deep"),
        (b'{"a":' + b"[" * 5_000, "nests too deep"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_what_is_not_one_json_object_is_refused(body: bytes, why: str) -> None:
    """The message says why, and never quotes the body."""
    with pytest.raises(InvalidBody, match=re.escape(why)):
        fields_of(body)


WIDE = ',"w":[' + "[[],[{}]]," * 300 + "0]"


@pytest.mark.parametrize("wide", ["", WIDE], ids=["alone", "beside much else"])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ('{"b":', "}"), ('["]}[{",', "]"), ('{"]}[{":', "}"), ('["\\\\\\"[",', "]"), ("[1,", ",2]")],
)
def test_depth_is_counted_to_the_level(opening: str, closing: str, wide: str) -> None:
    """64 levels are read, 65 are not, wherever they stand and whatever else the body holds."""
    inner = DEPTH_MAX - 1
    fits = '{"a":' + opening * inner + "0" + closing * inner + wide + "}"
    over = '{"a":' + opening * (inner + 1) + "0" + closing * (inner + 1) + wide + "}"

    assert max_depth(json.loads(fits)) == DEPTH_MAX
    assert fields_of(fits)
    with pytest.raises(InvalidBody, match="deeper than 64 levels"):
        fields_of(over)


def max_depth(value: object) -> int:
    """The levels of a decoded value."""
    if isinstance(value, dict):
        return 1 + max(map(max_depth, value.values()), default=0)
    return 1 + max(map(max_depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("text", ["[" * 300, "{" * 300, '\\"[' * 300, "\\\\", '\\\\\\"' + "[" * 300, "]" * 300])
def test_brackets_in_strings_do_not_count(text: str) -> None:
    """Text about JSON is text."""
    body = '{"content":"' + text + '","b":"[' + '","c":[]}'
    assert fields_of(body)["c"] == b"[]"


def test_strings_that_span_slices_are_still_strings() -> None:
    """A long body is looked at in slices; a quote's parity carries over."""
    long = json.dumps({"a": ["[" * 70_000, "]" * 70_000, ["x" * 200_000, "{" * 80]], "b": [[]] * 100})
    assert set(fields_of(long)) == {"a", "b"}


def test_more_fields_than_any_request_has_are_refused() -> None:
    """A thousand fields are read, one more is not."""
    assert len(fields_of(json.dumps({str(number): 0 for number in range(1_000)}))) == 1_000
    with pytest.raises(InvalidBody, match="more than 1000 fields"):
        fields_of(json.dumps({str(number): 0 for number in range(1_001)}))


@pytest.mark.parametrize(
    ("value", "count"),
    [("1", 1), ("256", 256), (str(COUNT_MAX), COUNT_MAX), ("null", None)],
)
def test_a_count_is_a_positive_integer(value: str, count: int | None) -> None:
    """Null is absence; the largest is what every JSON reader still holds exactly."""
    assert read_count(decode_fields(f'{{"n":{value}}}'.encode(), DEPTH_MAX), "n") == count
    assert read_count({}, "n") is None


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-1",
        "-0",
        "1.0",
        "1e3",
        "1E0",
        '"1"',
        "true",
        "[1]",
        "{}",
        str(COUNT_MAX + 1),
        "1" + "0" * 400,
        '"²"',
        "0.5",
    ],
)
def test_other_counts_are_refused_by_name(value: str) -> None:
    """What bounds a request's cost has one reading or none."""
    fields = decode_fields(f'{{"max_tokens":{value}}}'.encode(), DEPTH_MAX)
    with pytest.raises(InvalidBody, match="max_tokens must be a positive integer") as caught:
        read_count(fields, "max_tokens")
    assert caught.value.param == "max_tokens"


@pytest.mark.parametrize(("value", "flag"), [("true", True), ("false", False), ("null", False)])
def test_a_flag_is_true_or_false(value: str, flag: bool) -> None:
    """Null and absence are false."""
    assert read_flag(decode_fields(f'{{"stream":{value}}}'.encode(), DEPTH_MAX), "stream") is flag
    assert read_flag({}, "stream") is False


@pytest.mark.parametrize("value", ["1", "0", '"true"', "[]", "{}", "[true]"])
def test_other_flags_are_refused_by_name(value: str) -> None:
    """Nothing is truthy."""
    with pytest.raises(InvalidBody, match="stream must be true or false") as caught:
        read_flag(decode_fields(f'{{"stream":{value}}}'.encode(), DEPTH_MAX), "stream")
    assert caught.value.param == "stream"


@pytest.mark.parametrize(("value", "text"), [('"a"', "a"), ('""', ""), ('"\\u0061\\n"', "a\n"), ('"é"', "é")])
def test_a_text_is_a_string(value: str, text: str) -> None:
    """Escapes are read; absence is None."""
    assert read_text(decode_fields(f'{{"model":{value}}}'.encode(), DEPTH_MAX), "model") == text
    assert read_text({}, "model") is None


@pytest.mark.parametrize("value", ["1", "null", "true", '["a"]', '{"a":"b"}'])
def test_other_texts_are_refused_by_name(value: str) -> None:
    """Nothing is turned into a string."""
    with pytest.raises(InvalidBody, match="model must be a string") as caught:
        read_text(decode_fields(f'{{"model":{value}}}'.encode(), DEPTH_MAX), "model")
    assert caught.value.param == "model"


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NAMES = st.one_of(
    _TEXTS, st.sampled_from(["model", "messages", "n", "Stream", "tools", 'quote"', "back\\slash", "\x1f\x7f"])
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def written(name: str, escaped: bool, blanks: str) -> str:
    """A member's name as JSON, plainly or with each character escaped, and the blanks around its colon."""
    units = name.encode("utf-16-be")
    plain = json.dumps(name, ensure_ascii=False)
    text = '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"' if escaped else plain
    return f"{blanks}{text}{blanks}:"


_BLANKS = st.text(" \t\r\n", max_size=2)
_MEMBERS = st.lists(st.tuples(_NAMES, _VALUES, st.booleans(), _BLANKS, st.booleans()), max_size=6)


@settings(deadline=None, max_examples=400)
@given(members=_MEMBERS)
@example(members=[("a", 1, False, "", False), ("a", 1, False, "", False)])
def test_a_valid_body_is_read_as_json_reads_it_or_is_ambiguous(
    members: list[tuple[str, object, bool, str, bool]],
) -> None:
    """Accepted: the names and values of `json.loads`, each value's bytes kept. Refused: a name twice, or a twin."""
    values = [json.dumps(value, ensure_ascii=ascii_only) for _, value, _, _, ascii_only in members]
    body = "{" + ",".join(written(m[0], m[2], m[3]) + v for m, v in zip(members, values, strict=True)) + "}"
    names = [member[0] for member in members]
    try:
        fields = fields_of(body)
    except InvalidBody as error:
        assert ("more than once" in error.message) == (
            len(set(names)) < len(names)
        ) or "must be written" in error.message
        return
    assert len(set(names)) == len(names)
    assert fields == {name: value.encode() for name, value in zip(names, values, strict=True)}
    sent = encode_fields(decode_fields(body.encode(), DEPTH_MAX))
    assert json.loads(sent, object_pairs_hook=list) == json.loads(body, object_pairs_hook=list)


_SIGNS = st.sampled_from(
    ['"', "\\", "{", "}", "[", "]", ":", ",", "a", "1", " ", "\\u0061", "\\ud800", "null", "é", "\x00", "e", "-", "."]
)


@settings(deadline=None, max_examples=600)
@given(body=st.one_of(st.binary(max_size=40), st.lists(_SIGNS, max_size=24).map("".join).map(str.encode)))
def test_nothing_but_a_refusal_is_ever_raised(body: bytes) -> None:
    """And what is accepted, Python's own reader accepts as an object with the same names."""
    for candidate in (body, b"{" + body + b"}", b'{"a":' + body + b"}"):
        try:
            fields = decode_fields(candidate, 3)
        except InvalidBody:
            continue
        assert list(fields) == list(json.loads(candidate))
        assert max_depth(json.loads(candidate)) <= 3


@settings(deadline=None, max_examples=200)
@given(value=_VALUES, depth_max=st.integers(1, 6))
def test_depth_is_that_of_the_decoded_value(value: object, depth_max: int) -> None:
    """The limit is exact for any shape, also where the brackets are too many to be sure at a glance."""
    wide = {"a": value, "b": [[]] * 8}
    try:
        decode_fields(msgspec.json.encode(wide), depth_max)
        accepted = True
    except InvalidBody:
        accepted = False

    assert accepted == (max_depth(wide) <= depth_max)
