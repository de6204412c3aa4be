"""Schedules made of facts."""

from collections.abc import Callable

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.pricing.schedules import schedule_of
from routeproof.clock import parse_instant

FactText = Callable[..., str]
WITH_HOLIDAYS = """{ zone = "Asia/Shanghai", weekdays = [1, 2, 3, 4, 5],
 windows = [["01:00", "04:00"]], holidays = "acme-days" }""".replace("\n", "")


def peak(text: str, instant: str) -> bool:
    """Whether an instant is peak by a file's facts."""
    facts = parse_facts(text, "prices.toml")
    state = schedule_of(facts.peak_windows, facts.calendars).state_at(parse_instant(instant))
    assert state is not None
    return state.peak


def test_the_named_calendar_is_used(fact: FactText) -> None:
    """Every day of a span is off, its last one too; the day after is not."""
    text = fact("peak_windows", value=WITH_HOLIDAYS) + fact("calendar")

    assert [peak(text, f"2026-10-0{day}T02:00:00Z") for day in (1, 7, 8)] == [False, False, True]


def test_another_calendar_is_not(fact: FactText) -> None:
    """Days off of somebody else leave the day peak."""
    text = fact("peak_windows", value=WITH_HOLIDAYS) + fact("calendar", subject='{ calendar = "other-days" }')

    assert peak(text, "2026-10-01T02:00:00Z")


def test_windows_without_a_calendar_know_no_holidays(fact: FactText) -> None:
    """A family that bills peak on holidays names no calendar."""
    assert peak(fact("peak_windows") + fact("calendar"), "2026-10-01T02:00:00Z")
