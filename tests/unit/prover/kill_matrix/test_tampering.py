"""What becomes of a record that somebody changes: exactly what is named, and nothing else."""

import msgspec
import pytest
from tests.support.sample_evidence import PLAN, observations_of

from routeproof.evidence.observations import LedgerRow
from routeproof.evidence.plan import SelfTest
from routeproof.prover.kill_matrix.tampering import PLAN_CHANGES, RECORD_CHANGES, tampered

TESTED = msgspec.structs.replace(
    PLAN, self_test=SelfTest(digest="ab" * 32, complete=True, check_hashes={"R04": "11" * 32})
)
ROW = LedgerRow(table="exchange", columns={"cost_nanousd": 7, "key_owner": "me", "account": "us", "attempts": 1})
SEEN = tuple(msgspec.structs.replace(one, ledger=(ROW,)) for one in observations_of(TESTED))


def test_nothing_is_changed_without_a_name() -> None:
    """The very objects come back."""
    assert tampered(None, TESTED, SEEN) == (TESTED, SEEN)


def test_an_unknown_name_is_refused() -> None:
    """Not taken for nothing."""
    with pytest.raises(KeyError):
        tampered("nonsense", TESTED, SEEN)


@pytest.mark.parametrize("name", PLAN_CHANGES)
def test_a_change_of_the_plan_changes_its_digest(name: str) -> None:
    """So that what was observed is of another plan; the observations stay."""
    plan, seen = tampered(name, TESTED, SEEN)

    assert plan.digest != TESTED.digest
    assert seen is SEEN


@pytest.mark.parametrize("name", RECORD_CHANGES)
def test_a_change_of_rows_leaves_the_bytes_alone(name: str) -> None:
    """Plan and transcripts stay."""
    plan, seen = tampered(name, TESTED, SEEN)

    assert plan is TESTED
    assert [one.transcript for one in seen] == [one.transcript for one in SEEN]
    assert [one.ledger for one in seen] != [one.ledger for one in SEEN]


def test_a_cost_is_off_by_one() -> None:
    """One nanodollar, where there is a cost."""
    without = msgspec.structs.replace(ROW, columns={"key_owner": "me"})
    _, (first, *_) = tampered("cost_off_by_one", TESTED, [msgspec.structs.replace(SEEN[0], ledger=(ROW, without))])

    assert [row.columns.get("cost_nanousd") for row in first.ledger] == [8, None]
