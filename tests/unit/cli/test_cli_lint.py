"""`lint`: table, JSON, exit codes and options, on a real configuration and ledger."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry
from typer.testing import Result

from routeproof.clock import parse_instant
from routeproof.ids import exchange_id_floor, format_exchange_id
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
api_key = "env:ABSENT_KEY"
[providers.qwen]
dialect = "qwen"
region = "singapore"
api_key = "env:ABSENT_TOO"
[models.talk]
routes = ["deepseek/deepseek-chat"]
fallbacks = ["qwen/qwen-plus"]
"""
EDGE = "2026-07-24T15:59:00Z"
SENT_NS = parse_instant("2026-07-20T00:00:00Z")


@pytest.fixture
def site(home: Path) -> Path:
    """A model on a name that retires, and a ledger in which it was sent; the keys are elsewhere."""
    (home / "routeproof.toml").write_text(CONFIG)
    make_data_dir(home / "data")
    ensure_schema(database_path(home / "data"))
    exchange_id = exchange_id_floor(SENT_NS)
    attempts = [sample_attempt(exchange_id, route="deepseek/deepseek-chat")]
    connection = connect(database_path(home / "data"))
    insert_entries(connection, [sample_entry(1, attempts, id=exchange_id, started_ns=SENT_NS, model_asked="talk")])
    connection.close()
    return home


def codes(result: Result) -> list[str]:
    """Those of a JSON report."""
    return [finding["code"] for finding in json.loads(result.stdout)["findings"]]


def test_findings_are_a_table_with_the_remedies_on_stderr(site: Path, command: Command) -> None:
    """Where each is, and last how many there are."""
    result = command("lint", "--at", EDGE)
    headings, first, *_ = (line.split() for line in result.stdout.splitlines())

    assert (result.exit_code, headings) == (1, ["code", "found", "where"])
    assert first[:3] == ["error", "alias_retired", "'deepseek/deepseek-chat'"]
    assert first[-3:] == ["models.talk.routes,", "key_abcdefghijkl,", format_exchange_id(exchange_id_floor(SENT_NS))]
    assert "alias_retired: requests that name it are refused" in result.stderr
    assert "Remedy: move models and senders to the successor" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("errors: 1, warnings: ")


def test_json_is_one_object(site: Path, command: Command) -> None:
    """With stable names."""
    report = json.loads(command("lint", "--at", EDGE, "--json").stdout)

    assert (report["ok"], report["ledger_read"], report["errors"]) == (False, True, 1)
    assert (report["at"], report["since"]) == ("2026-07-24T15:59:00.000Z", "2026-06-24T15:59:00.000Z")
    assert set(report["findings"][0]) == {"code", "severity", "found", "hurts", "where", "remedy"}
    assert report["findings"][0]["severity"] == "error"


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_warnings_fail_on_request(options: tuple[str, ...], code: int, site: Path, command: Command) -> None:
    """Before the retirement there is no error yet."""
    result = command("lint", "--at", "2026-07-24T15:58:59Z", "--json", *options)

    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (code, code == 0)
    assert "alias_retiring" in codes(result)


def test_since_bounds_what_is_read_of_the_ledger(site: Path, command: Command) -> None:
    """Thirty days unless told otherwise."""
    assert "no_evidence" in codes(command("lint", "--at", EDGE, "--json"))
    assert "no_evidence" not in codes(command("lint", "--at", EDGE, "--since", "1d", "--json"))


def test_workloads_are_looked_at_on_request(site: Path, command: Command) -> None:
    """Any number of them."""
    requests = '[[requests]]\ntype = "plain"\ncount = 1\ninput_tokens = 9\noutput_tokens = {}\n'
    for name, output in (("both.toml", 9), ("one.toml", 0)):
        (site / name).write_text(requests.format(output))
    result = command("lint", "--workload", "both.toml", "--workload", "one.toml", "--json")
    found = [row for row in json.loads(result.stdout)["findings"] if row["code"] == "one_token_kind"]

    assert [row["where"] for row in found] == [["one.toml"]]


def test_what_the_configuration_ignores_is_left_out(site: Path, command: Command) -> None:
    """And counted."""
    with (site / "routeproof.toml").open("a") as file:
        file.write('[lint]\nignore = ["alias_retired"]\n')
    result = command("lint", "--at", EDGE)

    assert result.exit_code == 0
    assert "alias_retired" not in result.stdout + result.stderr
    assert result.stderr.endswith(", 1 ignored\n")


def test_without_a_ledger_that_is_told(site: Path, command: Command) -> None:
    """On stderr; the rest is looked at."""
    database_path(site / "data").unlink()
    result = command("lint", "--at", EDGE)

    assert result.exit_code == 1
    assert "There is no ledger yet, so what clients send was not looked at." in result.stderr


def test_nothing_found_is_no_table(command: Command, home: Path) -> None:
    """Only the count."""
    (home / "routeproof.toml").write_text(
        '[providers.deepseek]\ndialect = "deepseek"\napi_key = "env:A"\n[lint]\nignore = ["no_fallback"]\n'
        '[models.m]\nroutes = ["deepseek/deepseek-flash"]\n'
    )
    result = command("lint", "--at", "2026-11-24T12:00:00Z")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("errors: 0, warnings: 0, notes: 0 at 2026-11-24T12:00:00.000Z, 1 ignored\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--at", "yesterday"], "--at"),
        (["--since", "sometime"], "--since"),
        (["--config", "absent.toml"], "absent.toml: can't be read"),
        (["--workload", "absent.toml"], "absent.toml: can't be read"),
    ],
)
def test_what_can_not_be_is_refused(site: Path, command: Command, arguments: list[str], named: str) -> None:
    """By name, with nothing on stdout."""
    result = command("lint", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
