"""On which line each key of a TOML text stands."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.reading.key_lines import KeyLines

TEXT = '''\
# [[fact]] in a comment
[[fact]]
id = "a # no comment"  # a comment
value = [
  { input = "1", output = "[" },

  { input = "2",  output = "2" },
]
[fact.more]
text = """
id = "not a key" ""\""""
after = \'\'\'
[[fact]]
\'\'\'
[[fact]]
at = 2026-01-01 00:00:00
a.b."c d" = { e = [[1, 2], [3]], f.g = 1.5 }
  [[fact.part]]
  n = 1
  [[ fact . part ]]
  n = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("fact[0]", 2),
        ("fact[0].id", 3),
        ("fact[0].value", 4),
        ("fact[0].value[0].output", 5),
        ("fact[0].value[1]", 7),
        ("fact[0].more", 9),
        ("fact[0].more.text", 10),
        ("fact[0].more.after", 12),
        ("fact[1]", 15),
        ("fact[1].at", 16),
        ("fact[1].a.b.c d.e[1]", 17),
        ("fact[1].a.b.c d.f.g", 17),
        ("fact[1].part[0].n", 19),
        ("fact[1].part[1]", 20),
        ("fact[1].part[1].n", 21),
    ],
)
def test_each_key_has_its_line(path: str, line: int) -> None:
    """Whatever comments, texts and brackets stand before it."""
    assert KeyLines(TEXT).of(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [("fact[0].unit", 2), ("fact[0].value[1].cached", 7), ("fact[0].value[9].input", 4), ("fact[9].id", 2)],
)
def test_a_key_that_is_missing_has_the_line_of_what_is_around_it(path: str, line: int) -> None:
    """The nearest table or list that is there."""
    assert KeyLines(TEXT).of(path) == line


def test_what_is_nowhere_has_no_line() -> None:
    """Not even nearby."""
    assert KeyLines(TEXT).of("prices[0].id") is None
    assert KeyLines("").below("fact[0]") == ()


def test_the_keys_of_a_table_come_with_its_own_line() -> None:
    """Those right inside it, under their names."""
    assert KeyLines(TEXT).below("fact[0]") == (("", 2), ("id", 3), ("value", 4), ("more", 9))


def test_inline_tables_have_lines_too() -> None:
    """A file may be one list."""
    assert KeyLines("fact = [\n  { id = 1 },\n  { id = 2 },\n]").below("fact[1]") == (("", 3), ("id", 3))


scalars = st.one_of(
    st.integers(-9, 9).map(str),
    st.text(max_size=5).map(lambda text: "'" + "".join(c for c in text if c.isprintable() and c != "'") + "'"),
    st.sampled_from(['"\\""', '"]"', "1.5e3", "2026-01-01T00:00:00Z", "true", '"""a\n"b"""', "'''\n[x]\n'''"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[\n" + ",  # [\n".join(items) + "\n]"),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), values), max_size=5, unique_by=lambda pair: pair[0]))
def test_every_key_that_the_parser_finds_is_found_where_it_was_written(pairs: list[tuple[str, str]]) -> None:
    """Against the writer, which knows the lines."""
    text, expected = "[[fact]]\n", {}
    for key, value in pairs:
        expected[key] = text.count("\n") + 1
        text += f"{key} = {value}\n"

    lines = KeyLines(text)

    assert {key: lines.of(f"fact[0].{key}") for key in tomllib.loads(text)["fact"][0]} == expected
    assert dict(lines.below("fact[0]")) == {"": 1, **expected}


@given(st.text(alphabet="[]{}=.,\"'#\n ab", max_size=40))
def test_every_text_that_is_toml_is_understood(text: str) -> None:
    """However odd it is."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = KeyLines(text)

    assert all(lines.of(key) is not None for key in document)
