"""`prices ROUTE`: tables for people, one object for machines, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Command = Callable[..., Result]

AT = ("--at", "2026-11-24T12:00:00Z")
CONFIG = """
[providers.ds]
dialect = "deepseek"
api_key = "none"
[providers.p]
dialect = "openai"
api_key = "none"
[models.m]
routes = ["ds/deepseek-flash"]
"""


@pytest.fixture
def two_providers(home: Path) -> Path:
    """One that has a price list, one that has none."""
    (home / "routeproof.toml").write_text(CONFIG)
    return home


def rows(result: Result) -> list[list[str]]:
    """The lines of stdout as words."""
    return [line.split() for line in result.stdout.splitlines()]


def test_a_route_alone_is_enough(command: Command, two_providers: Path) -> None:
    """`prices ROUTE` is `prices show ROUTE`, wherever the options stand."""
    short, full = command("prices", "ds/deepseek-flash", *AT), command("prices", "show", "ds/deepseek-flash", *AT)
    options_first = command("prices", *AT, "ds/deepseek-flash")

    assert (short.exit_code, short.stdout) == (0, full.stdout)
    assert options_first.stdout == full.stdout


def test_every_line_has_price_fact_day_age_and_source(command: Command, two_providers: Path) -> None:
    """Under a heading with currency, hours and the next change."""
    result = command("prices", "ds/deepseek-flash", *AT)

    assert "USD per 1M tokens, off-peak prices until 2026-11-25T01:00:00.000Z, then peak" in result.stdout
    assert "CNY per 1M tokens" in result.stdout
    assert rows(result)[4] == [
        "any",
        "input",
        "0.15",
        "deepseek/deepseek-flash/usd/2026-09-10/off-peak",
        "2026-11-01",
        "23",
        "d",
        "https://api-docs.deepseek.com/quick_start/pricing",
    ]


def test_no_configuration_is_needed(command: Command, home: Path) -> None:
    """Where family, region and model are named."""
    result = command("prices", "qwen@singapore/qwen3-max", *AT)

    assert result.exit_code == 0
    assert "qwen3-max is answered by qwen3-max-2026-01-23" in result.stdout
    assert [row[2] for row in rows(result) if row[1:2] == ["output"]] == ["6", "12", "15"]
    assert "is stale" in result.stderr


def test_json_is_one_object(command: Command, home: Path) -> None:
    """With stable names, and nothing for people on stdout."""
    result = command("prices", "deepseek@/deepseek-flash", *AT, "--json")
    answer = json.loads(result.stdout)

    assert (answer["route"], answer["answered_by"], answer["reason"]) == (
        "deepseek@/deepseek-flash",
        "deepseek-flash",
        None,
    )
    assert [table["currency"] for table in answer["tables"]] == ["USD", "CNY"]
    assert answer["tables"][0]["next_change"] == {"at": "2026-11-25T01:00:00.000Z", "hours": "peak"}


def test_history_is_shown_when_asked(command: Command, home: Path) -> None:
    """The windows of the name and of what it stood for."""
    result = command("prices", "deepseek@/deepseek-chat", "--at", "2026-06-24T12:00:00Z", "--history")

    assert any(row[0].startswith("2025-12-01") and "deepseek-chat" in row for row in rows(result) if row)
    assert "alias deepseek-v4-flash" in result.stdout
    assert "input 0.14, cache_hit 0.0028, output 0.28" in result.stdout


@pytest.mark.parametrize(
    ("route", "told"),
    [
        ("p/x", "has no price list"),
        ("ds/nope", "no fact states a price"),
        ("zz/nope", "unknown provider"),
        ("m", "name one of its routes: ds/deepseek-flash"),
    ],
)
def test_without_a_price_the_exit_code_says_so(command: Command, two_providers: Path, route: str, told: str) -> None:
    """With the reason and the remedy on stderr."""
    result = command("prices", route, *AT)

    assert result.exit_code == 1
    assert told in result.stderr


def test_a_retired_name_has_no_price(command: Command, home: Path) -> None:
    """Its successor is named."""
    result = command("prices", "deepseek@/deepseek-chat", "--at", "2026-07-25T00:00:00Z")

    assert result.exit_code == 1
    assert "deepseek-chat is retired, its successor is" in result.stdout
    assert "the name is retired" in result.stderr


def test_a_route_is_required(command: Command, home: Path) -> None:
    """Options alone are no route, and nothing at all is a call for help."""
    assert command("prices", *AT).exit_code == 2
    assert "show" in command("prices").output


def test_held_facts_are_refused(command: Command, home: Path) -> None:
    """Naming the facts."""
    result = command("prices", "qwen@singapore/qwen3-max", "--at", "2027-06-01T00:00:00Z")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "qwen/qwen3-max-2026-01-23/singapore/usd/2026-10" in result.stderr
