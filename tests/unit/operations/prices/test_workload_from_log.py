"""A workload as the ledger's rows show it."""

from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.catalog.comparing.week import hour_of_week
from routeproof.catalog.comparing.workload import Load, RequestType
from routeproof.errors import OperatorError
from routeproof.ledger.entries import Entry
from routeproof.operations.ledger.log import LedgerFilter
from routeproof.operations.prices import workload_from_log
from routeproof.operations.prices.workload_from_log import measure_workload
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries


def ledger(folder: Path, *entries: Entry) -> Path:
    """A data directory with these rows."""
    ensure_schema(database_path(folder))
    connection = connect(database_path(folder))
    insert_entries(connection, list(entries))
    connection.close()
    return folder


def answered(number: int, input_tokens: int, hits: int = 0, *, thinking: int = 0, **changes: object) -> Entry:
    """A request with one attempt of a known usage."""
    tokens = {"input_tokens": input_tokens, "output_tokens": 50, "cache_hit_tokens": hits, "thinking": thinking}
    return sample_entry(number, [sample_attempt(sample_id(number), **{**tokens, **changes})])


def by_type(loads: tuple[Load, ...]) -> dict[RequestType, tuple[int, int, int]]:
    """Requests, input and hits of each type."""
    found: dict[RequestType, tuple[int, int, int]] = {}
    for load in loads:
        requests, tokens, hits = found.get(load.type, (0, 0, 0))
        found[load.type] = (requests + load.requests, tokens + int(load.input_tokens), hits + int(load.hit_tokens))
    return found


def test_a_row_is_told_by_what_is_known_of_it(tmp_path: Path) -> None:
    """Long context first, then thinking, then cached, else plain; that tools and JSON are not known is said."""
    data_dir = ledger(
        tmp_path,
        answered(1, 100),
        answered(2, 300),
        answered(3, 200, 128),
        answered(4, 200, 64, thinking=1),
        answered(5, 32_000, 1_000, thinking=1),
    )
    workload = measure_workload(data_dir, LedgerFilter(), ())

    assert by_type(workload.loads) == {
        RequestType.PLAIN: (2, 400, 0),
        RequestType.CACHED: (1, 200, 128),
        RequestType.THINKING: (1, 200, 64),
        RequestType.LONG_CONTEXT: (1, 32_000, 1_000),
    }
    assert (workload.source, workload.requests) == ("ledger", 5)
    assert "tools and JSON are not in the rows" in workload.notes[0]


def test_where_a_context_is_long_may_be_told(tmp_path: Path) -> None:
    """In input tokens, inclusive."""
    data_dir = ledger(tmp_path, answered(1, 99), answered(2, 100))
    found = by_type(measure_workload(data_dir, LedgerFilter(), (), 100).loads)

    assert found == {RequestType.PLAIN: (1, 99, 0), RequestType.LONG_CONTEXT: (1, 100, 0)}


def test_no_tier_ends_within_a_load(tmp_path: Path) -> None:
    """A bound parts those at it from those over it, whatever their type."""
    data_dir = ledger(tmp_path, *(answered(number, tokens) for number, tokens in enumerate((90, 100, 101, 120), 1)))
    loads = measure_workload(data_dir, LedgerFilter(), (100,)).loads

    assert sorted((int(load.input_tokens_each), load.requests) for load in loads) == [(100, 2), (120, 2)]


def test_kinds_of_caches_and_thinking_stay_apart(tmp_path: Path) -> None:
    """Because they are billed apart."""
    data_dir = ledger(
        tmp_path,
        answered(1, 100, 50),
        answered(2, 100, 50, explicit_cache=1, cache_write_tokens=20),
        answered(3, 100, 50, thinking=1),
    )
    loads = measure_workload(data_dir, LedgerFilter(), ()).loads

    assert {(load.explicit_cache, load.thinking, int(load.write_tokens)) for load in loads} == {
        (False, 0, 0),
        (True, 0, 20),
        (False, 1, 0),
    }


def test_requests_keep_their_hours(tmp_path: Path) -> None:
    """Of the week, in UTC, by the exchange's start."""
    later_ns = START_NS + 5 * 3_600 * 10**9
    data_dir = ledger(
        tmp_path,
        answered(1, 100),
        answered(2, 100),
        sample_entry(3, [sample_attempt(sample_id(3))], started_ns=later_ns),
    )
    hours = [0] * 168
    for load in measure_workload(data_dir, LedgerFilter(), ()).loads:
        hours = [one + other for one, other in zip(hours, load.hours, strict=True)]

    assert (hours[hour_of_week(START_NS)], hours[hour_of_week(later_ns)], sum(hours)) == (2, 1, 3)


def test_the_attempt_that_answered_counts_once(tmp_path: Path) -> None:
    """Not the one that failed before it, and a request without a known usage is left out and told."""
    failed = sample_attempt(sample_id(1), 1, input_tokens=None, output_tokens=None)
    second = sample_attempt(sample_id(1), 2, input_tokens=70, output_tokens=7, thinking=0, cache_hit_tokens=0)
    unknown = sample_attempt(sample_id(2), input_tokens=None, output_tokens=None)
    data_dir = ledger(tmp_path, sample_entry(1, [failed, second]), sample_entry(2, [unknown]), sample_refusal(3))
    workload = measure_workload(data_dir, LedgerFilter(), ())

    assert by_type(workload.loads) == {RequestType.PLAIN: (1, 70, 0)}
    assert workload.notes[1] == "2 matching requests have no known usage and are left out"


def test_filters_choose_rows_as_in_the_log(tmp_path: Path) -> None:
    """Only what they let through is measured."""
    other = sample_entry(2, [sample_attempt(sample_id(2))], account="sales")
    data_dir = ledger(tmp_path, answered(1, 100), other)

    assert measure_workload(data_dir, LedgerFilter(account="sales"), ()).requests == 1


def test_rows_are_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them once."""
    monkeypatch.setattr(workload_from_log, "_PAGE", 2)
    data_dir = ledger(tmp_path, *(answered(number, 100 + number) for number in range(1, 6)))
    workload = measure_workload(data_dir, LedgerFilter(), ())

    assert by_type(workload.loads) == {RequestType.PLAIN: (5, 515, 0)}


def test_where_nothing_matches_there_is_no_workload(tmp_path: Path) -> None:
    """The message says what there is instead."""
    data_dir = ledger(tmp_path, sample_refusal(1))

    with pytest.raises(OperatorError, match="1 without one do"):
        measure_workload(data_dir, LedgerFilter(), ())
