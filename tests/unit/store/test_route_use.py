"""What routes were used for, by the ledger: counts, keys, and the exchange that each was last seen in."""

from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.errors import StoreError
from routeproof.ledger.entries import AttemptRow
from routeproof.store.connecting import connect
from routeproof.store.route_use import LedgerUse, RouteUse, RouteUseReader, Times
from routeproof.store.rows import insert_entries

MS = 1_000_000
FLASH, PLUS = "deepseek/deepseek-flash", "qwen/qwen-plus"
LONG = 32_000
NEVER = Times(0, None)


@pytest.fixture
def reader(database: Path) -> RouteUseReader:
    """A ledger with tools, thinking, a long input, failures and a refusal."""

    def one(number: int, **changes: object) -> list[AttemptRow]:
        return [sample_attempt(sample_id(number), **{"thinking": 0, **changes})]

    bob = {"key_id": "key_000000000002", "key_owner": "bob"}
    failed = {"outcome": "upstream_error", "finish_reason": None, "input_tokens": None}
    entries = [
        sample_entry(1, one(1, finish_reason="tool_calls"), stream=0),
        sample_entry(2, one(2, thinking=1), stream=1, **bob),
        sample_entry(3, one(3, input_tokens=LONG), stream=0),
        sample_entry(4, one(4, input_tokens=LONG - 1), stream=0, model_asked=FLASH),
        sample_entry(5, [*one(5, route=PLUS, **failed), sample_attempt(sample_id(5), 2, thinking=0)], stream=0),
        sample_entry(6, one(6, route=PLUS, **failed), outcome="upstream_error"),
        sample_refusal(7),
    ]
    connection = connect(database)
    insert_entries(connection, entries)
    connection.close()
    return RouteUseReader(database)


def use(reader: RouteUseReader, since: int = 0, until: int = 100) -> LedgerUse:
    """In the period of these entries, both included."""
    return reader.use(START_NS + since * MS, START_NS + until * MS, LONG)


def times(count: int, number: int) -> Times:
    """So often, and last in that entry."""
    return Times(count, sample_id(number))


def test_each_route_and_name_is_one_row(reader: RouteUseReader) -> None:
    """With how often each kind of request was answered, and the last one of each."""
    assert use(reader).routes == (
        RouteUse(FLASH, "assistant", 2, times(4, 5), times(4, 5), times(1, 2), times(1, 1), times(1, 2), times(1, 3)),
        RouteUse(FLASH, FLASH, 1, times(1, 4), times(1, 4), NEVER, NEVER, NEVER, NEVER),
        RouteUse(PLUS, "assistant", 1, times(2, 6), NEVER, NEVER, NEVER, NEVER, NEVER),
    )


def test_every_exchange_counts_refused_ones_too(reader: RouteUseReader) -> None:
    """So that nobody takes a gateway without answers for one without traffic."""
    assert use(reader).exchanges == 7


def test_only_the_period_is_looked_at(reader: RouteUseReader) -> None:
    """Both of its edges are in it."""
    found = use(reader, 2, 3)

    assert found.exchanges == 2
    assert [(row.model_asked, row.tried) for row in found.routes] == [("assistant", times(2, 3))]


def test_the_edges_are_exact_to_the_nanosecond(reader: RouteUseReader) -> None:
    """Although ids are cut to milliseconds."""
    assert reader.use(START_NS + MS + 1, START_NS + 2 * MS - 1, LONG) == LedgerUse(0, ())


def test_without_a_database_there_is_nothing_to_sum_up(tmp_path: Path) -> None:
    """Told as for every other reader."""
    with pytest.raises(StoreError, match="there is no database"):
        RouteUseReader(tmp_path / "routeproof.db")
