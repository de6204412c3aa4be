"""`prover/cases/reference_text.py`: texts whose tokens are known without a tokenizer."""

import re
from math import log2

from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.reference_text import (
    LEAD,
    UNIT,
    UNIT_TOKENS,
    WORD_BITS,
    drawn_words,
    fewest_tokens,
    units,
    words,
)
from routeproof.prover.cases.templates import fill
from routeproof.simulator.tokens import count_text


def test_a_unit_has_as_many_tokens_as_words() -> None:
    """In the simulator as in the vocabularies that were counted: each word has four bytes with its space."""
    assert len(UNIT.split()) == UNIT_TOKENS
    assert count_text(units(64)) == 64 * UNIT_TOKENS


def test_words_are_the_units_in_turn() -> None:
    """Any number of them."""
    assert words(10) == " the sun and sea are old new way the sun"
    assert count_text(words(1_001)) == 1_001
    assert words(0) == ""


def test_drawn_words_are_different_and_of_known_size() -> None:
    """Ten letters after a space each."""
    text = fill(drawn_words(60).encode(), seed=1, case="c", trial=1, answers={}).decode()

    assert re.fullmatch(r"(?: [a-z]{10}){60}", text)
    assert len(set(text.split())) == 60


def test_a_word_has_the_bits_that_are_claimed() -> None:
    """No letter of a nonce is likelier than 14 in 256, the alphabet having nineteen."""
    letters = {letter for trial in range(500) for letter in nonce_of(1, "c", trial)}

    assert len(letters) == 19
    assert -(-256 // len(letters)) == 14
    assert 10 * log2(256 / 14) >= WORD_BITS


def test_the_fewest_tokens_leave_room_for_chance() -> None:
    """Sixty words of 41 bits, less 40, in tokens of 18 bits."""
    assert fewest_tokens(60) == 135
    assert LEAD.isascii()
