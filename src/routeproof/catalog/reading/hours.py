"""How facts about time are read: peak windows and calendars."""

import re
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routeproof.catalog.price_kinds import CalendarFact, PeakWindowsFact
from routeproof.catalog.reading.common import Common, read_subject
from routeproof.catalog.reading.fields import FactTable
from routeproof.catalog.reading.values import as_date, shown

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_TIMES: Final = "half-open pairs such as [['01:00', '04:00']], each within one UTC day, in order, at most '24:00'"
_DAYS_OFF: Final = "pairs of first and last day such as [['2026-01-01', '2026-01-03']]"


def read_peak_windows(table: FactTable, common: Common) -> PeakWindowsFact:
    """Zone, weekdays and windows of the peak hours."""
    value = table.table("value", "a table with zone, weekdays and windows")
    fact = PeakWindowsFact(
        **common,
        subject=read_subject(table, needs_model=False),
        zone=_zone(value),
        weekdays=_weekdays(value),
        windows_s=_windows(value),
        holidays=value.optional_name("holidays", "the name of a calendar"),
    )
    value.close()
    return fact


def read_calendar(table: FactTable, common: Common) -> CalendarFact:
    """The days off of a calendar, in spans."""
    value = table.table("value", f"a table with days_off: {_DAYS_OFF}")
    subject = table.table("subject", "a table such as { calendar = 'cn-public-holidays' }")
    spans: list[tuple[date, date]] = []
    for first, last in value.pairs("days_off", _DAYS_OFF):
        begins, ends = as_date(first), as_date(last)
        if begins is None or ends is None or begins > ends or (ends - begins).days > 366:
            value.problem("days_off", f"{shown([first, last])} is no span of days; write {_DAYS_OFF}")
        else:
            spans.append((begins, ends))
    fact = CalendarFact(**common, calendar=subject.name("calendar", "the calendar's name"), days_off=tuple(spans))
    subject.close()
    value.close()
    return fact


def _zone(value: FactTable) -> str:
    remedy = "an IANA time zone such as 'Asia/Shanghai'"
    zone = value.name("zone", remedy)
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        value.problem("zone", f"{shown(zone)} is no time zone; write {remedy}")
        return ""


def _weekdays(value: FactTable) -> tuple[int, ...]:
    remedy = "ISO weekdays such as [1, 2, 3, 4, 5], Monday being 1"
    found: list[int] = []
    for day in value.items("weekdays", remedy):
        if type(day) is int and 1 <= day <= 7 and day not in found:
            found.append(day)
        else:
            value.problem("weekdays", f"{shown(day)} is no weekday, or is there twice; write {remedy}")
    return tuple(sorted(found))


def _windows(value: FactTable) -> tuple[tuple[int, int], ...]:
    windows: list[tuple[int, int]] = []
    for opens, closes in value.pairs("windows", _TIMES):
        start, end = _time_s(opens), _time_s(closes)
        if start is None or end is None or start >= end or (windows and start < windows[-1][1]):
            value.problem("windows", f"{shown([opens, closes])} is no window; write {_TIMES}")
        else:
            windows.append((start, end))
    return tuple(windows)


def _time_s(text: str) -> int | None:
    if text == "24:00":
        return 86_400
    match = _TIME.fullmatch(text)
    return int(match[1]) * 3_600 + int(match[2]) * 60 if match else None
