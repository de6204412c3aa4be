"""The pictures' elements: scales that hold their values, and markup that nothing breaks out of."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.operations.reports.svg import WIDTH, Drawing, Scale, short_number

NANO = 1e-6
SAMPLES = st.lists(st.integers(0, 10**15).map(lambda value: value * NANO), min_size=1, max_size=50)


@given(SAMPLES, st.booleans())
def test_every_value_has_its_place_on_the_scale(values: list[float], linear: bool) -> None:
    """Between its ends, and in the values' order."""
    scale = Scale(values, 10, 110, linear=linear)
    places = [scale.at(value) for value in sorted(values)]

    assert all(10 <= place <= 110 + 1e-6 for place in places)
    assert places == sorted(places)
    assert scale.at(scale.ticks[-1]) == pytest.approx(110)


@given(SAMPLES)
def test_ticks_reach_over_all_values(values: list[float]) -> None:
    """And are few enough to be read."""
    scale = Scale(values, 0, 100)

    assert scale.ticks == sorted(set(scale.ticks))
    assert scale.ticks[-1] >= max(values) * (1 - 1e-9)
    assert len(scale.ticks) <= (7 if not scale.logarithmic else 18)


def test_far_apart_values_get_a_logarithmic_scale() -> None:
    """Equal ratios take equal room; values near one another stay linear and begin at zero."""
    far, near = Scale([1, 1_000], 0, 90), Scale([40, 50], 0, 100)

    assert far.ticks == [1, 10, 100, 1_000]
    assert [far.at(value) for value in (1, 10, 100, 1_000)] == [0, 30, 60, 90]
    assert far.at(0) == 0
    assert near.ticks == [0, 10, 20, 30, 40, 50]
    assert near.at(0) == 0


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (0.5, "0.5"), (250, "250"), (128_000, "128k"), (2e6, "2M")])
def test_numbers_are_short(value: float, shown: str) -> None:
    """As a tick shows them."""
    assert short_number(value) == shown


def test_a_picture_tells_what_it_shows_and_escapes_it() -> None:
    """Title and description are named by the picture; hostile words stay words."""
    drawing = Drawing("p", 50, "<script>t</script>", '"d" & <b>')
    drawing.text(1, 2, "</text><script>alert(1)</script>")
    markup = drawing.markup()
    root = fromstring(markup)

    assert "<script>" not in markup
    assert root.get("viewBox") == f"0 0 {WIDTH} 50"
    assert root.get("aria-labelledby") == "p-title p-description"
    assert [(child.get("id"), child.text) for child in root][:2] == [
        ("p-title", "<script>t</script>"),
        ("p-description", '"d" & <b>'),
    ]
    assert root[2].text == "</text><script>alert(1)</script>"
