"""`log`: filters, pages, JSON lines and totals, on a real database."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.sample_entries import sample_open
from typer.testing import Result

from routeproof.clock import NS_PER_S
from routeproof.ids import ExchangeId, ExchangeIds, format_exchange_id
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, Outcome
from routeproof.store.data_dir import database_path, make_data_dir, recorder_path
from routeproof.store.fitting import pack_entry
from routeproof.store.ledger_connection import LedgerConnection
from routeproof.store.migrating import ensure_schema
from routeproof.store.recorder import FlightRecorder
from routeproof.store.recovery import recover_exchanges

Command = Callable[..., Result]

START_NS = 1_788_825_600 * NS_PER_S


def attempt(exchange_id: int, ordinal: int, route: str, *, tokens: int | None, cost_nanousd: int | None) -> AttemptRow:
    """A try that was answered."""
    return AttemptRow(
        exchange_id=exchange_id,
        ordinal=ordinal,
        route=route,
        started_us=0,
        duration_us=1_000,
        first_byte_us=500,
        status=200,
        outcome=Outcome.OK,
        error_code=None,
        model_answered="x",
        upstream_request_id="up-1",
        finish_reason="stop",
        thinking=0,
        input_tokens=tokens,
        output_tokens=tokens,
        cache_hit_tokens=None,
        cache_write_tokens=None,
        reasoning_tokens=None,
        explicit_cache=0,
        provenance="reported" if tokens is not None else "unknown",
        usage_raw=None,
        cost_nanousd=cost_nanousd,
        cost_note=None if cost_nanousd is not None else "usage_missing",
        facts_digest=None,
    )


def exchange(exchange_id: int, started_ns: int, cost_nanousd: int | None, attempts: list[AttemptRow]) -> Entry:
    """An exchange with these tries."""
    return Entry(
        ExchangeRow(
            id=exchange_id,
            started_ns=started_ns,
            duration_us=12_345,
            first_byte_us=600,
            key_id="key_1",
            key_owner="ada",
            account="research",
            model_asked="assistant",
            rollback_model=None,
            stream=len(attempts) % 2,
            status=200 if attempts else 400,
            outcome=Outcome.OK if attempts else Outcome.CLIENT_ERROR,
            error_code=None if attempts else "invalid_body",
            attempts=len(attempts),
            cost_nanousd=cost_nanousd,
            cost_bound_nanousd=None if cost_nanousd is not None else 9_000,
            request_bytes=10,
            response_bytes=20,
        ),
        attempts,
    )


@pytest.fixture
def ids(configured: Path) -> list[str]:
    """Four exchanges a second apart: refused, answered, failed over, of unknown cost. Their ids, the oldest first."""
    make_data_dir(configured / "data")
    path = database_path(configured / "data")
    ensure_schema(path)
    made = ExchangeIds(0)
    times = [START_NS + n * NS_PER_S for n in range(4)]
    one, two, three, four = (made.next(time) for time in times)
    entries = [
        exchange(one, times[0], 0, []),
        exchange(two, times[1], 1_500, [attempt(two, 1, "p/x", tokens=7, cost_nanousd=1_500)]),
        exchange(
            three,
            times[2],
            2_500,
            [
                attempt(three, 1, "p/x", tokens=3, cost_nanousd=500),
                attempt(three, 2, "q/y", tokens=4, cost_nanousd=2_000),
            ],
        ),
        exchange(four, times[3], None, [attempt(four, 1, "p/x", tokens=None, cost_nanousd=None)]),
    ]
    connection = LedgerConnection(path, "process")
    connection.commit_entries([pack_entry(entry) for entry in entries], lambda: False)
    connection.close()
    return [format_exchange_id(ExchangeId(number)) for number in (one, two, three, four)]


def found(command: Command, *arguments: str) -> list[dict[str, Any]]:
    """What `log --json` writes."""
    result = command("log", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_newest_comes_first_one_a_line(command: Command, ids: list[str]) -> None:
    """With headings; what is unknown says so, and the totals follow on stderr."""
    result = command("log")
    lines = result.stdout.splitlines()

    assert len(lines) == 5
    assert [line.split()[1] for line in lines[1:]] == ids[::-1]
    assert lines[1].split()[-4:] == ["unknown", "unknown", "unknown", "12"]
    assert lines[2].split()[4:] == ["q/y", "2", "200", "ok", "7", "7", "0.0000025", "12"]
    assert lines[4].split()[4:] == ["-", "0", "400", "client_error", "-", "-", "0", "12"]
    assert result.stderr == "4 of 4 requests, 0.000004 USD; the cost of 1 is unknown\n"


def test_what_an_interrupted_exchange_sent_is_unknown(command: Command, configured: Path) -> None:
    """After a crash the size of the answer is null, as is all that died with the process, and no zero."""
    make_data_dir(configured / "data")
    path = database_path(configured / "data")
    ensure_schema(path)
    recorder = FlightRecorder(recorder_path(configured / "data", 0), 4, 0)
    recorder.claim(sample_open(1, ["p/x", "q/y"]))
    recorder.close()
    recover_exchanges(path, recorder_path(configured / "data", 0), lambda _: 9_000, START_NS)
    (row,) = found(command)
    plain = command("log")

    assert (row["outcome"], row["request_bytes"], row["response_bytes"]) == ("interrupted", 2_048, None)
    assert (row["status"], row["duration_us"], row["cost_nanousd"]) == (None, None, None)
    assert [attempt["started_us"] for attempt in row["attempts"]] == [0, None]
    assert plain.stdout.splitlines()[1].split()[5:] == ["2", "-", "interrupted", *["unknown"] * 4]


def test_json_has_everything_of_a_request_on_a_line(command: Command, ids: list[str]) -> None:
    """Exact cost as an integer, the tries inside, null for what is unknown."""
    newest, failed_over, *_ = found(command)

    assert (newest["request_id"], newest["cost_nanousd"], newest["cost_bound_nanousd"]) == (ids[3], None, 9_000)
    assert [row["route"] for row in failed_over["attempts"]] == ["p/x", "q/y"]
    assert failed_over["cost_nanousd"] == 2_500


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--route", "q/y"], [2]),
        (["--outcome", "client_error"], [0]),
        (["--status", "200"], [3, 2, 1]),
        (["--stream"], [3, 1]),
        (["--no-stream"], [2, 0]),
        (["--owner", "ada", "--account", "research", "--key", "key_1", "--model", "assistant"], [3, 2, 1, 0]),
        (["--note", "usage_missing"], [3]),
        (["--owner", "bob"], []),
        (["--since", "2026-09-08T00:00:02Z"], [3, 2]),
        (["--until", "2026-09-08T00:00:02Z"], [1, 0]),
        (["--until", "0s", "--since", "2026-09-08T00:00:01Z", "--route", "p/x", "--limit", "2"], [3, 2]),
    ],
)
def test_filters(command: Command, ids: list[str], arguments: list[str], expected: list[int]) -> None:
    """Each narrows, and all that are given hold."""
    if "0s" in arguments:
        arguments = ["2026-09-09T00:00:00Z" if word == "0s" else word for word in arguments]

    assert [row["request_id"] for row in found(command, *arguments)] == [ids[n] for n in expected]


def test_pages_follow_each_other_without_gap_or_overlap(command: Command, ids: list[str]) -> None:
    """The last line's id is the next page's cursor, and the hint says so."""
    first = command("log", "--json", "--limit", "3")
    last_id = json.loads(first.stdout.splitlines()[-1])["request_id"]

    assert first.stderr == f"More with --cursor {last_id}\n"
    assert [row["request_id"] for row in found(command, "--limit", "3", "--cursor", last_id)] == [ids[0]]
    assert "More" not in command("log", "--cursor", last_id).stderr


def test_totals_are_of_all_that_match(command: Command, ids: list[str]) -> None:
    """Not of a page; what is unknown is counted apart."""
    answer = json.loads(command("log", "--totals", "--json").stdout)
    plain = command("log", "--totals").stdout.splitlines()

    assert answer == {
        "exchanges": 4,
        "cost_nanousd": 4_000,
        "cost_usd": "0.000004",
        "unknown_cost": 1,
        "cost_bound_nanousd": 9_000,
    }
    assert plain[1].split() == ["4", "0.000004", "1", "0.000009"]


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["--since", "yesterday"], 2, "--since"),
        (["--until", "2026-09-08"], 2, "--until"),
        (["--outcome", "fine"], 2, "--outcome"),
        (["--limit", "0"], 2, "--limit"),
        (["--limit", "10001"], 2, "--limit"),
        (["--status", "99"], 2, "--status"),
        (["--cursor", "page2"], 1, "cursor"),
    ],
)
def test_what_can_not_be_is_refused(
    command: Command, ids: list[str], arguments: list[str], code: int, named: str
) -> None:
    """By name, with nothing on stdout."""
    result = command("log", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert named in result.stderr


def test_an_empty_ledger_is_headings(command: Command, configured: Path) -> None:
    """Nothing found is no error."""
    make_data_dir(configured / "data")
    ensure_schema(database_path(configured / "data"))
    result = command("log")

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stderr == "0 of 0 requests, 0 USD\n"
