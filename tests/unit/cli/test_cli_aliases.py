"""`aliases`: tables, JSON lines and exit codes, on a real database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry
from typer.testing import Result

from routeproof.clock import parse_instant
from routeproof.ids import exchange_id_floor
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries

Command = Callable[..., Result]
CONFIG = """
[server]
data_dir = "data"
[providers.deepseek]
dialect = "deepseek"
api_key = "none"
[models.talk]
routes = ["deepseek/deepseek-chat"]
"""
BEFORE, AT = "2026-07-24T15:58:59.999999Z", "2026-07-24T15:59:00Z"


@pytest.fixture
def site(home: Path) -> Path:
    """A working folder with a model on a name that retires, and a ledger in which it was sent."""
    (home / "routeproof.toml").write_text(CONFIG)
    make_data_dir(home / "data")
    ensure_schema(database_path(home / "data"))
    started_ns = parse_instant("2026-07-20T00:00:00Z")
    exchange_id = exchange_id_floor(started_ns)
    attempts = [sample_attempt(exchange_id, route="deepseek/deepseek-chat")]
    connection = connect(database_path(home / "data"))
    insert_entries(connection, [sample_entry(1, attempts, id=exchange_id, started_ns=started_ns, model_asked="talk")])
    connection.close()
    return home


def test_names_and_senders_as_tables(site: Path, command: Command) -> None:
    """One row for each name, and one for each key that sent one."""
    result = command("aliases", "--at", BEFORE)
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [
        "deepseek/deepseek-chat", "deepseek-v4-flash", "2026-07-24T15:59:00.000Z", "deepseek-v4-flash",
        "follow", "warn", "talk", "1", "2026-07-20T00:00:00.000Z",
    ] in lines  # fmt: skip
    assert lines[-1] == [
        "deepseek/deepseek-chat", "key_abcdefghijkl", "alice", "talk", "1", "2026-07-20T00:00:00.000Z"
    ]  # fmt: skip


def test_json_is_one_name_a_line(site: Path, command: Command) -> None:
    """With its senders inside."""
    rows = [json.loads(line) for line in command("aliases", "--at", BEFORE, "--json").stdout.splitlines()]
    (chat,) = [row for row in rows if row["route"] == "deepseek/deepseek-chat"]

    assert (chat["state"], chat["does"], chat["configured_in"], chat["overdue"]) == ("alias", "warn", ["talk"], False)
    assert chat["senders"] == [
        {
            "key_id": "key_abcdefghijkl",
            "key_owner": "alice",
            "model_asked": "talk",
            "requests": 1,
            "last_seen": "2026-07-20T00:00:00.000Z",
        }
    ]


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_the_exit_code_tells_what_is_overdue(site: Path, command: Command, as_json: tuple[str, ...]) -> None:
    """1 at that very instant, and a line that says what to do."""
    result = command("aliases", "--at", AT, *as_json)

    assert result.exit_code == 1
    assert "Retired and still in use: deepseek/deepseek-chat." in result.stderr
    assert "map it" in result.stderr


def test_the_period_can_be_chosen(site: Path, command: Command) -> None:
    """As an instant, or as so long before the instant that is asked about."""
    for since, requests in (("5d", 1), ("4d", 0), ("2026-07-20T00:00:00Z", 1)):
        rows = [
            json.loads(line)
            for line in command("aliases", "--at", AT, "--since", since, "--json").stdout.split("\n")
            if line
        ]
        assert sum(sender["requests"] for row in rows for sender in row["senders"]) == requests


def test_all_shows_other_families(site: Path, command: Command) -> None:
    """By family, for no provider here has them."""
    assert "qwen/qwen3-max" not in command("aliases", "--at", BEFORE).stdout
    assert "qwen/qwen3-max" in command("aliases", "--at", BEFORE, "--all").stdout


def test_without_a_ledger_it_says_so(home: Path, command: Command) -> None:
    """The rest is shown all the same."""
    (home / "routeproof.toml").write_text(CONFIG)
    result = command("aliases", "--at", BEFORE)

    assert (result.exit_code, "There is no ledger yet" in result.stderr) == (0, True)
    assert "deepseek/deepseek-chat" in result.stdout


@pytest.mark.parametrize("options", [("--at", "yesterday"), ("--since", "long ago")])
def test_what_is_no_instant_is_a_mistake(site: Path, command: Command, options: tuple[str, str]) -> None:
    """Of the command line."""
    assert command("aliases", *options).exit_code == 2


def test_a_rule_that_no_fact_bears_out_is_a_mistake(site: Path, command: Command) -> None:
    """Of the configuration."""
    (site / "routeproof.toml").write_text(CONFIG + '[aliases."deepseek/deepsek-chat"]\n')
    result = command("aliases")

    assert result.exit_code == 2
    assert "did you mean 'deepseek-chat'?" in result.stderr
