"""Usage objects of Anthropic's format: an input without what caches read and wrote."""

import json

import pytest

from routeproof.dialects.messages_usage import read_messages_usage
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.dialects.usage_reading import COUNT_MAX
from routeproof.usage import Usage


def raw(**members: object) -> bytes:
    """An object of these members beside an input of 6 and an output of 20."""
    return json.dumps({"input_tokens": 6, "output_tokens": 20, **members}).encode()


@pytest.mark.parametrize("name", DIALECT_NAMES)
def test_every_dialect_adds_the_cache_to_an_input_that_leaves_it_out(name: str) -> None:
    """6 new, 1,486 read and 335 written are 1,827 of input."""
    reading = dialect_named(name).read_usage(raw(cache_read_input_tokens=1486, cache_creation_input_tokens=335))

    assert (reading.usage, reading.anomaly) == (Usage(1827, 20, cache_hit_tokens=1486, cache_write_tokens=335), None)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"cache_read_input_tokens": 64}, Usage(70, 20, cache_hit_tokens=64)),
        ({"cache_creation_input_tokens": 64}, Usage(70, 20, cache_write_tokens=64)),
        ({"cache_read_input_tokens": 0, "cache_creation_input_tokens": None}, Usage(6, 20)),
    ],
)
def test_either_cache_count_declares_the_shape(members: dict[str, object], expected: Usage) -> None:
    """The other one may be missing or null."""
    reading = read_messages_usage(raw(**members))

    assert reading is not None
    assert reading.usage == expected


@pytest.mark.parametrize("members", [{}, {"input_tokens_details": {"cached_tokens": 4}}, {"output_tokens": "20"}])
def test_an_object_that_does_not_declare_it_is_not_of_this_shape(members: dict[str, object]) -> None:
    """Other formats name an `input_tokens` that includes the cache, so nothing is guessed: a count is missing."""
    assert read_messages_usage(raw(**members)) is None
    assert dialect_named("deepseek").read_usage(raw(**members)).anomaly == "missing_count"


def test_chats_own_members_win() -> None:
    """A gateway that adds both shapes means chat's."""
    both = raw(prompt_tokens=70, completion_tokens=20, cache_read_input_tokens=64)

    assert dialect_named("newapi").read_usage(both).usage == Usage(70, 20)


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"input_tokens": -1, "cache_read_input_tokens": 5}, "negative"),
        ({"cache_read_input_tokens": -5}, "negative"),
        ({"cache_read_input_tokens": COUNT_MAX}, "too_large"),
        ({"output_tokens": COUNT_MAX + 1, "cache_creation_input_tokens": 0}, "too_large"),
    ],
)
def test_numbers_that_cannot_be_are_not_believed(members: dict[str, int], word: str) -> None:
    """With the words that chat's usage has."""
    reading = dialect_named("openai").read_usage(raw(**members))

    assert (reading.usage, reading.anomaly) == (None, word)
