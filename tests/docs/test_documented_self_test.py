"""`docs/self-test.md` tells the kill matrix as it is: routes, excuses, dead ends, cardboard, changes of records."""

import re

from tests.support.documents import document, rows_of, section, words_in

from routeproof.operations.kill_matrix.dead_ends import DEAD_ENDS
from routeproof.operations.kill_matrix.self_test import SELF_TEST_NAME
from routeproof.prover.kill_matrix.all_rows import CARDBOARD_FAILS, DEFECTS, EXCUSED
from routeproof.prover.kill_matrix.rows.routes import ONLY_DIRECT, ROUTES
from routeproof.prover.kill_matrix.tampering import PLAN_CHANGES, RECORD_CHANGES

TEXT = document("docs/self-test.md")


def test_every_honest_route_is_listed() -> None:
    """With what it is, and whether it is proven through the gateway, too."""
    rows = [row for row in rows_of(TEXT, "route") if "kind" in row]
    listed = [tuple(cell.strip("`") for cell in row.values()) for row in rows]

    assert listed == [(one.name, one.kind, one.dialect, "no" if one.name in ONLY_DIRECT else "yes") for one in ROUTES]


def test_every_excuse_is_told() -> None:
    """In its own words, as a sentence."""
    told = {(row["route"].strip("`"), row["check"]): row for row in rows_of(TEXT, "route") if "because" in row}

    assert told.keys() == EXCUSED.keys()
    for key, excuse in EXCUSED.items():
        assert told[key]["verdict"].strip("`") == excuse.verdict
        assert told[key]["because"].replace("`", "").lower() == f"{excuse.why}.".lower()


def test_every_dead_end_is_told() -> None:
    """In the order in which they are tried."""
    assert [row["instead of an API"] for row in rows_of(TEXT, "instead of an API")] == list(DEAD_ENDS)


def test_who_sees_through_cardboard_is_told() -> None:
    """Each by its id."""
    assert set(re.findall(r"\b[A-Z]\d\d\b", section(TEXT, "Dead ends"))) == CARDBOARD_FAILS


def test_every_change_of_a_record_is_told() -> None:
    """And of which."""
    told = {words_in(row["change"])[0]: row["of"] for row in rows_of(TEXT, "change")}

    assert told == dict.fromkeys(PLAN_CHANGES, "the plan") | dict.fromkeys(RECORD_CHANGES, "the rows")


def test_the_row_that_is_shown_is_one() -> None:
    """With the check, its words and its fault."""
    check, words, fault = re.findall(r'row\("(\w+)", "([^"]+)", "(\w+)"\)', TEXT)[0]

    assert any(
        (one.check, one.words, [seeded.fault for seeded in one.world.faults]) == (check, words, [fault])
        for one in DEFECTS
    )
    assert SELF_TEST_NAME in TEXT
