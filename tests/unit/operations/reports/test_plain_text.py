"""Text that somebody else wrote, as it may be shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.documents import tables

from routeproof.evidence.verdicts import Verdict
from routeproof.operations.reports.model import Code, Table
from routeproof.operations.reports.plain_text import fenced, markdown, markdown_table, one_line, visible

HOSTILE = "`|*_[a](b)<img src=x>\n| x | y |\r\n# h\x1b[31m\u202egnp\u0000"


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_the_invisible_becomes_visible(letter: str) -> None:
    """What a browser, a terminal or an editor would act on."""
    assert visible(f"a{letter}b") == f"a\\u{ord(letter):04x}b"


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """Whatever the text, and what is plain stays as it is."""
    assert len(one_line(text).splitlines()) <= 1
    assert one_line("two words") == "two words"


@given(st.text(alphabet="`|*_[]()<>&#-+1.\n\\ab~$"))
def test_no_words_are_markup(text: str) -> None:
    """No mark is left without its escape, and no line begins like a heading or a list."""
    written = markdown(text)
    bare = re.sub(r"\\.|&(?:lt|gt|amp);", "", written)

    assert not set(bare) & set("\\`*_[]|~$<>&\n")
    assert re.match(r"[#+=-]|\d+[.)]", written) is None


@given(st.text(alphabet="`~ab\n"))
def test_a_fence_is_longer_than_those_in_the_text(text: str) -> None:
    """So that the text can't end its block."""
    first, *lines, last = fenced(text).split("\n")
    fence = first.removesuffix("text")

    assert set(fence) == {"`"}
    assert len(fence) >= 3
    assert last == fence
    assert all(fence not in line for line in lines)


@given(st.lists(st.tuples(st.text(), st.sampled_from([*Verdict]), st.builds(Code, st.text())), min_size=1, max_size=5))
def test_a_table_keeps_its_width_whatever_is_in_it(rows: list[tuple[str, Verdict, Code]]) -> None:
    """Every row has as many cells as the heading, and all lines are equally long."""
    table = Table("c", (("name", "left"), ("verdict", "left"), ("digest", "right")), tuple(rows))
    text = markdown_table(table)
    (read,) = tables(text)

    assert len({len(line) for line in text.split("\n")}) == 1
    assert len(read) == len(rows)
    assert [row["verdict"] for row in read] == [verdict.value for _, verdict, _ in rows]


def test_hostile_text_in_a_table_stays_in_its_cell() -> None:
    """Pipes, line breaks and all."""
    text = markdown_table(Table("c", (("a", "left"), ("b", "left")), ((HOSTILE, Code(HOSTILE)),)))

    assert len(text.split("\n")) == 3
    assert len(tables(text)[0]) == 1
    assert "<img" not in text.partition("`")[0]
