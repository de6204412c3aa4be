"""What holds for every document: links lead somewhere, examples say how they are tried, the README stays short."""

import re
from pathlib import Path

import pytest
from tests.support.documents import (
    ROOT,
    all_examples,
    anchors,
    document,
    document_names,
    headings,
    links,
    prose,
    rows_of,
    tables,
    words_in,
)

NAMES = document_names()
README_LINES_MAX = 150
DECISION_LINES_MAX = 60
LINE_CHARS_MAX = 120
NEED_A_MARK = {"toml", "python"}


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    """To a file or folder that exists, and to a heading in it."""
    for link in links(name):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), link
        assert not anchor or anchor in anchors(str(path.resolve().relative_to(ROOT))), link


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_well_formed(name: str) -> None:
    """Each has rows, and each row as many cells as the heading."""
    assert all(tables(document(name)))


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_not_too_long(name: str) -> None:
    """Tables and examples aside."""
    long = [line for line in prose(document(name)).splitlines() if len(line) > LINE_CHARS_MAX]

    assert [line for line in long if not line.startswith("|")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_document_has_one_title(name: str) -> None:
    """As its first line."""
    text = document(name)

    assert text.startswith(f"# {headings(text)[0]}\n")
    assert len(re.findall(r"^# ", prose(text), re.MULTILINE)) == 1


def test_every_example_of_a_language_that_can_be_tried_says_how() -> None:
    """By a word after the language; `test_examples.py` has one way for each."""
    assert [str(example) for example in all_examples() if example.language in NEED_A_MARK and not example.marks] == []


def test_the_readme_is_short() -> None:
    """One sitting."""
    assert len(document("README.md").splitlines()) <= README_LINES_MAX


def test_decisions_are_short_and_numbered_without_a_gap() -> None:
    """By file name and by title."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    for number, path in enumerate(decisions, 1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= DECISION_LINES_MAX


def test_every_document_is_found_from_the_readme() -> None:
    """By its links and those of what they lead to."""
    found, open_names = set(), {"README.md"}
    while open_names:
        found |= open_names
        open_names = {target for name in open_names for target in _linked(name)} - found

    assert set(NAMES) - found == set()


def test_promises_name_tests_that_exist() -> None:
    """Each of them at least one."""
    rows = rows_of(document("docs/promises.md"), "promise")
    paths = [[word for word in words_in(row["shown by"]) if "/" in word] for row in rows]

    assert rows
    assert all(paths)
    assert [path for found in paths for path in found if not (ROOT / path).exists()] == []


def _linked(name: str) -> set[str]:
    found = set()
    for link in links(name):
        path = ((ROOT / name).parent / link.partition("#")[0]).resolve()
        if path.is_dir():
            found |= {_relative(below) for below in path.glob("*.md")}
        elif path.suffix == ".md" and path.exists():
            found.add(_relative(path))
    return found


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
