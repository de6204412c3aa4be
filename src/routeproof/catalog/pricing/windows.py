"""Peak windows: whether an instant is peak, and when that next changes, for a schedule given as a value."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from routeproof.clock import NS_PER_S

SECONDS_PER_DAY = 86_400
HORIZON_DAYS = 400
"""How far ahead a change is looked for: over a year, so that every weekday and holiday comes by."""


class DaysOff(msgspec.Struct, frozen=True):
    """The public holidays of a span of time. Outside the span nothing is known."""

    from_ns: int
    until_ns: int | None
    days: frozenset[date]
    """Local dates."""
    fact_id: str = ""

    def knows(self, wall_ns: int) -> bool:
        """Whether holidays are known at this instant."""
        return self.from_ns <= wall_ns and (self.until_ns is None or wall_ns < self.until_ns)


class PeakRule(msgspec.Struct, frozen=True):
    """One regime: daily UTC windows that are peak on some local weekdays, except on days off."""

    from_ns: int
    until_ns: int | None
    zone: str
    weekdays: frozenset[int]
    """ISO: Monday is 1. Make-up working days at a weekend follow their weekday."""
    windows_s: tuple[tuple[int, int], ...]
    """Half-open, in seconds of the UTC day."""
    days_off: tuple[DaysOff, ...] | None = None
    """None: holidays don't matter. A tuple: they do, and these are known."""
    fact_id: str = ""


class PeakState(msgspec.Struct, frozen=True):
    """What an instant is."""

    peak: bool
    holiday_unknown: bool = False
    """Taken as peak because nobody has stated that year's holidays: an upper bound."""
    fact_ids: tuple[str, ...] = ()
    """The rule and, where it was asked, the calendar."""


class PeakSchedule:
    """Regimes that follow each other in time; they must not overlap."""

    def __init__(self, rules: tuple[PeakRule, ...]) -> None:
        self._rules = rules
        self._zones = tuple(dict.fromkeys(ZoneInfo(rule.zone) for rule in rules))

    def state_at(self, wall_ns: int) -> PeakState | None:
        """Peak or not at this instant; None where no regime is in force."""
        for rule in self._rules:
            if rule.from_ns <= wall_ns and (rule.until_ns is None or wall_ns < rule.until_ns):
                return _state_under(rule, wall_ns)
        return None

    def next_change_ns(self, wall_ns: int) -> int | None:
        """The first later instant at which the answer differs; None if there is none within HORIZON_DAYS."""
        now = _answer(self.state_at(wall_ns))
        first_day = _day_of(wall_ns)
        for day in range(first_day, first_day + HORIZON_DAYS):
            for instant_ns in self._instants_of(day):
                if instant_ns > wall_ns and _answer(self.state_at(instant_ns)) != now:
                    return instant_ns
        return None

    def steady_since_ns(self, wall_ns: int) -> int:
        """An earlier instant, or this one, since which the answer has been the same; not always the first."""
        today = _day_of(wall_ns)
        instants = [*self._instants_of(today - 1), *self._instants_of(today)]
        return max((instant for instant in instants if instant <= wall_ns), default=wall_ns)

    def _instants_of(self, day: int) -> list[int]:
        """Every instant of a UTC day at which the answer may change, in order."""
        start_ns, end_ns = _day_start_ns(day), _day_start_ns(day + 1)
        instants = {instant for instant in self._bounds() if start_ns <= instant < end_ns}
        instants.update(self._daily_instants(day))
        return sorted(instants)

    def _bounds(self) -> Iterator[int]:
        for rule in self._rules:
            yield rule.from_ns
            yield from () if rule.until_ns is None else (rule.until_ns,)
            for known in rule.days_off or ():
                yield known.from_ns
                yield from () if known.until_ns is None else (known.until_ns,)

    def _daily_instants(self, day: int) -> Iterator[int]:
        start_ns = _day_start_ns(day)
        for rule in self._rules:
            for opens_s, closes_s in rule.windows_s:
                yield start_ns + opens_s * NS_PER_S
                yield start_ns + closes_s * NS_PER_S
        for zone in self._zones:
            # The weekday turns at local midnight, which may lie inside a window.
            local_date = datetime.fromtimestamp(start_ns // NS_PER_S, tz=zone).date() + timedelta(days=1)
            midnight = datetime(local_date.year, local_date.month, local_date.day, tzinfo=zone)
            yield int(midnight.astimezone(UTC).timestamp()) * NS_PER_S


def _day_of(wall_ns: int) -> int:
    return wall_ns // NS_PER_S // SECONDS_PER_DAY


def _day_start_ns(day: int) -> int:
    return day * SECONDS_PER_DAY * NS_PER_S


def _state_under(rule: PeakRule, wall_ns: int) -> PeakState:
    seconds = wall_ns // NS_PER_S
    second_of_day = seconds % SECONDS_PER_DAY
    own_id = (rule.fact_id,)
    if not any(opens_s <= second_of_day < closes_s for opens_s, closes_s in rule.windows_s):
        return PeakState(False, fact_ids=own_id)
    local = datetime.fromtimestamp(seconds, tz=ZoneInfo(rule.zone))
    if local.isoweekday() not in rule.weekdays:
        return PeakState(False, fact_ids=own_id)
    if rule.days_off is None:
        return PeakState(True, fact_ids=own_id)
    known = next((days_off for days_off in rule.days_off if days_off.knows(wall_ns)), None)
    if known is None:
        return PeakState(True, holiday_unknown=True, fact_ids=own_id)
    return PeakState(local.date() not in known.days, fact_ids=(rule.fact_id, known.fact_id))


def _answer(state: PeakState | None) -> tuple[bool, bool] | None:
    return None if state is None else (state.peak, state.holiday_unknown)
