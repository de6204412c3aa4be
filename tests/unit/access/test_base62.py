"""Numbers as base62 text of a fixed width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.access.base62 import ALPHABET, encode_base62, is_base62


@given(st.integers(min_value=0, max_value=62**12 - 1))
def test_the_text_reads_back_as_the_number(value: int) -> None:
    """Every number that fits has a text of just the width asked for, which a plain reading turns back."""
    text = encode_base62(value, 12)

    assert len(text) == 12
    assert sum(ALPHABET.index(character) * 62**place for place, character in enumerate(reversed(text))) == value


def test_a_number_that_does_not_fit_is_refused() -> None:
    """One beyond the last number of the width is an error, never a shortened text."""
    assert encode_base62(62**2 - 1, 2) == "zz"
    with pytest.raises(ValueError, match="2 base62 characters"):
        encode_base62(62**2, 2)


@pytest.mark.parametrize("text", ["a_", "ä", "\uff11", "a b", "\x00"])
def test_other_characters_are_not_base62(text: str) -> None:
    """Only the 62 count; look-alikes from Unicode don't."""
    assert is_base62("09AZaz")
    assert not is_base62(text)
