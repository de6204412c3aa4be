"""The kill matrix: every check catches its seeded defects, passes honest routes, and passes nothing that is no API."""

from collections.abc import Sequence

import pytest
import uvloop

from routeproof.operations.kill_matrix.running import run_matrix
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import all_checks
from routeproof.prover.kill_matrix.all_rows import DEFECTS
from routeproof.prover.kill_matrix.matrix import Defect, Kind, Report, Ruling, without_defect
from routeproof.prover.kill_matrix.rows.row import row
from routeproof.wiring import Wiring

INSIDE = [check for check in all_checks() if check.needs_rows or check.needs_tap or check.needs_arms]
OUTSIDE = [check for check in all_checks() if check not in INSIDE]


class Listener:
    """Hears of every ruling."""

    def __init__(self) -> None:
        self.expected = 0
        self.heard: list[Ruling] = []

    def began(self, rulings: int) -> None:
        """So many there will be."""
        self.expected = rulings

    def ruled(self, ruling: Ruling) -> None:
        """One more."""
        self.heard.append(ruling)


def run(checks: Sequence[Check], defects: Sequence[Defect] = DEFECTS) -> tuple[Report, Listener]:
    """The matrix of these checks."""
    listener = Listener()
    return uvloop.run(run_matrix(checks, Wiring().tapped_gateway, listener, defects)), listener


def told(report: Report) -> str:
    """What is wrong, a line each."""
    lines = [
        f"{one.kind} {one.check}, {one.where}: {one.verdict}, not {one.expected}: {one.summary}" for one in report.wrong
    ]
    return "\n".join(["", *lines])


def test_every_check_has_a_row() -> None:
    """A check that is added without a defect that it must catch is told here."""
    assert without_defect(all_checks(), DEFECTS) == ()


def test_every_row_is_of_a_check() -> None:
    """No row is left of a check that is gone, and no two are the same."""
    assert {defect.check for defect in DEFECTS} <= {check.id for check in all_checks()}
    assert len({(defect.check, defect.words) for defect in DEFECTS}) == len(DEFECTS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("checks", [OUTSIDE, INSIDE], ids=["from outside", "behind our gateway"])
def test_every_check_sees_what_it_must_see(checks: Sequence[Check]) -> None:
    """Each defect fails its check, each honest route passes, no dead end passes; the self-test says so."""
    report, listener = run(checks)

    assert not report.wrong, told(report)
    assert report.self_test.complete
    assert report.self_test.check_hashes.keys() == {check.id for check in checks}
    assert len(listener.heard) == listener.expected == len(report.rulings)
    assert {one.check for one in report.rulings if one.kind is Kind.DEFECT} == {check.id for check in checks}


def test_a_defect_that_is_not_caught_is_told() -> None:
    """A world where nothing is wrong with what the check looks at: the matrix is not complete."""
    harmless = row("R04", "every byte comes alone", "close_after_response")
    report, _ = run([check for check in OUTSIDE if check.id == "R04"], [harmless])

    assert [(one.kind, one.check, one.verdict) for one in report.wrong] == [("defect", "R04", "PASS")]
    assert not report.self_test.complete


def test_the_digest_is_the_builds_and_not_the_runs() -> None:
    """Two runs have one; other checks have another."""
    chosen = [check for check in OUTSIDE if check.id in ("R04", "U09")]
    first, second, other = run(chosen)[0], run(chosen)[0], run(chosen[:1])[0]

    assert first.self_test.complete
    assert first.self_test == second.self_test
    assert first.self_test.digest != other.self_test.digest
