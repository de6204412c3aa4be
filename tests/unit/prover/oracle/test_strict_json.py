"""Strict reading of JSON: what RFC 8259 refuses is refused, and what parsers disagree about is told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.prover.oracle.strict_json import NESTING_MAX, NotJson, read_strictly

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON, st.booleans())
def test_json_is_read(value: object, ascii_only: bool) -> None:
    """However it is spelled."""
    reading = read_strictly(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8"))
    assert (reading.value, reading.repeated, reading.lone_surrogate) == (value, (), False)


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b"{",
            b"NaN",
            b"-Infinity",
            b"{} {}",
            b"{'a': 1}",
            b'{"a": 1,}',
            b'"\n"',
            b"\xff",
            b"\xef\xbb\xbf{}",
            b"01",
        ),
        *(b"9" * 5_000, b"[" * 100_000, b"[" * (NESTING_MAX + 1) + b"]" * (NESTING_MAX + 1)),
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """With a reason in words."""
    with pytest.raises(NotJson, match=r"\w"):
        read_strictly(text)


def test_nesting_up_to_the_bound_is_read() -> None:
    """And not one deeper."""
    assert read_strictly(b"[" * NESTING_MAX + b"]" * NESTING_MAX).repeated == ()


def test_names_that_stand_twice_are_told() -> None:
    """On every level, once each; not those of different objects."""
    reading = read_strictly(b'{"a": {"b": 1, "b": 2, "b": 3}, "c": [{"a": 1}], "a": 0}')
    assert (reading.repeated, reading.value) == (("b", "a"), {"a": 0, "c": [{"a": 1}]})


def test_half_characters_are_told_and_replaced() -> None:
    """In names too, so that the value can be written again."""
    reading = read_strictly(b'{"\\ud83d": ["\\ude00", "\\ud83d\\ude00"]}')
    assert (reading.value, reading.lone_surrogate) == ({"?": ["?", "\U0001f600"]}, True)
