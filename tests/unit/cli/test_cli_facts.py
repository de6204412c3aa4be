"""`facts`: lists, shows and checks, with a configuration and without one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]

NOW = ("--at", "2026-11-25T12:00:00Z")
LATER = ("--at", "2027-06-01T00:00:00Z")
PEAK = "deepseek/deepseek-flash/usd/2026-09-10/peak"
NOBODY = "There is no routeproof.toml here; these are the facts that come with Routeproof.\n"
OWN = """
[[fact]]
id = "house/x/usd"
kind = "price"
subject = { family = "house", model = "x" }
unit = "per 1M tokens"
currency = "USD"
value = [{ input = "0.05", output = "0.1" }]
effective_from = "2026-01-01T00:00:00Z"
source = "https://intranet.example/prices"
checked_at = "2026-11-01"
confidence = "provider page"
"""


@pytest.fixture
def priced(configured: Path) -> Path:
    """The configuration's route has a price of its own."""
    text = (configured / "routeproof.toml").read_text()
    text = text.replace("[providers.p]", 'facts = ["own.toml"]\n[providers.p]\nprices = "house"')
    (configured / "routeproof.toml").write_text(text)
    (configured / "own.toml").write_text(OWN)
    return configured


def listed(command: Command, *arguments: str) -> list[dict[str, Any]]:
    """What `facts list --json` writes."""
    result = command("facts", "list", "--json", *NOW, *arguments)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list_shows_the_shipped_facts_where_there_is_no_configuration(command: Command) -> None:
    """And says so, on stderr."""
    result = command("facts", "list", "--provider", "deepseek", "--kind", "price", "--model", "deepseek-flash", *NOW)
    headings, *rows = result.stdout.splitlines()

    assert (result.exit_code, headings.split()[:3]) == (0, ["fact", "kind", "about"])
    (peak,) = (row for row in rows if row.startswith(PEAK))
    assert "input 0.3, hit 0.006, output 1.2 USD per 1M tokens, peak" in peak
    assert result.stderr.startswith(NOBODY)
    assert f"{len(rows)} facts, " in result.stderr


def test_list_has_the_configuration_s_own_facts(command: Command, priced: Path) -> None:
    """By the name of the provider, one object a line."""
    (fact,) = listed(command, "--provider", "p")

    assert (fact["id"], fact["freshness"], fact["window"], fact["age_days"]) == ("house/x/usd", "fresh", "in force", 24)
    assert (fact["checked_at"], fact["source"]) == ("2026-11-01", "https://intranet.example/prices")
    assert fact["claim"]["tiers"][0]["input_nano"] == 50_000_000
    assert listed(command, "--provider", "p", "--stale") == []


def test_a_disputed_claim_is_no_fact_to_go_by(command: Command, priced: Path) -> None:
    """The table says so in place of its age."""
    with (priced / "own.toml").open("a") as file:
        file.write(OWN.replace("house/x/usd", "house/x/rumour") + 'contradicts = ["house/x/usd"]\n')
    lines = command("facts", "list", "--provider", "p", *NOW).stdout.splitlines()

    (rumour,) = (line for line in lines if line.startswith("house/x/rumour"))
    assert "disputes another" in rumour


def test_show_has_everything_about_one_fact(command: Command, priced: Path) -> None:
    """A line for each, or one object."""
    plain = command("facts", "show", "house/x/usd", *NOW)
    detail = json.loads(command("facts", "show", "house/x/usd", "--json", *NOW).stdout)
    lines = {line[:16].strip(): line[16:] for line in plain.stdout.splitlines()}

    assert lines["freshness"] == "fresh (warn after 30 days, hold after 90 days)"
    assert lines["window"] == "in force: from 2026-01-01T00:00:00.000Z until further notice"
    assert lines["stale from"] == detail["stale_from"] == "2026-12-01T00:00:00.000Z"
    assert lines["routes"] == "p/x" and detail["routes"] == ["p/x"]
    assert detail["fact"]["id"] == lines["fact"] == "house/x/usd"


def test_show_names_what_says_otherwise(command: Command) -> None:
    """With its source; without a configuration no route is spoken of."""
    shown = command("facts", "show", "deepseek/deepseek-flash/usd/2026-09-10/off-peak", *NOW).stdout

    assert "contradicted by " in shown
    assert "\nroutes " not in shown


def test_check_warns_and_ends_well_while_nothing_is_held(command: Command, priced: Path) -> None:
    """What is found, with the routes; what to do stands on stderr, once for each trouble."""
    result = command("facts", "check", "--at", "2026-12-01T00:00:00Z")
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    (own,) = (line for line in lines if "intranet.example" in line)
    assert own.split() == [
        *("stale", "price:", "checked", "on", "2026-11-01,", "30", "days", "ago:"),
        *("https://intranet.example/prices", "p/x"),
    ]
    assert result.stderr.count("stale: ") == 1
    assert result.stderr.endswith(f"{len(lines) - 1} findings at 2026-12-01T00:00:00.000Z; nothing is held\n")


def test_check_fails_where_a_fact_is_held(command: Command, priced: Path) -> None:
    """For people and for machines."""
    plain, machine = command("facts", "check", *LATER), command("facts", "check", "--json", *LATER)
    report = json.loads(machine.stdout)

    assert (plain.exit_code, machine.exit_code, report["ok"]) == (1, 1, False)
    assert plain.stdout.splitlines()[1].startswith("held ")
    assert plain.stderr.endswith("; facts are held\n")
    assert ["house/x/usd"] in [row["facts"] for row in report["findings"] if row["trouble"] == "held"]


def test_the_policy_is_the_configuration_s(command: Command, priced: Path) -> None:
    """A stricter one finds more."""
    with (priced / "routeproof.toml").open("a") as file:
        file.write("[staleness]\nprice = { warn_after_days = 1, hold_after_days = 10 }\n")

    assert command("facts", "check", *NOW).exit_code == 1
    assert [fact["freshness"] for fact in listed(command, "--provider", "p", "--stale")] == ["held"]


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["list", "--kind", "prise"], 2, "did you mean 'price'?"),
        (["list", "--at", "yesterday"], 2, "--at"),
        (["list", "--provider", "deepsek"], 1, "did you mean 'deepseek'?"),
        (["list", "--config", "absent.toml"], 2, "absent.toml: can't be read"),
        (["show", PEAK[:-1]], 1, f"did you mean '{PEAK}'?"),
        (["show"], 2, "FACT"),
    ],
)
def test_what_can_not_be_is_refused(command: Command, arguments: list[str], code: int, named: str) -> None:
    """By name, with nothing on stdout."""
    result = command("facts", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert named in result.stderr
