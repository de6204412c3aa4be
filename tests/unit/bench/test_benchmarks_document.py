"""`docs/benchmarks.md` says what the benchmark does."""

import pytest
from bench.arguments import PEERS, SCENARIOS, TARGETS
from bench.children import ROOT
from bench.figures import FLOORS, Floor

DOCUMENT = (ROOT / "docs" / "benchmarks.md").read_text()


@pytest.mark.parametrize("name", SCENARIOS + TARGETS + PEERS)
def test_every_scenario_and_target_is_explained(name: str) -> None:
    """In one of the tables."""
    assert any(f"`{name}`" in line for line in DOCUMENT.splitlines() if line.startswith("| `"))


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.scenario}-{floor.key}")
def test_every_floor_is_listed_with_its_bound(floor: Floor) -> None:
    """As it is judged."""
    rows = DOCUMENT.partition("## Floors")[2].splitlines()

    assert any(row.startswith(f"| `{floor.scenario}` |") and f"{floor.sense} {floor.bound:g} " in row for row in rows)
