"""What simulated models say."""

from hypothesis import given
from hypothesis import strategies as st

from routeproof.simulator.draws import Draws
from routeproof.simulator.words import opener, sample, text_of_bytes, words


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


def test_a_sample_fits_its_schema() -> None:
    """Types, enums, arrays and nested objects."""
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["c", "f"]},
            "days": {"type": "integer"},
            "exact": {"type": "boolean"},
            "ratio": {"type": "number"},
            "nothing": {"type": "null"},
            "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            "maybe": {"type": ["integer", "null"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "deep": {"type": "object", "properties": {"x": {"type": "integer"}}},
        },
    }
    value = sample(schema, Draws("schema"))
    assert isinstance(value, dict)
    assert {name: type(field).__name__ for name, field in value.items()} == {
        "city": "str",
        "unit": "str",
        "days": "int",
        "exact": "bool",
        "ratio": "float",
        "nothing": "NoneType",
        "either": "int",
        "maybe": "int",
        "tags": "list",
        "deep": "dict",
    }
    assert value["unit"] in ("c", "f")


def test_a_schema_without_end_is_cut_off() -> None:
    """A schema that holds itself gives a value all the same."""
    schema: dict[str, object] = {"type": "object"}
    schema["properties"] = {"again": schema}
    assert sample(schema, Draws("loop")) is not None


def test_no_schema_gives_an_empty_object() -> None:
    """A function without parameters is called with none."""
    assert sample(None, Draws("none")) == {}
