"""Peak schedules made of facts."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from routeproof.catalog.kinds import CalendarFact, PeakWindowsFact
from routeproof.catalog.pricing.windows import DaysOff, PeakRule, PeakSchedule


def schedule_of(windows: Iterable[PeakWindowsFact], calendars: Sequence[CalendarFact]) -> PeakSchedule:
    """The schedule that peak-window facts make, with the days off of the calendars they name."""
    return PeakSchedule(
        tuple(
            PeakRule(
                from_ns=fact.effective_from_ns,
                until_ns=fact.effective_until_ns,
                zone=fact.zone,
                weekdays=frozenset(fact.weekdays),
                windows_s=fact.windows_s,
                days_off=None if fact.holidays is None else _days_off(fact.holidays, calendars),
                fact_id=fact.id,
            )
            for fact in windows
        )
    )


def _days_off(name: str, calendars: Iterable[CalendarFact]) -> tuple[DaysOff, ...]:
    return tuple(
        DaysOff(
            from_ns=fact.effective_from_ns,
            until_ns=fact.effective_until_ns,
            days=frozenset(day for first, last in fact.days_off for day in _days(first, last)),
            fact_id=fact.id,
        )
        for fact in calendars
        if fact.calendar == name
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
