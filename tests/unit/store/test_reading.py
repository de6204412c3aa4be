"""Pages and totals of the ledger."""

from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.errors import StoreError
from routeproof.ledger.entries import Entry
from routeproof.store.connecting import connect, open_current
from routeproof.store.engine import open_engine
from routeproof.store.reading import PAGE_MAX, LedgerFilter, LedgerReader, page_query
from routeproof.store.rows import insert_entries

MS = 1_000_000


def unknown(number: int, bound: int | None) -> Entry:
    attempt = sample_attempt(sample_id(number), cost_nanousd=None, cost_note="usage_missing")
    return sample_entry(number, [attempt], cost_bound_nanousd=bound)


@pytest.fixture
def reader(database: Path) -> LedgerReader:
    """A ledger of eight entries, of every kind."""
    two_routes = [
        sample_attempt(sample_id(4), 1, route="qwen/qwen-plus", outcome="upstream_error"),
        sample_attempt(sample_id(4), 2),
    ]
    entries = [
        sample_entry(1),
        sample_entry(2, key_id="key_000000000002", key_owner="bob", account="sales"),
        sample_entry(3, model_asked="writer", stream=0),
        sample_entry(4, two_routes),
        unknown(5, 500),
        unknown(6, None),
        sample_refusal(7),
        sample_entry(8, status=502, outcome="upstream_error"),
    ]
    connection = connect(database)
    insert_entries(connection, entries)
    connection.close()
    return LedgerReader(database)


def numbers(reader: LedgerReader, wanted: LedgerFilter) -> list[int]:
    first = sample_id(0)
    step = sample_id(1) - first
    return [(entry.exchange.id - first) // step for entry in reader.page(wanted, 100).entries]


def test_everything_comes_newest_first_with_its_attempts(reader: LedgerReader) -> None:
    """Without a filter all entries are there, whole, attempts in their order."""
    entries = reader.page(LedgerFilter(), 100).entries

    assert numbers(reader, LedgerFilter()) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert entries[-1] == sample_entry(1)
    assert entries[1] == sample_refusal(7)
    assert [attempt.route for attempt in entries[4].attempts] == ["qwen/qwen-plus", "deepseek/deepseek-flash"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (LedgerFilter(since_ns=START_NS + 6 * MS), [8, 7, 6]),
        (LedgerFilter(until_ns=START_NS + 3 * MS), [2, 1]),
        (LedgerFilter(since_ns=START_NS + 3 * MS, until_ns=START_NS + 5 * MS), [4, 3]),
        (LedgerFilter(key_id="key_000000000002"), [2]),
        (LedgerFilter(owner="bob"), [2]),
        (LedgerFilter(account="research"), [8, 6, 5, 4, 3, 1]),
        (LedgerFilter(model="writer"), [3]),
        (LedgerFilter(route="qwen/qwen-plus"), [4]),
        (LedgerFilter(route="deepseek/deepseek-flash"), [8, 6, 5, 4, 3, 2, 1]),
        (LedgerFilter(outcome="client_error"), [7]),
        (LedgerFilter(status=502), [8]),
        (LedgerFilter(stream=False), [7, 3]),
        (LedgerFilter(stream=True, model="assistant", outcome="ok", owner="alice"), [6, 5, 4, 1]),
        (LedgerFilter(owner="nobody"), []),
        (LedgerFilter(owner="' OR 1=1 --"), []),
        (LedgerFilter(model="%"), []),
    ],
)
def test_a_filter_lets_through_what_fits_all_of_it(
    reader: LedgerReader, wanted: LedgerFilter, found: list[int]
) -> None:
    """Each condition alone and several together; a value is only ever compared."""
    assert numbers(reader, wanted) == found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 9])
def test_pages_meet_without_gap_or_overlap(reader: LedgerReader, limit: int) -> None:
    """Whatever their size, all pages together are the whole, and the last one says so."""
    found: list[int] = []
    cursor: int | None = None
    while True:
        page = reader.page(LedgerFilter(), limit, cursor)
        found += [entry.exchange.id for entry in page.entries]
        cursor = page.next_before_id
        if cursor is None:
            break
        assert len(page.entries) == limit

    assert found == [sample_id(number) for number in range(8, 0, -1)]


def test_rows_that_arrive_meanwhile_do_not_shift_pages(reader: LedgerReader, database: Path) -> None:
    """The second page goes on where the first ended, whatever was added since."""
    cursor = reader.page(LedgerFilter(), 3).next_before_id
    connection = connect(database)
    insert_entries(connection, [sample_entry(9)])
    connection.close()

    assert reader.page(LedgerFilter(), 1, cursor).entries[0].exchange.id == sample_id(5)


