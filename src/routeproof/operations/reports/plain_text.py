"""Text that somebody else wrote, made safe to show: the invisible becomes visible, and nothing can pose as markup."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.operations.reports.model import Align, Cell, Code, Table

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]|~$]|^[#+=-]|^\d+(?=[.)]))")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_PIPE: Final = str.maketrans({"|": "\\|", "`": "'"})
_FENCES: Final = re.compile(r"`{3,}")
# What a reader can't see, but a browser or an editor acts on: controls, and what turns the direction of writing.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with every invisible character as an escape; line breaks and tabs stay."""
    return _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(visible(text).split())


def markdown(text: str) -> str:
    """Words that no reader of Markdown takes for anything else."""
    return _MARKDOWN.sub(_escaped, one_line(text)).translate(_ENTITIES)


def fenced(text: str) -> str:
    """Text as a block of code, whatever fences are in it."""
    longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def markdown_table(table: Table) -> str:
    """The table with its columns aligned, so that it can be read as it is."""
    return "\n".join(_table_lines(table))


def _escaped(match: re.Match[str]) -> str:
    """A digit takes no backslash; a list's number is none with one behind it."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _table_lines(table: Table) -> Iterator[str]:
    headings = [markdown(heading) for heading, _ in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    widths = [max(3, *map(len, column)) for column in zip(headings, *rows, strict=True)]
    aligns = [align for _, align in table.columns]
    yield _line(headings, widths, aligns)
    marks = (
        "-" * (width - 1) + (":" if align == "right" else "-") for width, align in zip(widths, aligns, strict=True)
    )
    yield f"| {' | '.join(marks)} |"
    for row in rows:
        yield _line(row, widths, aligns)


def _line(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[Align]) -> str:
    padded = (
        cell.rjust(width) if align == "right" else cell.ljust(width)
        for cell, width, align in zip(cells, widths, aligns, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Code):
        return f"`{one_line(cell.text).translate(_PIPE)}`"
    return markdown(cell)
