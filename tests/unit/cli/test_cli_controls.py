"""`controls`: what is declared and what was measured, for people and for machines."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.report_evidence import bundle_of_run, simulated_run
from typer.testing import Result

from routeproof.prover.controls.table import CONTROLS
from routeproof.store.evidence_store import keep_evidence

Command = Callable[..., Result]
ROUTE = "deepseek/deepseek-flash"
CONFIG = """
[server]
data_dir = "data"
[providers.deepseek]
dialect = "deepseek"
api_key = "env:ABSENT_KEY"

[models.chat]
routes = ["deepseek/deepseek-flash"]
"""


@pytest.fixture
def data_dir(home: Path) -> Path:
    """The data directory of a configuration that needs no key to be read."""
    (home / "routeproof.toml").write_text(CONFIG)
    return home / "data"


def test_without_evidence_the_next_command_is_told(command: Command, data_dir: Path) -> None:
    """What facts declare is shown all the same, and nothing differs."""
    result = command("controls", ROUTE)

    assert result.exit_code == 0
    assert "effective" in result.stdout
    assert f"routeproof prove {ROUTE} --checks P03" in result.stderr
    assert not data_dir.exists()


def test_every_control_is_a_row(command: Command, data_dir: Path) -> None:
    """One object for machines, with the evidence that it rests on."""
    stored = keep_evidence(data_dir, bundle_of_run(simulated_run(["P03"])))
    result = command("controls", ROUTE, "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert [row["control"] for row in told["rows"]] == [control.name for control in CONTROLS]
    assert told["evidence"] == stored.digest
    assert set(told) == {"route", "evidence", "ended", "rows"}
    assert set(told["rows"][0]) == {"control", "declared", "measured", "agrees", "shown_by", "facts"}


def test_a_difference_is_an_exit_code(command: Command, data_dir: Path) -> None:
    """And a word in the table."""
    run = simulated_run(["P03"], faults=[{"fault": "drop_control", "control": "stop"}])
    stored = keep_evidence(data_dir, bundle_of_run(run))
    result = command("controls", ROUTE, "--evidence", stored.digest[:8])

    assert result.exit_code == 1
    assert "NO" in result.stdout
    assert "1 differ" in result.stderr


def test_an_unknown_route_is_refused(command: Command, data_dir: Path) -> None:
    """With what there is to name."""
    result = command("controls", "deepsek/deepseek-flash")

    assert result.exit_code == 1
    assert "nothing is known of" in result.stderr
    assert not data_dir.exists()
