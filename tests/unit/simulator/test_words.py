"""What simulated models say."""

from hypothesis import given
from hypothesis import strategies as st

from routeproof.simulator.draws import Draws
from routeproof.simulator.words import opener, text_of_bytes, words


def test_every_word_is_one_token_of_four_bytes() -> None:
    """So that events, tokens and bytes can be told from one another's number."""
    draws = Draws("words")
    assert {len(word.encode()) for word in words(draws, 2_000)} == {4}
    assert {len(opener(draws).encode()) for _ in range(200)} == {4}


def test_an_opener_holds_a_wide_character() -> None:
    """A cut inside a character is always possible."""
    draws = Draws("openers")
    assert all(not opener(draws).isascii() for _ in range(200))


@given(st.integers(min_value=0, max_value=5_000), st.integers())
def test_text_of_bytes_has_exactly_that_many(size: int, seed: int) -> None:
    """Bytes, not characters."""
    assert len(text_of_bytes(Draws(seed), size).encode()) == size
