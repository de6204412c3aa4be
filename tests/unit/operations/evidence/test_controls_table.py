"""The table of controls: declared by facts, measured by evidence."""

from pathlib import Path

import pytest
from tests.support.report_evidence import bundle_of_run, simulated_run
from tests.support.sample_evidence import NOW_NS

from routeproof.config.loading import load_settings
from routeproof.errors import OperatorError
from routeproof.operations.evidence.controls import ControlRow, controls_of
from routeproof.operations.evidence.kept import EvidencePlace, place_of
from routeproof.store.evidence_store import keep_evidence

ROUTE = "deepseek/deepseek-flash"
CONFIG = """
[providers.deepseek]
dialect = "deepseek"
api_key = "env:KEY"

[models.chat]
routes = ["deepseek/deepseek-flash"]
"""


@pytest.fixture
def place(tmp_path: Path) -> EvidencePlace:
    """A configuration of one route, with its data directory."""
    path = tmp_path / "routeproof.toml"
    path.write_text(CONFIG)
    settings = load_settings(path, {"KEY": "sk-sim-canary-0123456789abcdef"})
    return place_of(settings, path)


def rows_of(place: EvidencePlace, route: str = ROUTE) -> dict[str, ControlRow]:
    """The table by control."""
    return {row.control: row for row in controls_of(place, route, NOW_NS).rows}


def test_without_evidence_there_is_what_facts_declare(place: EvidencePlace) -> None:
    """And how each effect would show."""
    found = controls_of(place, ROUTE, NOW_NS)
    rows = {row.control: row for row in found.rows}

    assert (found.evidence, found.differ) == (None, ())
    assert rows["thinking"].declared == "effective"
    assert rows["enable_thinking"].declared == "ignored"
    assert rows["n"].declared == "rejected"
    assert rows["seed"].declared is None
    assert {row.measured for row in found.rows} == {None}
    assert rows["stop"].shown_by == "a line that is to be repeated ends before the stop word"


def test_facts_are_told_with_their_cases(place: EvidencePlace) -> None:
    """What is deprecated declares nothing, and is shown all the same."""
    rows = rows_of(place)

    assert rows["presence_penalty"].declared is None
    assert rows["presence_penalty"].facts == ("deprecated", "ignored when thinking")
    assert rows["response_format"].facts == ("response_format.type: supported",)


def test_what_was_measured_stands_beside_it(place: EvidencePlace) -> None:
    """An honest route agrees with all that is declared."""
    stored = keep_evidence(place.data_dir, bundle_of_run(simulated_run(["P03"])))
    found = controls_of(place, ROUTE, NOW_NS)

    assert found.evidence == stored.digest
    assert found.differ == ()
    assert {row.control: row.measured for row in found.rows}["seed"] == "ignored"
    assert {row.agrees for row in found.rows if row.declared is not None} == {True}
    assert {row.agrees for row in found.rows if row.declared is None} == {None}


def test_a_control_that_does_something_else_differs(place: EvidencePlace) -> None:
    """The row says so, and what was not seen."""
    run = simulated_run(["P03"], faults=[{"fault": "drop_control", "control": "stop"}])
    keep_evidence(place.data_dir, bundle_of_run(run))
    (row,) = controls_of(place, ROUTE, NOW_NS).differ

    assert (row.control, row.declared, row.measured) == ("stop", "effective", "ignored")
    assert row.shown_by.startswith("not seen: ")


def test_evidence_that_measured_no_controls_is_passed_over(place: EvidencePlace) -> None:
    """And refused where it is named."""
    stored = keep_evidence(place.data_dir, bundle_of_run(simulated_run(["P01"])))

    assert controls_of(place, ROUTE, NOW_NS).evidence is None
    with pytest.raises(OperatorError, match="--checks P03"):
        controls_of(place, ROUTE, NOW_NS, evidence=stored.digest)


def test_evidence_of_another_route_is_refused(place: EvidencePlace) -> None:
    """It says nothing about this one."""
    stored = keep_evidence(place.data_dir, bundle_of_run(simulated_run(["P03"], "qwen")))

    with pytest.raises(OperatorError, match="about qwen/qwen-plus, not about deepseek/deepseek-flash"):
        controls_of(place, ROUTE, NOW_NS, evidence=stored.digest)


def test_a_route_of_no_configuration_is_known_by_its_evidence(tmp_path: Path) -> None:
    """What was declared then is what is declared."""
    place = place_of(None, tmp_path / "routeproof.toml")
    run = simulated_run(["P03"], declared={"control.seed": "effective"})
    keep_evidence(place.data_dir, bundle_of_run(run))
    rows = rows_of(place)

    assert (rows["seed"].declared, rows["seed"].measured, rows["seed"].agrees) == ("effective", "ignored", False)
    assert rows["thinking"].declared is None


@pytest.mark.parametrize("route", ["deepseek/other-model", "openai/gpt", "nonsense"])
def test_what_nobody_knows_is_said(tmp_path: Path, route: str) -> None:
    """Neither configuration nor evidence."""
    with pytest.raises(OperatorError, match="nothing is known of"):
        controls_of(place_of(None, tmp_path / "routeproof.toml"), route, NOW_NS)
