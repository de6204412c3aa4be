"""Peak windows and calendars, and one error for each way to get them wrong."""

from collections.abc import Callable
from datetime import date

import pytest

from routeproof.catalog.facts import parse_facts

FactText = Callable[..., str]
Refused = Callable[[str, dict[str, str | None]], list[str]]
WINDOWS = '{{ zone = "{0}", weekdays = {1}, windows = {2} }}'
CASES = {
    "peak_windows": [
        ({"value": WINDOWS.format("Mars/Olympus", "[1]", '[["01:00", "04:00"]]')}, "value.zone: 'Mars/Olympus'"),
        ({"value": WINDOWS.format("UTC", "[0]", '[["01:00", "04:00"]]')}, "value.weekdays: 0 is no weekday"),
        ({"value": WINDOWS.format("UTC", "[1, 1]", '[["01:00", "04:00"]]')}, "value.weekdays: 1 is no weekday"),
        ({"value": WINDOWS.format("UTC", "[]", '[["01:00", "04:00"]]')}, "value.weekdays: is empty"),
        ({"value": WINDOWS.format("UTC", "[1]", '[["01:00"]]')}, "value.windows: ['01:00'] is no pair"),
        ({"value": WINDOWS.format("UTC", "[1]", '[["1:00", "04:00"]]')}, "value.windows: ['1:00', '04:00'] is no"),
        ({"value": WINDOWS.format("UTC", "[1]", '[["22:00", "02:00"]]')}, "value.windows: ['22:00', '02:00'] is no"),
        (
            {"value": WINDOWS.format("UTC", "[1]", '[["01:00", "04:00"], ["03:00", "05:00"]]')},
            "value.windows: ['03:00', '05:00'] is no window",
        ),
    ],
    "calendar": [
        ({"value": '{ days_off = [["2026-10-07", "2026-10-01"]] }'}, "value.days_off: ['2026-10-07', "),
        ({"value": '{ days_off = [["2026-10-01", "soon"]] }'}, "value.days_off: ['2026-10-01', 'soon'] is no span"),
        ({"value": '{ days_off = [["2020-01-01", "2026-01-01"]] }'}, "value.days_off: ['2020-01-01', "),
        ({"subject": '{ family = "acme" }'}, "subject.calendar: is missing"),
    ],
}
BAD = [(kind, changes, expected) for kind, cases in CASES.items() for changes, expected in cases]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_time_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, refused: Refused
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    found = refused(kind, changes)

    assert any(expected in problem for problem in found), found


def test_windows_may_end_with_the_day(fact: FactText) -> None:
    """'24:00' closes a window at midnight UTC."""
    value = WINDOWS.format("UTC", "[7, 1]", '[["16:00", "22:00"], ["22:00", "24:00"]]')

    windows = parse_facts(fact("peak_windows", value=value), "prices.toml").peak_windows[0]

    assert windows.windows_s == ((57_600, 79_200), (79_200, 86_400))
    assert windows.weekdays == (1, 7)


def test_days_off_may_be_toml_dates(fact: FactText) -> None:
    """A span of one day has the same first and last day."""
    calendar = parse_facts(
        fact("calendar", value="{ days_off = [[2026-10-01, 2026-10-01]] }"), "prices.toml"
    ).calendars[0]

    assert calendar.days_off == ((date(2026, 10, 1), date(2026, 10, 1)),)
