"""Reading the ledger for people and scripts."""

from pathlib import Path

import msgspec
import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.errors import OperatorError
from routeproof.operations.ledger.log import LedgerFilter, LogPage, read_log
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of five entries."""
    data_dir = tmp_path_factory.mktemp("log")
    ensure_schema(database_path(data_dir))
    unknown = sample_attempt(sample_id(4), cost_nanousd=None, cost_note="usage_missing")
    entries = [
        sample_entry(1),
        sample_entry(2, [sample_attempt(sample_id(2), 1), sample_attempt(sample_id(2), 2, route="qwen/qwen-plus")]),
        sample_refusal(3),
        sample_entry(4, [unknown], cost_bound_nanousd=1_000),
        sample_entry(5, account="sales"),
    ]
    connection = connect(database_path(data_dir))
    insert_entries(connection, entries)
    connection.close()
    return data_dir


def test_a_page_has_everything_of_its_exchanges(data_dir: Path) -> None:
    """Ids as clients saw them, instants as text, money as an integer and an exact decimal."""
    exchange = read_log(data_dir, LedgerFilter()).exchanges[-1]
    (attempt,) = exchange.attempts

    assert (exchange.request_id, exchange.started_at) == (f"req_{sample_id(1):016x}", "2026-09-21T14:13:20.001Z")
    assert (exchange.cost_nanousd, exchange.cost_usd, exchange.stream) == (6_150, "0.00000615", True)
    assert (attempt.route, attempt.output_tokens, attempt.thinking, attempt.explicit_cache) == (
        "deepseek/deepseek-flash",
        300,
        True,
        False,
    )


def test_what_is_unknown_is_null(data_dir: Path) -> None:
    """Never zero, and the attempt says why."""
    page = msgspec.json.decode(msgspec.json.encode(read_log(data_dir, LedgerFilter(), limit=2)))
    unknown = page["exchanges"][1]

    assert (unknown["cost_nanousd"], unknown["cost_usd"], unknown["cost_bound_nanousd"]) == (None, None, 1_000)
    assert unknown["attempts"][0]["cost_note"] == "usage_missing"


def test_a_page_reads_back_from_its_json(data_dir: Path) -> None:
    """Scripts get names for all fields."""
    page = read_log(data_dir, LedgerFilter())

    assert msgspec.json.decode(msgspec.json.encode(page), type=LogPage) == page


def test_the_cursor_leads_through_all_pages(data_dir: Path) -> None:
    """Each page's cursor gives the next one, until there is none; totals are of the whole each time."""
    first = read_log(data_dir, LedgerFilter(), limit=2)
    second = read_log(data_dir, LedgerFilter(), first.next_cursor, limit=2)
    third = read_log(data_dir, LedgerFilter(), second.next_cursor, limit=2)
    ids = [exchange.request_id for page in (first, second, third) for exchange in page.exchanges]

    assert ids == [f"req_{sample_id(number):016x}" for number in (5, 4, 3, 2, 1)]
    assert third.next_cursor is None
    assert first.totals == second.totals == third.totals


def test_totals_tell_known_from_unknown(data_dir: Path) -> None:
    """The sum of what is known, and how many are not."""
    totals = read_log(data_dir, LedgerFilter(), limit=1).totals

    assert (totals.exchanges, totals.cost_nanousd, totals.cost_usd) == (5, 4 * 6_150, "0.0000246")
    assert (totals.unknown_cost, totals.cost_bound_nanousd) == (1, 1_000)


def test_a_filter_applies_to_page_and_totals(data_dir: Path) -> None:
    """Both speak of the same exchanges."""
    page = read_log(data_dir, LedgerFilter(account="sales"))

    assert [exchange.account for exchange in page.exchanges] == ["sales"]
    assert page.totals.exchanges == 1


@pytest.mark.parametrize(
    ("filters", "cursor", "limit", "message"),
    [
        (LedgerFilter(), "5", 50, "cursor: '5' is not a request id.*next_cursor"),
        (LedgerFilter(), None, 0, "limit is 0; use 1 to"),
        (LedgerFilter(outcome="fine"), None, 50, "outcome 'fine' does not exist; use one of ok, "),
    ],
)
def test_what_was_asked_wrongly_is_named(
    data_dir: Path, filters: LedgerFilter, cursor: str | None, limit: int, message: str
) -> None:
    """With the remedy, instead of an empty page."""
    with pytest.raises(OperatorError, match=message):
        read_log(data_dir, filters, cursor, limit)


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    """Reading makes nothing."""
    with pytest.raises(OperatorError, match="there is no database"):
        read_log(tmp_path, LedgerFilter())
