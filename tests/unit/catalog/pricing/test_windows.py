"""Peak or not, and when that changes."""

import json
import os
import zoneinfo
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.pricing.windows import DaysOff, PeakRule, PeakSchedule, PeakState
from routeproof.clock import NS_PER_S, format_instant, parse_instant

SHANGHAI = "Asia/Shanghai"
MORNING = (3_600, 4 * 3_600)
AFTERNOON = (6 * 3_600, 10 * 3_600)
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
YEAR_2026 = (parse_instant("2025-12-31T16:00:00Z"), parse_instant("2026-12-31T16:00:00Z"))
HOLIDAYS = DaysOff(*YEAR_2026, days=frozenset({date(2026, 9, 25), date(2026, 10, 1)}), fact_id="days")


def rule(**changes: Any) -> PeakRule:
    """Monday to Friday in two windows, unless told otherwise."""
    values = {
        "from_ns": parse_instant("2026-08-22T16:00:00Z"),
        "until_ns": None,
        "zone": SHANGHAI,
        "weekdays": MONDAY_TO_FRIDAY,
        "windows_s": (MORNING, AFTERNOON),
        "fact_id": "rule",
    }
    return PeakRule(**{**values, **changes})


def schedules() -> dict[str, PeakSchedule]:
    """The schedules that the recorded vectors speak of, built from what they say."""
    found = {}
    for name, said in VECTORS["schedules"].items():
        since = said.get("peak_iso_weekdays_since") or {"1970-01-01T00:00:00Z": said["peak_iso_weekdays"]}
        begins = [*map(parse_instant, since), None]
        found[name] = PeakSchedule(
            tuple(
                rule(
                    from_ns=begins[index],
                    until_ns=begins[index + 1],
                    zone=said["calendar_tz"],
                    weekdays=frozenset(weekdays),
                    windows_s=tuple((seconds(a), seconds(b)) for a, b in said["peak_windows_utc"]),
                )
                for index, weekdays in enumerate(since.values())
            )
        )
    return found


def seconds(text: str) -> int:
    """'01:30' as seconds of the day."""
    hours, minutes = text.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


def load_vectors() -> dict[str, Any]:
    """The recorded vectors, or none where the recordings are not at hand."""
    folder = os.environ.get("ROUTEPROOF_RECORDINGS")
    names = () if folder is None else ("peak_vectors.json", "deepseek/peak_vectors.json")
    path = next((path for name in names if (path := Path(folder or "", name)).is_file()), None)
    if path is None:
        return {"schedules": {}, "vectors": [], "next_boundary": []}
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


VECTORS = load_vectors()
needs_vectors = pytest.mark.skipif(
    not VECTORS["vectors"], reason="ROUTEPROOF_RECORDINGS names no folder with peak_vectors.json"
)


def peak_at(schedule: PeakSchedule, instant: str) -> bool | None:
    """Peak, off-peak, or None where no rule is in force."""
    state = schedule.state_at(parse_instant(instant))
    return None if state is None else state.peak


@needs_vectors
@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: f"{vector['schedule']} {vector['at']}")
def test_the_recorded_vectors_hold(vector: dict[str, str]) -> None:
    """An instant is what the provider's published rule makes it."""
    assert peak_at(schedules()[vector["schedule"]], vector["at"]) == (vector["expect"] == "peak")


@needs_vectors
@pytest.mark.parametrize("row", VECTORS["next_boundary"], ids=lambda row: row["from"])
def test_the_recorded_boundaries_hold(row: dict[str, str]) -> None:
    """The next change is found, over weekends and at the change of the rule itself."""
    schedule = schedules()[row["schedule"]]

    assert schedule.next_change_ns(parse_instant(row["from"])) == parse_instant(row["next"])
    assert peak_at(schedule, row["next"]) == (row["becomes"] == "peak")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-08-24T00:59:59.999999Z", False),
        ("2026-08-24T01:00:00Z", True),
        ("2026-08-24T03:59:59.999999Z", True),
        ("2026-08-24T04:00:00Z", False),
        ("2026-08-24T05:59:59.999999Z", False),
        ("2026-08-24T06:00:00Z", True),
        ("2026-08-24T09:59:59.999999Z", True),
        ("2026-08-24T10:00:00Z", False),
    ],
)
def test_windows_hold_from_their_first_instant_until_before_their_last(instant: str, expected: bool) -> None:
    """Both edges of both windows, to the microsecond."""
    assert peak_at(PeakSchedule((rule(),)), instant) is expected


def test_before_the_first_rule_nothing_is_said() -> None:
    """Neither peak nor off-peak: there were no such prices yet."""
    schedule = PeakSchedule((rule(),))

    assert peak_at(schedule, "2026-08-22T15:59:59.999999Z") is None
    assert peak_at(schedule, "2026-08-22T16:00:00Z") is False


def test_a_holiday_on_a_weekday_is_off_peak() -> None:
    """2026-09-25 is a Friday, 2026-09-28 the Monday after."""
    schedule = PeakSchedule((rule(days_off=(HOLIDAYS,)),))

    assert peak_at(schedule, "2026-09-24T02:00:00Z") is True
    assert peak_at(schedule, "2026-09-25T02:00:00Z") is False
    assert peak_at(schedule, "2026-09-28T02:00:00Z") is True


