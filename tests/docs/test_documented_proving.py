"""`docs/proving.md` names every pack, verdict and cause that there is, and what it shows can be tried."""

from tests.support.documents import bare, document, rows_of

from routeproof.cli.prove_options import PackName
from routeproof.evidence.results import Cause
from routeproof.evidence.verdicts import Verdict, exit_code

TEXT = document("docs/proving.md")


def test_every_pack_is_listed() -> None:
    """In the order of the code."""
    assert [bare(row["pack"]) for row in rows_of(TEXT, "pack")] == [pack.value for pack in PackName]


def test_every_verdict_is_listed() -> None:
    """In the order of the code, each with what it means and what to do."""
    rows = rows_of(TEXT, "verdict")

    assert [bare(row["verdict"]) for row in rows] == [verdict.value for verdict in Verdict]
    assert [row["verdict"] for row in rows if not (row["means"].endswith(".") and row["do"].endswith("."))] == []


def test_every_cause_is_listed() -> None:
    """By the code that results have."""
    assert [bare(row["cause"]) for row in rows_of(TEXT, "cause")] == [cause.value for cause in Cause]


def test_the_exit_codes_are_those_of_the_verdicts() -> None:
    """As the page says in words."""
    codes = {verdict: exit_code(verdict) for verdict in Verdict}

    assert "0 for `PASS`, 1 for `FAIL`, and 2 for everything that is neither" in TEXT
    assert codes.pop(Verdict.PASS) == 0
    assert codes.pop(Verdict.FAIL) == 1
    assert set(codes.values()) == {2}
