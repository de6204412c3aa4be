"""Which checks a self-test is of, how many rulings it makes of them, and which record of it stays."""

from pathlib import Path

import pytest

from routeproof.errors import OperatorError
from routeproof.evidence.plan import SelfTest
from routeproof.operations.kill_matrix.dead_ends import DEAD_ENDS
from routeproof.operations.kill_matrix.self_test import SELF_TEST_NAME, checks_to_test, kept_self_test, run_self_test
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import all_checks, checks_named
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.kill_matrix.all_rows import DEFECTS
from routeproof.prover.kill_matrix.matrix import Report
from routeproof.prover.kill_matrix.rows.routes import ROUTES
from routeproof.prover.kill_matrix.self_test import read_self_test, write_self_test
from routeproof.prover.packs import Pack
from routeproof.wiring import Wiring


class Deaf:
    """Follows a run and hears nothing."""

    def began(self, rulings: int) -> None:
        """So many there will be."""

    def ruled(self, ruling: object) -> None:
        """One more."""


def run_of(data_dir: Path, *ids: str) -> Report:
    """A self-test of these checks."""
    return run_self_test(data_dir, checks_named(ids), Wiring().tapped_gateway, Deaf())


def record_of(checks: tuple[Check, ...], *, complete: bool = True) -> SelfTest:
    """A record as a run of these checks would leave it."""
    return SelfTest(digest="ab" * 32, complete=complete, check_hashes={one.id: check_hash(one) for one in checks})


def keep(data_dir: Path, record: SelfTest) -> bytes:
    """Put it where records are kept."""
    (data_dir / SELF_TEST_NAME).write_bytes(write_self_test(record))
    return write_self_test(record)


def test_checks_are_named_or_a_packs_or_all() -> None:
    """Names come before a pack."""
    assert checks_to_test((), None) == all_checks()
    assert {one.id for one in checks_to_test(("U01", "R04"), Pack.SMOKE)} == {"R04", "U01"}
    assert checks_to_test((), Pack.SMOKE) == tuple(one for one in all_checks() if Pack.SMOKE in one.packs)
    with pytest.raises(OperatorError, match="there is no check Z99"):
        checks_to_test(("Z99",), None)


@pytest.mark.parametrize("ids", [("R09",), ("R09", "R04")])
def test_there_are_as_many_rulings_as_the_named_checks_have(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """Their rows, and each before every honest route and every dead end; nothing of any other check."""
    report = run_of(tmp_path, *ids)
    rows = [row for row in DEFECTS if row.check in ids]

    assert len(report.rulings) == len(rows) + len(ids) * (len(ROUTES) + len(DEAD_ENDS))
    assert {one.check for one in report.rulings} == set(ids) == report.check_hashes.keys()
    assert kept_self_test(tmp_path, checks_named(ids)) == report.self_test
    assert kept_self_test(tmp_path, all_checks()) is None


def test_a_record_of_more_checks_stays(tmp_path: Path) -> None:
    """To test one of them again does not make the next proof test all of them again."""
    kept = keep(tmp_path, record_of(all_checks()))

    assert run_of(tmp_path, "R09").self_test.complete
    assert (tmp_path / SELF_TEST_NAME).read_bytes() == kept


def test_any_other_record_is_replaced(tmp_path: Path) -> None:
    """One that was not complete, one of another version of a check, and one of the same checks."""
    r09 = checks_named(("R09",))
    other = SelfTest(digest="ab" * 32, complete=True, check_hashes={"R04": "11" * 32, "R09": "11" * 32})
    for old in (record_of(all_checks(), complete=False), other, record_of(r09)):
        keep(tmp_path, old)
        report = run_of(tmp_path, "R09")

        assert read_self_test((tmp_path / SELF_TEST_NAME).read_bytes()) == report.self_test
