"""Draws: elements of an inline SVG picture, with its scale and its words for those who don't see it."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH: Final = 480
"""Of every picture, in its own units: narrow, so that its words stay readable on a phone."""
FONT: Final = 15
_LOG_FROM: Final = 20
"""From this ratio of the greatest to the least value on, equal ratios take equal room."""

Anchor = Literal["start", "middle", "end"]


class Scale:
    """From values (>= 0) to places, linear or logarithmic as the values need it; begins at 0 where it is linear."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, linear: bool = False) -> None:
        """`start` and `end` are places. Needs at least one value."""
        positive = [value for value in values if value > 0]
        greatest = max(positive, default=1.0)
        least = min(positive, default=greatest)
        self._start, self._end = start, end
        self.logarithmic = not linear and greatest / least >= _LOG_FROM
        self._low = 10.0 ** floor(log10(least)) if self.logarithmic else 0.0
        self.ticks = _log_ticks(self._low, greatest) if self.logarithmic else _ticks(greatest)
        self._high = self.ticks[-1]

    def at(self, value: float) -> float:
        """The place of a value; one below the scale's start lies on the start."""
        if self.logarithmic:
            share = log10(max(value, self._low) / self._low) / log10(self._high / self._low)
        else:
            share = value / self._high
        return self._start + (self._end - self._start) * share


class Drawing:
    """One picture. `name` begins its ids, so it has to be unique on the page."""

    def __init__(self, name: str, height: int, title: str, description: str) -> None:
        self._root = Element(
            "svg",
            {
                "viewBox": f"0 0 {WIDTH} {height}",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-description",
                "class": "picture",
            },
        )
        SubElement(self._root, "title", id=f"{name}-title").text = title
        SubElement(self._root, "desc", id=f"{name}-description").text = description

    def text(self, x: float, y: float, words: str, *, anchor: Anchor = "start", kind: str = "label") -> None:
        """Words at a place: their beginning, middle or end."""
        attributes = {"x": _place(x), "y": _place(y), "text-anchor": anchor, "class": kind, "font-size": str(FONT)}
        SubElement(self._root, "text", attributes).text = words

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line; `kind` names its look."""
        places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        SubElement(self._root, "line", {**{name: _place(value) for name, value in places.items()}, "class": kind})

    def box(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """A filled rectangle."""
        places = {"x": x, "y": y, "width": max(width, 1), "height": max(height, 1)}
        SubElement(self._root, "rect", {**{name: _place(value) for name, value in places.items()}, "class": kind})

    def dot(self, x: float, y: float, kind: str) -> None:
        """A small disc."""
        SubElement(self._root, "circle", {"cx": _place(x), "cy": _place(y), "r": "4", "class": kind})

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """A line through points."""
        drawn = " ".join(f"{_place(x)},{_place(y)}" for x, y in points)
        SubElement(self._root, "polyline", {"points": drawn, "class": kind})

    def markup(self) -> str:
        """The picture as text that can stand in a page; everything in it is escaped."""
        return tostring(self._root, encoding="unicode")


def short_number(value: float) -> str:
    """A tick's number: without zeros that say nothing ('0.5', '250', '128k', '1M')."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _ticks(greatest: float) -> list[float]:
    """About four steps from 0 to at least the greatest, each 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(greatest / 4))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * 5 >= greatest)
    return [step * count for count in range(ceil(greatest / step) + 1)]


def _log_ticks(low: float, greatest: float) -> list[float]:
    """Powers of ten from the low end to at least the greatest."""
    return [low * 10.0**count for count in range(ceil(log10(greatest / low)) + 1)]


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