def test_totals_are_of_everything_that_fits(reader: LedgerReader) -> None:
    """Known costs are summed, unknown ones counted, their bounds summed apart."""
    totals = reader.totals(LedgerFilter())

    assert (totals.exchanges, totals.cost_nanousd) == (8, 6 * 6_150)
    assert (totals.unknown_cost, totals.cost_bound_nanousd) == (2, 500)
    assert reader.totals(LedgerFilter(owner="bob")).cost_nanousd == 6_150


def test_totals_know_no_largest_number(database: Path) -> None:
    """Two bounds of what a client allowed can be more than 64 bits hold; so can costs. Small ones stay exact."""
    most = 2**63 - 1
    numbers = {1: (most, None), 2: (most, None), 3: (None, most), 4: (None, most - 1), 5: (-3, None)}
    connection = connect(database)
    entries = [
        sample_entry(number, cost_nanousd=cost, cost_bound_nanousd=bound) for number, (cost, bound) in numbers.items()
    ]
    insert_entries(connection, entries)
    connection.close()

    totals = LedgerReader(database).totals(LedgerFilter())

    assert (totals.exchanges, totals.unknown_cost) == (5, 2)
    assert (totals.cost_nanousd, totals.cost_bound_nanousd) == (2 * most - 3, 2 * most - 1)


def test_totals_of_nothing_are_zero(reader: LedgerReader) -> None:
    """No rows is a known sum."""
    totals = reader.totals(LedgerFilter(owner="nobody"))

    assert (totals.exchanges, totals.cost_nanousd, totals.unknown_cost, totals.cost_bound_nanousd) == (0, 0, 0, 0)


@pytest.mark.parametrize("limit", [0, -1, PAGE_MAX + 1])
def test_the_size_of_a_page_is_bounded(reader: LedgerReader, limit: int) -> None:
    """A page is read into memory."""
    with pytest.raises(ValueError, match=str(PAGE_MAX)):
        reader.page(LedgerFilter(), limit)


@pytest.mark.parametrize(
    ("wanted", "step"),
    [
        (LedgerFilter(), "SCAN exchanges"),
        (LedgerFilter(since_ns=START_NS), "USING INTEGER PRIMARY KEY (rowid>?)"),
        (LedgerFilter(since_ns=START_NS, until_ns=START_NS + 1), "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (LedgerFilter(key_id="key_000000000002"), "USING INDEX exchanges_by_key (key_id=?)"),
        (
            LedgerFilter(key_id="key_000000000002", since_ns=START_NS),
            "USING INDEX exchanges_by_key (key_id=? AND id>?)",
        ),
    ],
)
def test_time_and_key_are_found_by_index_without_sorting(database: Path, wanted: LedgerFilter, step: str) -> None:
    """A page of a large ledger reads the rows it shows, in the order it shows them."""
    engine = open_engine(database, "BEGIN")
    query = page_query(wanted, None).compile(engine, compile_kwargs={"literal_binds": True})
    with open_current(database) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]

    assert len(plan) == 1
    assert step in plan[0]


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    """Nothing is made by reading."""
    with pytest.raises(StoreError, match=r"none\.db"):
        LedgerReader(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_breaks_meanwhile_is_named(reader: LedgerReader, database: Path) -> None:
    """SQLAlchemy's errors do not leak."""
    with open_current(database) as connection:
        connection.execute("DROP TABLE attempts")

    with pytest.raises(StoreError, match=r"no such table: attempts.*routeproof doctor"):
        reader.page(LedgerFilter(), 1)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("stale_price", [2, 1]),
        ("straddles_window", [2]),
        ("list_price", [3]),
        ("price", []),
        ("%", []),
        ("straddles_window,stale_price", [2]),
    ],
)
def test_a_word_of_a_note_finds_the_exchange(word: str, expected: list[int], database: Path) -> None:
    """A whole word, among others or alone, of any attempt; no part of one, and no pattern."""
    notes = {1: "stale_price", 2: "straddles_window,stale_price", 3: "list_price", 4: None}
    connection = connect(database)
    insert_entries(
        connection,
        [sample_entry(number, [sample_attempt(sample_id(number), cost_note=note)]) for number, note in notes.items()],
    )
    connection.close()

    found = LedgerReader(database).page(LedgerFilter(cost_note=word), PAGE_MAX).entries
    assert [entry.exchange.id for entry in found] == [sample_id(number) for number in expected]
