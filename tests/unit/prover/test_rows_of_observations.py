"""`prover/judges/rows.py`: the ledger's rows in an observation."""

from tests.support.hand_made_runs import keys_of, observed, plan_of

from routeproof.evidence.observations import LedgerRow
from routeproof.prover.judges.rows import attempt_rows, count_in, exchange_rows, flag_in, text_in


def test_rows_are_told_apart_and_in_order() -> None:
    """By table and ordinal."""
    plan = plan_of("U01")
    rows = tuple(
        LedgerRow(table=table, columns={"ordinal": ordinal})
        for table, ordinal in (("attempt", 2), ("exchange", None), ("attempt", 1))
    )
    seen = observed(plan, keys_of(plan)[0], ledger=rows)

    assert [count_in(row, "ordinal") for row in attempt_rows(seen)] == [1, 2]
    assert len(exchange_rows(seen)) == 1


def test_a_value_of_another_type_counts_as_absent() -> None:
    """A number is no text, and a flag no number."""
    row = LedgerRow(table="exchange", columns={"a": 1, "b": "x", "c": True, "d": None})

    assert [count_in(row, name) for name in "abcd"] == [1, None, None, None]
    assert [text_in(row, name) for name in "abcd"] == [None, "x", None, None]
    assert [flag_in(row, name) for name in "abcd"] == [True, False, True, False]
