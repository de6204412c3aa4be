"""The results file and the table."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from bench.arguments import Options, read_options
from bench.figures import Figure
from bench.medians import Sample
from bench.results import Machine, Results, collect, write
from bench.run import Outcome
from bench.sheet import cell, render
from rich.console import Console

MACHINE = Machine(cpu="Fast One", cores=2, kernel="6", target_core=0, load_core=1, open_files_max=20_000)
SAMPLES = [
    Sample(number, "plain-32", target, {"requests_per_s": rate, "p50_ms": p50})
    for number, target, rate, p50 in (
        (1, "direct", 80_000.0, 0.3),
        (1, "nginx", 60_000.0, 0.5),
        (1, "routeproof", 42_000.0, 0.75),
        (2, "nginx", 30_000.0, 1.0),
        (2, "routeproof", 15_000.0, 2.0),
        (3, "nginx", 61_000.0, 0.5),
        (3, "routeproof", 44_000.0, 0.75),
        (1, "litellm", 120.0, 250.0),
    )
]
RATE = Figure("plain-32", "requests_per_s", "requests/s", 0)
P50 = Figure("plain-32", "p50_ms", "p50, ms", 3, "difference")
ADDED = Figure("plain-32", "p50_ms", "p50 added, ms", 3, "difference", "direct")


def results(options: Options, outcome: Outcome) -> Results:
    return collect(options, outcome, MACHINE, {"nginx": "1.22"}, datetime(2026, 1, 2, tzinfo=UTC))


def shown(found: Results) -> str:
    text = io.StringIO()
    Console(width=160, file=text).print(render(found))
    return text.getvalue()


@pytest.mark.parametrize(
    ("figure", "target", "expected"),
    [
        (RATE, "nginx", "60,000"),
        (RATE, "direct", "80,000"),
        (RATE, "routeproof", "42,000 (0.70x)"),
        (RATE, "litellm", "120 (0.002x)"),
        (RATE, "portkey", "-"),
        (P50, "routeproof", "0.750 (+0.250)"),
        (ADDED, "nginx", "0.200"),
        (ADDED, "routeproof", "0.450 (+0.250)"),
        (ADDED, "direct", "-"),
    ],
)
def test_a_cell_has_the_median_and_how_it_stands_to_nginx(figure: Figure, target: str, expected: str) -> None:
    """Round by round: the slow second round moves the median, not the ratio."""
    assert cell(figure, target, SAMPLES) == expected


def test_the_table_says_whether_a_floor_is_met() -> None:
    """Beside the figure it is of."""
    options = read_options(["--only", "plain-32"], Path("results"))

    lines = shown(results(options, Outcome(samples=SAMPLES))).splitlines()

    (line,) = [line for line in lines if "requests/s" in line]
    assert "at least 0.55 x nginx: met" in line


def test_notes_and_what_broke_are_shown() -> None:
    """Markup in them is text."""
    options = read_options(["--only", "plain-32"], Path("results"))
    outcome = Outcome(notes=["at most 256 streams"], broken=["nginx, tls-1: [red]refused"])

    text = shown(results(options, outcome))

    assert "Note: at most 256 streams" in text
    assert "Broken: nginx, tls-1: [red]refused" in text


def test_the_file_keeps_every_figure(tmp_path: Path) -> None:
    """And what it was measured with; nothing half-written is left."""
    path = tmp_path / "new" / "latest.json"

    write(results(read_options([], path.parent), Outcome(samples=SAMPLES)), path)

    found = json.loads(path.read_bytes())
    assert msgspec.convert(found["samples"], list[Sample]) == SAMPLES
    assert found["machine"]["cpu"] == "Fast One"
    assert found["measured_at"] == "2026-01-02T00:00:00+00:00"
    assert found["medians"]["plain-32"]["nginx"]["requests_per_s"]["median"] == 60_000.0
    assert found["ratios_to_nginx"]["plain-32"]["routeproof"]["requests_per_s"]["rounds"] == 3
    assert [entry.name for entry in path.parent.iterdir()] == ["latest.json"]


def test_ratios_are_of_the_same_round(tmp_path: Path) -> None:
    """The median of 0.70, 0.50 and 0.72."""
    found = results(read_options([], tmp_path), Outcome(samples=SAMPLES))

    assert found.ratios_to_nginx["plain-32"]["routeproof"]["requests_per_s"].median == pytest.approx(0.7)
    assert "nginx" not in found.ratios_to_nginx["plain-32"]
