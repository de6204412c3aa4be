"""The report's pictures: values in, inline SVG out, with a sentence that says what it shows."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from routeproof.operations.reports.svg import FONT, WIDTH, Anchor, Drawing, Scale, short_number

_LEFT: Final = 12
_RIGHT: Final = WIDTH - 24
_ROW: Final = 56
_AXIS: Final = 44
BINS: Final = 24


class Strip(NamedTuple):
    """One kind of measurement: each sample is a dot."""

    label: str
    samples: tuple[float, ...]
    middle: float
    high: float
    """Of which 95 in 100 samples are at or below."""


class Bar(NamedTuple):
    """One amount."""

    label: str
    value: float
    shown: str


class Series(NamedTuple):
    """A price that steps: from each x on it is y."""

    label: str
    steps: tuple[tuple[float, float], ...]


def strips(name: str, title: str, description: str, rows: Sequence[Strip], unit: str) -> str:
    """Dots on a line for each row, with its median and its 95th percentile marked."""
    height = _ROW * len(rows) + _AXIS
    drawing = Drawing(name, height, title, description)
    scale = Scale([sample for row in rows for sample in row.samples], _LEFT, _RIGHT)
    _x_axis(drawing, scale, height - _AXIS, unit)
    for index, row in enumerate(rows):
        y = _ROW * index + 38
        drawing.text(_LEFT, y - 20, row.label)
        drawing.line(_LEFT, y, _RIGHT, y, "guide")
        for sample in row.samples:
            drawing.dot(scale.at(sample), y, "sample")
        for value, kind in ((row.middle, "middle"), (row.high, "high")):
            drawing.line(scale.at(value), y - 12, scale.at(value), y + 12, kind)
    return drawing.markup()


def histogram(name: str, title: str, description: str, samples: Sequence[float], unit: str) -> str:
    """How many samples lie in each of `BINS` equal parts of the scale."""
    height = 200
    drawing = Drawing(name, height, title, description)
    scale = Scale(samples, _LEFT, _RIGHT)
    counts = [0] * BINS
    width = (_RIGHT - _LEFT) / BINS
    for sample in samples:
        counts[min(int((scale.at(sample) - _LEFT) / width), BINS - 1)] += 1
    floor_y, tallest = height - _AXIS, max(counts)
    for index, count in enumerate(counts):
        if count:
            tall = (floor_y - 24) * count / tallest
            drawing.box(_LEFT + index * width + 1, floor_y - tall, width - 2, tall, "bar")
    drawing.text(_LEFT, 16, f"the tallest bar: {tallest} of {len(samples)}")
    _x_axis(drawing, scale, floor_y, unit)
    return drawing.markup()


def bars(name: str, title: str, description: str, rows: Sequence[Bar]) -> str:
    """A bar for each row, from zero, with its amount in words."""
    row_height = 46
    drawing = Drawing(name, row_height * len(rows) + 4, title, description)
    scale = Scale([row.value for row in rows], _LEFT, _RIGHT, linear=True)
    for index, row in enumerate(rows):
        y = row_height * index
        drawing.text(_LEFT, y + 16, row.label)
        drawing.text(_RIGHT, y + 16, row.shown, anchor="end")
        drawing.box(_LEFT, y + 22, scale.at(row.value) - _LEFT, 14, "bar")
    return drawing.markup()


def steps(
    name: str, title: str, description: str, lines: Sequence[Series], *, x_unit: str, y_unit: str, x_end: float
) -> str:
    """Step lines over a common scale, each named above its right end and drawn with a dash of its own."""
    height, top, left = 260, 40, 56
    floor_y = height - _AXIS
    drawing = Drawing(name, height, title, description)
    x_scale = Scale([x_end], left, _RIGHT, linear=True)
    y_scale = Scale([y for line in lines for _, y in line.steps], floor_y, top, linear=True)
    for tick in y_scale.ticks:
        drawing.line(left, y_scale.at(tick), _RIGHT, y_scale.at(tick), "guide")
        drawing.text(left - 6, y_scale.at(tick) + 5, short_number(tick), anchor="end", kind="tick")
    drawing.text(_LEFT, 16, y_unit, kind="tick")
    for index, line in enumerate(lines):
        drawing.path(_corners(line, x_scale, y_scale, x_end), f"series series-{index % 4}")
    for label, y in _apart([(line.label, y_scale.at(line.steps[-1][1]) - 6) for line in lines], floor_y - 6):
        drawing.text(_RIGHT, y, label, anchor="end")
    _x_axis(drawing, x_scale, floor_y, x_unit)
    return drawing.markup()


def _corners(line: Series, x_scale: Scale, y_scale: Scale, x_end: float) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    ends = [x for x, _ in line.steps[1:]] + [x_end]
    for (start, y), end in zip(line.steps, ends, strict=True):
        points += [(x_scale.at(start), y_scale.at(y)), (x_scale.at(end), y_scale.at(y))]
    return points


def _apart(labels: Sequence[tuple[str, float]], lowest: float) -> list[tuple[str, float]]:
    """The labels, from below upwards, moved up where they would stand in one another."""
    placed: list[tuple[str, float]] = []
    for label, wanted in sorted(labels, key=lambda one: -one[1]):
        below = placed[-1][1] - FONT - 2 if placed else lowest
        placed.append((label, min(wanted, below)))
    return placed


def _x_axis(drawing: Drawing, scale: Scale, y: float, unit: str) -> None:
    drawing.line(scale.at(scale.ticks[0]), y, _RIGHT, y, "axis")
    for tick in scale.ticks:
        x = scale.at(tick)
        drawing.line(x, y, x, y + 5, "axis")
        # The outer numbers keep to the inside, so that none is cut off.
        anchor: Anchor = "start" if tick == scale.ticks[0] else "end" if tick == scale.ticks[-1] else "middle"
        drawing.text(x, y + 20, short_number(tick), anchor=anchor, kind="tick")
    scaled = f"{unit}, each step ten times the one before" if scale.logarithmic else unit
    drawing.text(_RIGHT, y + 38, scaled, anchor="end", kind="tick")
