"""A report as values: sections of text, tables, pictures and findings, before it is HTML or Markdown."""

from typing import Literal

import msgspec

from routeproof.evidence.verdicts import Verdict

Align = Literal["left", "right"]


class Code(msgspec.Struct, frozen=True):
    """A word for machines, such as a digest."""

    text: str


Cell = str | Verdict | Code


class Text(msgspec.Struct, frozen=True, tag=True):
    """A paragraph."""

    words: str


class Points(msgspec.Struct, frozen=True, tag=True):
    """A list of sentences."""

    lines: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, tag=True):
    """Rows under headings; the first cell of a row names it. Every row has a cell for each column."""

    caption: str
    columns: tuple[tuple[str, Align], ...]
    rows: tuple[tuple[Cell, ...], ...]


class Picture(msgspec.Struct, frozen=True, tag=True):
    """A drawing with what it shows in words, and the numbers behind it."""

    title: str
    description: str
    markup: str
    """Inline SVG, escaped where it was drawn."""
    numbers: Table


class Excerpt(msgspec.Struct, frozen=True):
    """Bytes that show what a finding says."""

    place: str
    text: str


class Finding(msgspec.Struct, frozen=True, tag=True):
    """A check that did not pass: what it is about, why, what shows it, and what to do."""

    heading: str
    verdict: Verdict
    proves: str
    words: str
    failures: tuple[str, ...]
    next_step: str
    excerpts: tuple[Excerpt, ...]


Block = Text | Points | Table | Picture | Finding


class Section(msgspec.Struct, frozen=True):
    """One heading and what stands under it. `id` is its anchor, unique on the page."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


class Report(msgspec.Struct, frozen=True):
    """The whole page."""

    title: str
    subtitle: str
    verdict: Verdict
    sections: tuple[Section, ...]
