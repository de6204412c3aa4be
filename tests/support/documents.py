"""The project's Markdown as data: tables, fenced examples, links, and the words in code type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE_DAY = "2026-11-24T12:00:00Z"
"""When the documents' examples are set: a Tuesday noon in UTC, outside DeepSeek's peak hours."""

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
_CELL_END = re.compile(r"(?<!\\)\|")

Row = dict[str, str]


@dataclass(frozen=True)
class Example:
    """One fenced block. `marks` are the words after its language: they say how it is tried out."""

    document: str
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def document_names() -> list[str]:
    """Every Markdown file, relative to the root."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def document(name: str) -> str:
    """One document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """A text without its fenced blocks, with as many lines."""
    return _FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)


def examples(name: str) -> list[Example]:
    """The fenced blocks of a document, in order."""
    text = document(name)
    found = []
    for match in _FENCE.finditer(text):
        language, *marks = match[1].split() or [""]
        found.append(Example(name, text.count("\n", 0, match.start()) + 1, language, tuple(marks), match[2]))
    return found


def all_examples() -> list[Example]:
    """Those of every document."""
    return [example for name in document_names() for example in examples(name)]


def section(text: str, heading: str) -> str:
    """What stands under a heading, its subsections included. Raises LookupError where there is none."""
    bare = prose(text)
    heads = list(_HEADING.finditer(bare))
    for index, head in enumerate(heads):
        if head[2] == heading:
            ends = (other.start() for other in heads[index + 1 :] if len(other[1]) <= len(head[1]))
            lines = bare.count("\n", 0, head.end()), bare.count("\n", 0, next(ends, len(bare)))
            return "\n".join(text.split("\n")[lines[0] + 1 : lines[1]])
    raise LookupError(f"there is no heading {heading!r}")


def headings(text: str) -> list[str]:
    """The headings of a document, in order."""
    return [head[2] for head in _HEADING.finditer(prose(text))]


def tables(text: str) -> list[list[Row]]:
    """Every table, each row by its column's heading."""
    found: list[list[Row]] = []
    names: list[str] = []
    for line in prose(text).split("\n"):
        if not line.startswith("|"):
            names = []
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(line)[1:-1]]
        if not names:
            names = cells
            found.append([])
        elif not set("".join(cells)) <= set("-: "):
            assert len(cells) == len(names), f"a row of another width: {line}"
            found[-1].append(dict(zip(names, cells, strict=True)))
    return found


def rows_of(text: str, column: str) -> list[Row]:
    """The rows of every table whose first column has this heading."""
    return [row for table in tables(text) for row in table if next(iter(row)) == column]


def bare(cell: str) -> str:
    """A cell that is one word in code type, without its marks. Raises ValueError for any other."""
    match = _CODE.fullmatch(cell)
    if match is None:
        raise ValueError(f"{cell!r} is not one word in code type")
    return match[1]


def words_in(cell: str) -> list[str]:
    """All words in code type."""
    return _CODE.findall(cell)


def links(name: str) -> Iterator[str]:
    """The targets of all links."""
    yield from _LINK.findall(prose(document(name)))


def anchors(name: str) -> set[str]:
    """What a link may name behind `#`, as GitHub makes it from headings."""
    found = set()
    for heading in headings(document(name)):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(kept.replace(" ", "-"))
    return found
