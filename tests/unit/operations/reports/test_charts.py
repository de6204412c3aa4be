"""The charts: what is drawn is what was measured."""

from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

from routeproof.operations.reports.charts import Bar, Series, Strip, bars, histogram, steps, strips
from routeproof.operations.reports.svg import FONT, WIDTH


def drawn(markup: str, kind: str) -> list[Element]:
    """The elements of one look."""
    root = fromstring(markup)
    return [one for one in root.iter() if kind in (one.get("class") or "").split()]


def number(element: Element, name: str) -> float:
    """One of its places."""
    return float(element.get(name) or "nan")


def test_every_sample_is_a_dot_in_its_row() -> None:
    """Further to the right where it took longer, with median and 95th percentile marked."""
    rows = [Strip("first", (10, 20, 40), 20, 40), Strip("second", (30,), 30, 30)]
    markup = strips("s", "t", "d", rows, "ms")
    dots = drawn(markup, "sample")
    first, second = [dot for dot in dots if dot.get("cy") == dots[0].get("cy")], dots[3:]

    assert [len(first), len(second)] == [3, 1]
    places = [number(dot, "cx") for dot in first]
    assert places == sorted(places)
    assert places[0] < number(second[0], "cx") < places[2]
    assert [number(one, "x1") for one in drawn(markup, "middle")] == [places[1], number(second[0], "cx")]
    assert number(drawn(markup, "high")[0], "x1") == places[2]


def test_a_histogram_counts_every_sample_once() -> None:
    """Heights are as the counts, and the scale of heights is told."""
    boxes = drawn(histogram("h", "t", "d", [1, 1, 1, 9], "ms"), "bar")
    heights = [number(box, "height") for box in boxes]

    assert len(boxes) == 2
    assert abs(heights[0] - 3 * heights[1]) < 0.2
    assert "the tallest bar: 3 of 4" in histogram("h", "t", "d", [1, 1, 1, 9], "ms")


def test_bars_are_as_long_as_their_amounts() -> None:
    """From zero, so that twice as much is twice as long; a tiny amount can still be seen."""
    boxes = drawn(bars("b", "t", "d", [Bar("a", 50, "50"), Bar("b", 100, "100"), Bar("c", 0, "0")]), "bar")
    widths = [number(box, "width") for box in boxes]

    assert widths[1] == 2 * widths[0]
    assert widths[2] == 1


def test_steps_go_up_where_the_price_does() -> None:
    """Each line has two points a step, and reaches to the right end."""
    lines = [Series("input", ((0, 1.0), (100, 2.0))), Series("output", ((0, 4.0),))]
    markup = steps("p", "t", "d", lines, x_unit="tokens", y_unit="USD", x_end=200)
    stepped, flat = (
        [tuple(map(float, point.split(","))) for point in (line.get("points") or "").split()]
        for line in drawn(markup, "series")
    )

    assert [len(stepped), len(flat)] == [4, 2]
    assert stepped[1][0] == stepped[2][0]
    assert stepped[1][1] > stepped[2][1]
    assert stepped[-1][0] == flat[-1][0] == WIDTH - 24


def test_labels_of_near_lines_stand_apart() -> None:
    """None is written over another."""
    lines = [Series(name, ((0, price),)) for name, price in (("a", 0.0), ("b", 0.01), ("c", 0.02), ("d", 10.0))]
    labels = drawn(steps("p", "t", "d", lines, x_unit="x", y_unit="y", x_end=10), "label")
    heights = sorted(number(one, "y") for one in labels)

    assert [one.text for one in labels] == ["a", "b", "c", "d"]
    assert min(after - before for before, after in pairwise(heights)) >= FONT
