"""The report tells what failed, sums what is known, and ends in one line for machines."""

import msgspec
from tests.unit.operations.demo.demo_support import NotingScreen, attempt_row, entry, exchange_row, scene

from routeproof.ledger.entries import Entry
from routeproof.operations.demo.judge import Judged
from routeproof.operations.demo.report import COLUMNS, DemoReport, show_report

PLAIN = scene("deepseek plain")
UNKNOWN = entry(
    exchange_row(cost_nanousd=None, cost_bound_nanousd=70_000, outcome="truncated"),
    attempt_row(input_tokens=None, cache_hit_tokens=None, output_tokens=None),
)
REFUSED = Entry(exchange_row(cost_nanousd=0, status=404, outcome="client_error"), [])


def report(*judged: tuple[Entry | None, tuple[str, ...]], more: tuple[Entry, ...] = ()) -> DemoReport:
    """A report on entries and what is wrong with them; `more` are rows that nobody asked for."""
    entries = tuple(found for found, _ in judged if found is not None)
    return DemoReport(tuple(Judged(PLAIN, found, problems) for found, problems in judged), (*entries, *more))


def test_all_in_order() -> None:
    """Costs are summed exactly; unknown ones are counted and in no sum."""
    summary = report((entry(), ()), (UNKNOWN, ()), (REFUSED, ())).summary()

    assert msgspec.to_builtins(summary) == {
        "ok": True,
        "requests": 3,
        "rows": 3,
        "cost_nanousd": 14_850,
        "unknown_costs": 1,
        "failed": [],
        "verdicts": {},
    }


def test_a_failure_is_named() -> None:
    """With everything that is wrong."""
    bad = report((entry(), ("status is 500, not 200", "outcome is ok, not cancelled")), (REFUSED, ()))
    (failure,) = bad.summary().failed

    assert not bad.ok
    assert failure.request == "deepseek plain"
    assert failure.problems == ["status is 500, not 200", "outcome is ok, not cancelled"]


def test_a_row_that_nobody_asked_for_is_a_failure() -> None:
    """So is a row too few."""
    stray = report((entry(), ()), more=(REFUSED,))

    assert not stray.ok
    assert stray.summary().failed[0].problems == ["2 rows for 1 requests"]
    assert not report((None, ())).ok


def test_the_table_shows_costs_to_the_last_digit() -> None:
    """Known, bounded, unknown and none."""
    screen = NotingScreen()
    unbounded = entry(exchange_row(cost_nanousd=None))
    show_report(
        report((entry(), ()), (UNKNOWN, ()), (unbounded, ()), (REFUSED, ()), (None, ("no row",))), screen, as_json=False
    )

    headings = [heading for heading, _ in COLUMNS]
    assert all(len(row) == len(headings) for row in screen.rows)
    assert [row[headings.index("cost, USD")] for row in screen.rows] == [
        "0.00001485",
        "<= 0.00007",
        "unknown",
        "0",
        "-",
    ]
    assert [row[-1] for row in screen.rows] == ["PASS", "PASS", "PASS", "PASS", "FAIL"]
    assert [row[2] for row in screen.rows[:4]] == [*["deepseek/deepseek-flash"] * 3, "none"]
    assert "FAIL deepseek plain: no row" in screen.shown


def test_the_last_line_is_json() -> None:
    """And with `--json` it is the only one."""
    person, machine = NotingScreen(), NotingScreen()
    good = report((entry(), ()))
    show_report(good, person, as_json=False)
    show_report(good, machine, as_json=True)

    assert person.shown[0] == "table"
    assert machine.shown == [person.shown[-1]]
    assert msgspec.json.decode(machine.shown[0], type=dict[str, object])["ok"] is True
