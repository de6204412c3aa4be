"""`routeproof ledger recompute` as it is called."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.priced_ledger import COST_OFF_PEAK, COST_PEAK, OFF_PEAK, PEAK, PricedLedger
from typer.testing import Result

from routeproof.cli import ledger as ledger_module

Command = Callable[..., Result]


@pytest.fixture
def ledger(home: Path) -> PricedLedger:
    """A configuration in the working folder, and a ledger."""
    return PricedLedger(home)


def lines(result: Result) -> list[dict[str, Any]]:
    """What stands on stdout, an object a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_ledger_that_is_right_says_so(command: Command, ledger: PricedLedger) -> None:
    """In one sentence, and with exit code 0."""
    ledger.add()
    ledger.refuse()

    result = command("ledger", "recompute")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "2 requests, 1 tries, 1 re-priced: no differences\n"


def test_a_difference_is_shown_with_id_values_and_bill(command: Command, ledger: PricedLedger) -> None:
    """And makes the exit code 1."""
    request_id = ledger.add_changed(cost_nanousd=COST_OFF_PEAK + 1)

    result = command("ledger", "recompute")
    heading, row = result.stdout.splitlines()

    assert result.exit_code == 1
    assert heading.split("  ")[0] == "request id"
    assert row.split()[:5] == [request_id, "1", "cost", "0.000033351", "0.00003335"]
    assert "input 21 x 0.15 + cache_hit 128 x 0.1 + output 29 x 0.6 USD per 1M" in row
    assert result.stderr == "1 requests, 1 tries, 1 re-priced: 1 difference\n"


def test_json_has_a_line_for_each_difference_and_the_summary_last(command: Command, ledger: PricedLedger) -> None:
    """Every field by its name; amounts as integers and exact decimals."""
    request_id = ledger.add_changed(cost_nanousd=1)
    ledger.add()

    result = command("ledger", "recompute", "--json")
    difference, summary = lines(result)

    assert result.exit_code == 1
    assert (difference["record"], difference["request_id"], difference["differs"]) == ("difference", request_id, "cost")
    assert (difference["stored_nanousd"], difference["recomputed_nanousd"]) == (1, COST_OFF_PEAK)
    assert difference["bill"]["cost_usd"] == "0.00003335"
    assert difference["bill"]["lines"][0] == {
        "part": "input",
        "tokens": 21,
        "price": "0.15",
        "amount": "0.00000315",
        "facts": ["acme/off_peak"],
    }
    assert summary == {
        "record": "summary",
        "ok": False,
        "exchanges": 2,
        "attempts": 2,
        "repriced": 2,
        "usage_read": 2,
        "usage_cut": 0,
        "unknown_cost": 0,
        "cost_nanousd": 1 + COST_OFF_PEAK,
        "straddling": 0,
        "differences": 1,
    }


def test_a_straddling_row_shows_both_prices_and_is_no_difference(command: Command, ledger: PricedLedger) -> None:
    """In a table of their own, and in JSON as a record of its own."""
    start_ns = PEAK + 2 * 3_600 * 10**9 - 10**9
    request_id = ledger.add_changed(start_ns, duration_us=2_000_000, cost_note="straddles_window")

    shown, told = command("ledger", "recompute"), command("ledger", "recompute", "--json")
    straddle, summary = lines(told)

    assert (shown.exit_code, told.exit_code) == (0, 0)
    assert shown.stdout.splitlines()[1].split() == [request_id, "1", "0.0000539", "0.0000539", "0.00003335"]
    assert shown.stderr.endswith("no differences; 1 went on into another price\n")
    assert (straddle["record"], straddle["request_id"], summary["straddling"]) == ("straddle", request_id, 1)
    bills = straddle["bills"]
    assert (bills["at_start"]["cost_nanousd"], bills["at_end"]["cost_nanousd"]) == (COST_PEAK, COST_OFF_PEAK)


def test_the_log_shows_both_prices_too(command: Command, ledger: PricedLedger) -> None:
    """With --json, at the attempt; null at those that do not straddle."""
    ledger.add_changed(PEAK + 2 * 3_600 * 10**9 - 10**9, duration_us=2_000_000, cost_note="straddles_window")
    ledger.add(OFF_PEAK)

    plain, straddling = (entry["attempts"][0]["straddle"] for entry in lines(command("log", "--json")))

    assert plain is None
    assert (straddling["at_start"]["cost_nanousd"], straddling["at_end"]["cost_nanousd"]) == (COST_PEAK, COST_OFF_PEAK)


def test_the_filters_are_the_logs(command: Command, ledger: PricedLedger) -> None:
    """All that are given must hold."""
    ledger.add_changed(PEAK, cost_nanousd=1)
    late = ledger.add_changed(OFF_PEAK, cost_nanousd=1)
    wanted = ("--since", "2026-08-24T11:00:00Z", "--owner", "alice", "--route", "p/m", "--outcome", "ok", "--no-stream")

    difference, summary = lines(command("ledger", "recompute", "--json", *wanted))

    assert (difference["request_id"], summary["exchanges"]) == (late, 1)
    assert command("ledger", "recompute", "--since", "once").exit_code == 2


def test_a_table_has_only_the_first_of_many(
    command: Command, ledger: PricedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is of all, and JSON has them."""
    monkeypatch.setattr(ledger_module, "SHOWN_MAX", 2)
    for _ in range(3):
        ledger.add_changed(cost_nanousd=1)

    shown, told = command("ledger", "recompute"), command("ledger", "recompute", "--json")

    assert len(shown.stdout.splitlines()) == 3
    assert "The first 2 of each are shown; all with --json.\n" in shown.stderr
    assert shown.stderr.endswith("3 differences\n")
    assert len(lines(told)) == 4


def test_without_a_ledger_there_is_nothing_to_recompute(command: Command, configured: Path) -> None:
    """Said with what makes one."""
    result = command("ledger", "recompute")

    assert result.exit_code == 1
    assert "there is no database" in result.stderr
