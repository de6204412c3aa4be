"""The floors: when one is met."""

import pytest
from bench.arguments import SCENARIOS, Sizes
from bench.figures import FLOORS, Floor, figures, judge
from bench.medians import Sample

RATIO = Floor("plain-32", "requests_per_s", 0.55, "at least", "ratio", "x nginx")
ADDED = Floor("plain-1", "p50_ms", 0.1, "at most", "difference", "ms over nginx")
IDLE = Floor("idle-memory", "idle_mib", 80, "at most", None, "MiB")


def rounds(floor: Floor, ours: list[float], nginx: list[float]) -> list[Sample]:
    return [
        Sample(number, floor.scenario, target, {floor.key: value})
        for target, values in (("routeproof", ours), ("nginx", nginx))
        for number, value in enumerate(values, 1)
    ]


@pytest.mark.parametrize(
    ("floor", "ours", "nginx", "value", "met"),
    [
        (RATIO, [60.0, 7.0, 50.0], [100.0, 10.0, 100.0], 0.6, True),
        (RATIO, [54.0], [100.0], 0.54, False),
        (RATIO, [55.0], [100.0], 0.55, True),
        (ADDED, [0.30, 0.20], [0.25, 0.15], 0.05, True),
        (ADDED, [0.50], [0.25], 0.25, False),
        (IDLE, [79.0, 80.0, 200.0], [], 80.0, True),
        (IDLE, [81.0], [1.0], 81.0, False),
    ],
)
def test_the_median_over_rounds_decides(
    floor: Floor, ours: list[float], nginx: list[float], value: float, met: bool
) -> None:
    """A value at the bound meets it."""
    reading = judge(floor, rounds(floor, ours, nginx))

    assert reading.value == pytest.approx(value)
    assert reading.met is met


@pytest.mark.parametrize(("ours", "nginx"), [([], [100.0]), ([60.0], [])])
def test_what_was_not_measured_is_neither_met_nor_missed(ours: list[float], nginx: list[float]) -> None:
    """A ratio needs both sides."""
    reading = judge(RATIO, rounds(RATIO, ours, nginx))

    assert (reading.value, reading.met) == (None, None)


def test_every_floor_has_its_line_in_the_table() -> None:
    """Else it would be judged unseen."""
    lines = {(figure.scenario, figure.key) for figure in figures(Sizes()) if figure.over is None}

    assert {(floor.scenario, floor.key) for floor in FLOORS} <= lines


def test_every_scenario_has_lines_in_the_table() -> None:
    """And no line is of a scenario that does not exist."""
    assert {figure.scenario for figure in figures(Sizes())} == set(SCENARIOS)
