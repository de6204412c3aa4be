"""`prices compare`: a table from the user's own usage, and what would flip it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id
from typer.testing import Result

from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries

Command = Callable[..., Result]

AT = ("--at", "2026-11-24T12:00:00Z")
ROUTES = ("deepseek@/deepseek-flash", "qwen@singapore/qwen3.8-flash")
WORKLOAD = """
[[requests]]
type = "tools"
count = 900
input_tokens = 4000
output_tokens = 20
cache_share = 90

[[requests]]
type = "json"
count = 100
input_tokens = 800
output_tokens = 300
"""


@pytest.fixture
def workload(home: Path) -> str:
    """A workload file in the working folder."""
    (home / "workload.toml").write_text(WORKLOAD)
    return "workload.toml"


@pytest.fixture
def rows(configured: Path) -> None:
    """Two requests of 1,200 tokens, most of them hits, in the ledger of the configuration."""
    make_data_dir(configured / "data")
    path = database_path(configured / "data")
    ensure_schema(path)
    connection = connect(path)
    entries = [sample_entry(1), sample_entry(2, [sample_attempt(sample_id(2), thinking=0)], account="sales")]
    insert_entries(connection, entries)
    connection.close()


def test_people_get_tables_and_a_verdict(command: Command, workload: str) -> None:
    """Prices per million, each type's cost, the total, the cheapest and what decides."""
    result = command("prices", "compare", *ROUTES, "--workload", workload, *AT)
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert lines[0].startswith("1000 requests (workload.toml): 3680 input and 48 output tokens each, 88.04 % of the")
    assert [line.split()[0] for line in lines[2:5]] == [
        "route",
        "deepseek@/deepseek-flash",
        "qwen@singapore/qwen3.8-flash",
    ]
    assert [line.split()[:2] for line in lines[7:10]] == [["tools", "900"], ["json", "100"], ["total", "1000"]]
    assert lines[11].startswith("Cheapest: deepseek@/deepseek-flash; the next, qwen@singapore/qwen3.8-flash, costs ")
    assert lines[12].startswith("What decides is ")


def test_json_has_costs_and_flips(command: Command, workload: str) -> None:
    """The cost by type, the prices per million, and each input's range and thresholds."""
    result = command("prices", "compare", *ROUTES, "--workload", workload, *AT, "--json")
    answer = json.loads(result.stdout)
    inputs = {one["input"]: one for one in answer["inputs"]}

    assert answer["cheapest"] == "deepseek@/deepseek-flash"
    assert answer["workload"]["requests_by_type"] == {"tools": 900, "json": 100}
    assert list(inputs) == ["cache_share", "peak_share", "thinking_share", "output_tokens", "input_tokens"]
    (falls,) = inputs["cache_share"]["flips"]
    assert (falls["when"], falls["route"]) == ("falls_below", "qwen@singapore/qwen3.8-flash")
    assert answer["decides"]["input"] in inputs
    assert {"input_miss_per_1m", "cache_hit_per_1m", "output_per_1m"} <= answer["routes"][0].keys()


def test_a_flip_is_one_when_the_workload_is_written_anew(command: Command, home: Path) -> None:
    """With a little less cached than the threshold the other route is the cheapest, with a little more it is not."""

    def cheapest(share: str) -> tuple[str, dict[str, str]]:
        text = WORKLOAD.replace("cache_share = 90", f'cache_share = "{share}"').partition('[[requests]]\ntype = "json')[
            0
        ]
        (home / "w.toml").write_text(text)
        answer = json.loads(command("prices", "compare", *ROUTES, "--workload", "w.toml", *AT, "--json").stdout)
        flips = [flip for one in answer["inputs"] if one["input"] == "cache_share" for flip in one["flips"]]
        return answer["cheapest"], flips[0]

    best, flip = cheapest("90")
    threshold = float(flip["threshold"])

    assert (best, flip["when"]) == (ROUTES[0], "falls_below")
    assert cheapest(f"{threshold + 0.01:.4f}")[0] == ROUTES[0]
    assert cheapest(f"{threshold - 0.01:.4f}")[0] == flip["route"] == ROUTES[1]


def test_an_unknown_route_is_unknown_and_the_exit_code_says_so(command: Command, workload: str) -> None:
    """The others are compared nonetheless."""
    result = command("prices", "compare", "deepseek@/deepseek-flash", "deepseek@/nope", "--workload", workload, *AT)

    assert result.exit_code == 1
    assert "Cheapest: deepseek@/deepseek-flash" in result.stdout
    assert "There is no other route of a known cost" in result.stdout
    assert "deepseek@/nope: unknown: no fact states a price" in result.stderr
    assert [line.split()[-1] for line in result.stdout.splitlines() if line.startswith("deepseek@/nope")] == ["unknown"]


@pytest.mark.usefixtures("rows")
def test_the_ledger_can_be_the_workload(command: Command) -> None:
    """Through the filters of `log`; what rows do not tell is said."""
    everything = json.loads(command("prices", "compare", *ROUTES, "--from-log", *AT, "--json").stdout)
    sales = json.loads(command("prices", "compare", *ROUTES, "--from-log", "--account", "sales", *AT, "--json").stdout)

    assert everything["workload"]["requests_by_type"] == {"cached": 1, "thinking": 1}
    assert everything["workload"]["cache_percent"] == "85.33"
    assert sales["workload"]["requests_by_type"] == {"cached": 1}
    assert "tools and JSON are not in the rows" in sales["workload"]["notes"][0]


@pytest.mark.usefixtures("rows")
def test_where_no_row_matches_there_is_nothing_to_compare(command: Command) -> None:
    """And no empty table."""
    result = command("prices", "compare", *ROUTES, "--from-log", "--owner", "nobody", *AT)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "routeproof log" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ([*ROUTES], 2, "--workload"),
        ([*ROUTES, "--workload", "workload.toml", "--from-log"], 2, "--workload"),
        ([*ROUTES, "--workload", "workload.toml", "--owner", "ana"], 2, "--from-log"),
        ([*ROUTES, "--workload", "none.toml"], 2, "none.toml"),
        ([*ROUTES, "--workload", "workload.toml", "--at", "soon"], 2, "--at"),
        (["--workload", "workload.toml"], 2, "ROUTE"),
        (["zz/x", "--workload", "workload.toml"], 2, "routeproof.toml"),
        (["zz@/x", "--workload", "workload.toml"], 1, "zz"),
    ],
)
def test_what_can_not_be_is_refused(
    command: Command, workload: str, arguments: list[str], code: int, named: str
) -> None:
    """By name, with nothing on stdout."""
    result = command("prices", "compare", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert named in result.stderr
