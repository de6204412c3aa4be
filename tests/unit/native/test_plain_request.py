"""A request in C: the bytes that the long way would send, or None."""

import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof import native
from routeproof.native import plain_request
from routeproof.wire.body import encode_fields

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a.example\r\ncontent-length: "
values = st.one_of(
    st.integers(), st.text(), st.none(), st.booleans(), st.lists(st.text()), st.dictionaries(st.text(), st.integers())
).map(lambda value: msgspec.Raw(msgspec.json.encode(value)))
plain_names = st.from_regex(r"[A-Za-z0-9_]{1,80}", fullmatch=True)


def the_long_way(fields: dict[str, msgspec.Raw]) -> bytes:
    body = encode_fields(fields)
    return b"%b%d\r\n\r\n%b" % (HEAD, len(body), body)


@given(st.dictionaries(plain_names, values, max_size=64))
def test_plain_fields_are_written_as_the_long_way_writes_them(fields: dict[str, msgspec.Raw]) -> None:
    """In their order, their values byte for byte, behind their length."""
    assert plain_request(HEAD, fields) == the_long_way(fields)


@given(st.dictionaries(st.text(), values, min_size=1))
def test_a_name_that_json_may_have_to_escape_is_left_to_the_long_way(fields: dict[str, msgspec.Raw]) -> None:
    """Whatever is written here is right."""
    written = plain_request(HEAD, fields)

    assert written is None or written == the_long_way(fields)
    if not all(name.isascii() and name.replace("_", "a").isalnum() for name in fields if name):
        assert written is None


def test_a_large_body_is_written_whole() -> None:
    """Nothing about a value is small by nature."""
    fields = {"model": msgspec.Raw(b'"m"'), "messages": msgspec.Raw(b'"' + b"a" * 5_000_000 + b'"')}

    assert plain_request(HEAD, fields) == the_long_way(fields)


def test_more_fields_than_are_usual_are_left_to_the_long_way() -> None:
    """There is room for 64."""
    fields = {f"f{number}": msgspec.Raw(b"1") for number in range(65)}

    assert plain_request(HEAD, fields) is None
    fields.popitem()
    assert plain_request(HEAD, fields) == the_long_way(fields)


@pytest.mark.parametrize("value", [b"1", "1", 1, None, bytearray(b"1")])
def test_a_value_that_is_not_raw_is_left_to_the_long_way(value: object) -> None:
    """Only raw JSON goes out as it is."""
    assert plain_request(HEAD, {"a": msgspec.Raw(b"1"), "b": value}) is None  # type: ignore[dict-item]


@pytest.mark.parametrize("arguments", [(), (HEAD,), ("text", {}), (HEAD, []), (HEAD, {}, 1)])
def test_other_arguments_are_a_type_error(arguments: tuple[object, ...]) -> None:
    """As for any function."""
    with pytest.raises(TypeError):
        plain_request(*arguments)  # type: ignore[call-arg, arg-type]


def test_nothing_is_kept_of_what_was_written() -> None:
    """Neither names nor values nor the head, whether it was plain or not."""
    value = msgspec.Raw(b'"' + b"v" * 100 + b'"')
    for fields in ({"name": value}, {"na me": value}, {"name": value, "other": 1}):
        before = sys.getrefcount(value), sys.getrefcount(HEAD)
        for _ in range(100):
            plain_request(HEAD, fields)  # type: ignore[arg-type]
        assert (sys.getrefcount(value), sys.getrefcount(HEAD)) == before
