"""The record of the kill matrix: complete only where every ruling is right and every check has a row."""

import msgspec
import pytest

from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.kill_matrix.all_rows import CARDBOARD_FAILS, DEFECTS, EXCUSED
from routeproof.prover.kill_matrix.matrix import Kind, Ruling, World, by_world, report_on
from routeproof.prover.kill_matrix.rows.routes import ROUTES
from routeproof.prover.kill_matrix.rows.row import row
from routeproof.prover.kill_matrix.tampering import PLAN_CHANGES, RECORD_CHANGES

CHECKS = checks_named(["R04", "U01"])
ROWS = (row("R04", "another name", "wrong_model"), row("U01", "counts below zero", "negative_usage"))


def ruling(check: str, *, right: bool = True) -> Ruling:
    """A defect that was caught, or not."""
    return Ruling(
        kind=Kind.DEFECT,
        check=check,
        where="somewhere",
        expected="FAIL",
        verdict=Verdict.FAIL if right else Verdict.PASS,
        right=right,
        summary="Something.",
    )


RIGHT = (ruling("R04"), ruling("U01"))


def test_a_matrix_without_a_wrong_ruling_is_complete() -> None:
    """Its record has the hash of every check."""
    record = report_on(CHECKS, ROWS, RIGHT).self_test

    assert record.complete
    assert record.check_hashes.keys() == {"R04", "U01"}


@pytest.mark.parametrize(
    ("rows", "rulings"),
    [(ROWS, (RIGHT[0], ruling("U01", right=False))), (ROWS[:1], RIGHT), (ROWS, ())],
    ids=["a wrong ruling", "a check without a row", "nothing ran"],
)
def test_anything_else_is_not(rows: tuple[object, ...], rulings: tuple[Ruling, ...]) -> None:
    """And has another digest."""
    record = report_on(CHECKS, rows, rulings).self_test  # type: ignore[arg-type]

    assert not record.complete
    assert record.digest != report_on(CHECKS, ROWS, RIGHT).self_test.digest


def test_the_digest_does_not_depend_on_words_that_change() -> None:
    """A figure in a summary is the machine's, not the build's."""
    told = tuple(msgspec.structs.replace(one, summary="It took 3 ms.") for one in RIGHT)

    assert report_on(CHECKS, ROWS, told).self_test == report_on(CHECKS, ROWS, RIGHT).self_test


def test_rows_of_equal_worlds_are_proven_together() -> None:
    """Whatever becomes of the record afterwards."""
    rows = [row("U07", "one", tampering="cost_off_by_one"), row("U07", "two", tampering="rows_missing"), *ROWS]

    assert [len(same) for same in by_world(rows).values()] == [2, 1, 1]
    assert by_world(rows[:1]).keys() == by_world([row("R01", "another", declared={})]).keys()
    assert World(route="a") != World(route="a", limits={"rate": 1})


def test_the_table_names_only_what_there_is() -> None:
    """Routes, tamperings, and checks that are excused or see through cardboard."""
    routes = {route.name for route in ROUTES}

    assert {defect.world.route for defect in DEFECTS} <= routes
    assert {defect.tampering for defect in DEFECTS} - {None} == PLAN_CHANGES.keys() | RECORD_CHANGES.keys()
    assert {route for route, _ in EXCUSED} <= routes
    assert {check for _, check in EXCUSED} | CARDBOARD_FAILS <= {defect.check for defect in DEFECTS}
