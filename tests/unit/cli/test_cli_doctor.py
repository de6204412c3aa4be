"""`doctor`: what it shows, and that its exit code tells."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from routeproof.cli import doctor as doctor_command
from routeproof.limits import Limits
from routeproof.operations.doctor import Finding

Command = Callable[..., Result]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Limits | None]]:
    """A machine without fault, whatever this one is like; what was examined."""
    examined: list[tuple[Path, Limits | None]] = []

    def diagnose(data_dir: Path, *, limits: Limits | None = None) -> list[Finding]:
        examined.append((data_dir, limits))
        return [Finding("sqlite", True, "SQLite 3.53.4")]

    monkeypatch.setattr(doctor_command, "diagnose", diagnose)
    return examined


def test_all_well_is_exit_code_0(command: Command, configured: Path, sound: list[Any]) -> None:
    """The configuration is the first thing that is looked at."""
    result = command("doctor")

    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:]] == [["config", "ok"], ["sqlite", "ok"]]
    assert sound == [(configured / "data", Limits())]


def test_a_mistake_in_the_configuration_is_a_finding(command: Command, home: Path, sound: list[Any]) -> None:
    """The rest is examined all the same, and the exit code is 1."""
    result = command("doctor")

    assert result.exit_code == 1
    assert "config  FAIL  routeproof.toml: can't be read" in result.stdout
    assert "routeproof config check" in result.stdout
    assert sound == [(home / "routeproof-data", None)]


def test_for_machines_it_is_one_object(command: Command, home: Path, sound: list[Any]) -> None:
    """With the verdict and every finding."""
    result = command("doctor", "--json")
    report = json.loads(result.stdout)

    assert (result.exit_code, report["ok"]) == (1, False)
    assert [(finding["name"], finding["ok"]) for finding in report["findings"]] == [("config", False), ("sqlite", True)]


def test_it_examines_this_machine(command: Command, configured: Path) -> None:
    """With nothing replaced: every check reports, and SQLite is one that is safe to use."""
    report = json.loads(command("doctor", "--json").stdout)
    found = {finding["name"]: finding for finding in report["findings"]}

    assert {"config", "python", "sqlite", "data_dir", "disk", "database", "trust_store"} <= set(found)
    assert found["sqlite"]["ok"]
    assert all((finding["remedy"] is None) == finding["ok"] for finding in found.values())
