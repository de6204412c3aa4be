"""Inserting entries."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.ledger.entries import Entry
from routeproof.store.connecting import connect
from routeproof.store.driver import driver
from routeproof.store.rows import ROWS_PER_STATEMENT, insert_entries


@pytest.mark.parametrize("number", [1, 2, 3, 127, 128, 129, 391])
def test_any_number_of_entries_is_inserted_whole(
    database: Path, all_entries: Callable[[], list[Entry]], number: int
) -> None:
    """Whatever sizes of statements make up the number, every row arrives once and unchanged."""
    entries = [sample_entry(at) for at in range(number)]
    connection = connect(database)
    insert_entries(connection, entries)
    connection.close()

    assert all_entries() == entries


def test_entries_with_none_one_or_more_attempts_mix(database: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """Refusals leave no attempts, failovers several."""
    attempts = [sample_attempt(sample_id(2), ordinal, cost_nanousd=None, cost_note="x") for ordinal in (1, 2, 3)]
    entries = [sample_refusal(1), sample_entry(2, attempts), sample_entry(3)]
    connection = connect(database)
    insert_entries(connection, entries)
    insert_entries(connection, [sample_refusal(4)])
    connection.close()

    assert all_entries() == [*entries, sample_refusal(4)]


def test_few_statements_carry_many_rows(database: Path) -> None:
    """Each statement is a fight for the interpreter's lock: five hundred entries take a dozen, not a thousand."""
    connection = connect(database)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    insert_entries(connection, [sample_entry(number) for number in range(500)])
    connection.close()

    assert len([text for text in statements if text.startswith("INSERT")]) == 2 * 7


def test_an_id_that_is_there_already_is_an_error(database: Path, all_entries: Callable[[], list[Entry]]) -> None:
    """A row is never replaced, and never silently left out."""
    connection = connect(database)
    insert_entries(connection, [sample_entry(1)])
    with pytest.raises(driver.IntegrityError, match=r"exchanges\.id"):
        insert_entries(connection, [sample_entry(1, account="other")])
    connection.close()

    assert all_entries() == [sample_entry(1)]


def test_every_number_is_a_sum_of_the_sizes() -> None:
    """The sizes halve down to one."""
    assert ROWS_PER_STATEMENT[-1] == 1
    assert all(larger == 2 * smaller for larger, smaller in pairwise(ROWS_PER_STATEMENT))