def test_a_make_up_working_day_at_a_weekend_is_off_peak() -> None:
    """Saturday 2026-10-10 is worked in exchange for the holidays; its weekday decides."""
    assert peak_at(PeakSchedule((rule(days_off=(HOLIDAYS,)),)), "2026-10-10T02:00:00Z") is False


def test_a_weekday_of_an_unknown_year_is_peak_and_flagged() -> None:
    """Nobody has stated the holidays of 2027, so the dearer case is taken and said so."""
    schedule = PeakSchedule((rule(days_off=(HOLIDAYS,)),))

    assert schedule.state_at(parse_instant("2027-01-01T02:00:00Z")) == PeakState(
        True, holiday_unknown=True, fact_ids=("rule",)
    )


@pytest.mark.parametrize("instant", ["2027-01-01T05:00:00Z", "2027-01-02T02:00:00Z"])
def test_outside_the_windows_no_holiday_matters(instant: str) -> None:
    """Between the windows and at the weekend it is off-peak whatever the calendar says."""
    state = PeakSchedule((rule(days_off=(HOLIDAYS,)),)).state_at(parse_instant(instant))

    assert state is not None
    assert (state.peak, state.holiday_unknown) == (False, False)


def test_the_calendar_is_named_only_where_it_was_asked() -> None:
    """Facts behind a state are those that decided it."""
    schedule = PeakSchedule((rule(days_off=(HOLIDAYS,)),))
    inside, outside = map(parse_instant, ("2026-09-25T02:00:00Z", "2026-09-25T05:00:00Z"))

    states = schedule.state_at(inside), schedule.state_at(outside)

    assert [state.fact_ids for state in states if state is not None] == [("rule", "days"), ("rule",)]


def test_the_next_change_skips_holidays() -> None:
    """From Thursday 2026-09-24 after the windows to the Monday after the holiday weekend."""
    schedule = PeakSchedule((rule(days_off=(HOLIDAYS,)),))

    change_ns = schedule.next_change_ns(parse_instant("2026-09-24T10:00:00Z"))

    assert change_ns is not None
    assert format_instant(change_ns) == "2026-09-28T01:00:00.000Z"


def test_the_weekday_turns_at_local_midnight_inside_a_window() -> None:
    """16:00 UTC on a Friday is Saturday in Shanghai, so a window over it ends there."""
    schedule = PeakSchedule((rule(windows_s=((15 * 3_600, 18 * 3_600),)),))
    friday = parse_instant("2026-08-28T15:30:00Z")

    change_ns = schedule.next_change_ns(friday)

    assert peak_at(schedule, "2026-08-28T15:30:00Z") is True
    assert change_ns is not None
    assert format_instant(change_ns) == "2026-08-28T16:00:00.000Z"


def test_the_end_of_the_last_rule_is_a_change() -> None:
    """After it nothing is said any more."""
    ends_ns = parse_instant("2026-08-25T02:00:00Z")
    schedule = PeakSchedule((rule(until_ns=ends_ns),))

    assert schedule.next_change_ns(parse_instant("2026-08-25T01:30:00Z")) == ends_ns
    assert schedule.state_at(ends_ns) is None


@pytest.mark.parametrize("schedule", [PeakSchedule(()), PeakSchedule((rule(weekdays=frozenset()),))])
def test_a_schedule_that_never_changes_has_no_next_change(schedule: PeakSchedule) -> None:
    """The search ends."""
    assert schedule.next_change_ns(parse_instant("2026-09-01T00:00:00Z")) is None


def test_a_schedule_without_rules_is_steady_since_now() -> None:
    """Nothing is known of an earlier instant, and nothing needs to be."""
    now_ns = parse_instant("2026-09-01T00:00:00Z")

    assert PeakSchedule(()).steady_since_ns(now_ns) == now_ns


instants = st.integers(parse_instant("2026-08-10T00:00:00Z"), parse_instant("2027-02-10T00:00:00Z"))


@given(instants, st.floats(0, 1))
def test_between_steady_since_and_the_next_change_nothing_changes(at_ns: int, share: float) -> None:
    """A price that was looked up once may be used for the whole interval."""
    schedule = PeakSchedule((rule(days_off=(HOLIDAYS,)),))
    since_ns, until_ns = schedule.steady_since_ns(at_ns), schedule.next_change_ns(at_ns)
    assert until_ns is not None
    assert since_ns <= at_ns < until_ns

    other_ns = since_ns + int((until_ns - 1 - since_ns) * share) // NS_PER_S * NS_PER_S
    here, there = schedule.state_at(at_ns), schedule.state_at(other_ns)

    assert (here is None) == (there is None)
    assert here is None or there is None or here.peak == there.peak


def test_zones_are_known_without_the_systems_database() -> None:
    """A minimal container has none."""
    zoneinfo.reset_tzpath([])
    try:
        zone = zoneinfo.ZoneInfo.no_cache(SHANGHAI)
    finally:
        zoneinfo.reset_tzpath()

    assert datetime(2026, 9, 21, tzinfo=zone).utcoffset() == timedelta(hours=8)
