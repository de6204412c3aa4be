"""Looks for facts that are too old, in doubt, about to end or missing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from routeproof.catalog.consistency import question_of
from routeproof.catalog.fact_text import value_text
from routeproof.catalog.kinds import AnyFact, PeakWindowsFact
from routeproof.catalog.staleness import DAY_NS, Freshness, StaleFact, aged
from routeproof.clock import NS_PER_S, format_day, format_instant
from routeproof.config.settings import Settings
from routeproof.operations.facts.listing import replaced_facts
from routeproof.operations.facts.routes import facts_of_routes, routes_by_fact
from routeproof.operations.prices.priced_routes import PriceDesk

ENDS_SOON_DAYS: Final = 30
CALENDAR_AHEAD_DAYS: Final = 60
"""How long before a year begins its calendar should be known; most are proclaimed by then."""


class Trouble(StrEnum):
    """What can be wrong with facts, worst first."""

    HELD = "held"
    NO_PRICE = "no_price"
    STALE = "stale"
    CALENDAR_MISSING = "calendar_missing"
    ENDS_SOON = "ends_soon"
    REPLACED = "replaced"
    CONTRADICTED = "contradicted"


REMEDIES: Final[Mapping[Trouble, str]] = {
    Trouble.HELD: "read the source; state it anew with today's `checked_at` in a file under `server.facts`",
    Trouble.STALE: "read the source before the hold; state it anew with today's `checked_at`",
    Trouble.NO_PRICE: "set `prices` of the provider, or add a price fact; until then such costs are unknown",
    Trouble.CALENDAR_MISSING: "add a calendar fact once it is proclaimed; until then every day is a working day",
    Trouble.ENDS_SOON: "where nothing follows, find out what holds afterwards and add it as a fact",
    Trouble.REPLACED: "check that your own value is still meant",
    Trouble.CONTRADICTED: "look which is right where it matters; the disputed fact is the one in use",
}


class FactFinding(msgspec.Struct, frozen=True):
    """One trouble, and all the facts that have it for the same reason."""

    trouble: Trouble
    detail: str
    facts: list[str]
    """Ids."""
    routes: list[str]
    """Configured routes that rest on them."""


class FactsReport(msgspec.Struct, frozen=True):
    """What `facts check` found at an instant."""

    ok: bool
    """Nothing is held."""
    at: str
    """RFC 3339, UTC."""
    findings: list[FactFinding]
    """The worst first."""


class _Case(msgspec.Struct, frozen=True):
    """What is looked at."""

    desk: PriceDesk
    settings: Settings | None
    routes: Mapping[str, list[str]]
    wall_ns: int

    def finding(self, trouble: Trouble, detail: str, ids: list[str]) -> FactFinding:
        """With the routes that the facts concern."""
        concerned = {route for fact_id in ids for route in self.routes.get(fact_id, ())}
        return FactFinding(trouble, detail, ids, sorted(concerned))


def check_facts(settings: Settings | None, wall_ns: int) -> FactsReport:
    """Look at the facts of a configuration, or at those that are shipped. Raises FactsError."""
    desk = PriceDesk(settings)
    rows = facts_of_routes(desk, settings, wall_ns)
    case = _Case(desk, settings, routes_by_fact(rows), wall_ns)
    findings = [
        *_aged(case),
        *(FactFinding(Trouble.NO_PRICE, row.unpriced, [], [row.route]) for row in rows if row.unpriced is not None),
        *_missing_calendars(case),
        *_ending(case),
        *_replaced(case),
        *_contradicted(case),
    ]
    order = list(Trouble)
    findings.sort(key=lambda finding: (order.index(finding.trouble), not finding.routes))
    held = any(finding.trouble is Trouble.HELD for finding in findings)
    return FactsReport(not held, format_instant(wall_ns), findings)


def _aged(case: _Case) -> Iterator[FactFinding]:
    """One finding for each source: that is what somebody has to read again. Facts that are never used don't count."""
    groups: dict[tuple[Freshness, str], list[StaleFact]] = defaultdict(list)
    usable = (fact for fact in case.desk.facts if not fact.contradicts)
    for fact in aged(usable, case.desk.policies, case.wall_ns):
        groups[fact.freshness, fact.source].append(fact)
    for (freshness, source), group in groups.items():
        kinds = ", ".join(sorted({fact.kind for fact in group}))
        oldest = f"checked on {format_day(group[0].checked_at_ns)}, {group[0].age_days} days ago"
        yield case.finding(
            Trouble.HELD if freshness is Freshness.HELD else Trouble.STALE,
            f"{kinds}: {oldest}: {source}" if len(group) == 1 else f"{len(group)} facts ({kinds}), {oldest}: {source}",
            [fact.id for fact in group],
        )


def _missing_calendars(case: _Case) -> Iterator[FactFinding]:
    """For each calendar that peak hours go by: this year, and the next one when it is near."""
    seen: set[tuple[str, int]] = set()
    for windows in case.desk.facts.peak_windows:
        if windows.holidays is None or not windows.in_force(case.wall_ns):
            continue
        for instant_ns in (case.wall_ns, case.wall_ns + CALENDAR_AHEAD_DAYS * DAY_NS):
            year = _year(instant_ns, windows.zone)
            if (windows.holidays, year) not in seen and not _has_calendar(case, windows, instant_ns):
                seen.add((windows.holidays, year))
                detail = f"no fact states the days off of '{windows.holidays}' for {year}"
                yield case.finding(Trouble.CALENDAR_MISSING, detail, [windows.id])


def _has_calendar(case: _Case, windows: PeakWindowsFact, wall_ns: int) -> bool:
    return any(fact.calendar == windows.holidays and fact.in_force(wall_ns) for fact in case.desk.facts.calendars)


def _year(wall_ns: int, zone: str) -> int:
    return datetime.fromtimestamp(wall_ns // NS_PER_S, tz=UTC).astimezone(ZoneInfo(zone)).year


def _ending(case: _Case) -> Iterator[FactFinding]:
    """Facts in force whose window ends soon, and what follows."""
    usable = [fact for fact in case.desk.facts if not fact.contradicts]
    for fact in usable:
        until_ns = fact.effective_until_ns
        if until_ns is None or not fact.in_force(case.wall_ns):
            continue
        if until_ns - case.wall_ns > ENDS_SOON_DAYS * DAY_NS:
            continue
        following = [other.id for other in usable if _follows(fact, other, until_ns)]
        then = f"then {', '.join(following)}" if following else "nothing follows"
        detail = f"'{fact.id}' ({value_text(fact)}) ends at {format_instant(until_ns)}; {then}"
        yield case.finding(Trouble.ENDS_SOON, detail, [fact.id])


def _follows(fact: AnyFact, other: AnyFact, until_ns: int) -> bool:
    return other.effective_from_ns == until_ns and question_of(other) == question_of(fact)


def _replaced(case: _Case) -> Iterator[FactFinding]:
    now = {fact.id: fact for fact in case.desk.facts}
    for fact_id, shipped in replaced_facts(case.settings, case.desk.facts).items():
        own = now[fact_id]
        detail = f"'{fact_id}' is {value_text(own)} in {own.origin}, and {value_text(shipped)} as shipped"
        yield case.finding(Trouble.REPLACED, detail, [fact_id])


def _contradicted(case: _Case) -> Iterator[FactFinding]:
    """Claims that say otherwise than the facts in use, while both hold."""
    now = {fact.id: fact for fact in case.desk.facts}
    for rival in case.desk.facts.rivals:
        disputed = [fact_id for fact_id in rival.contradicts if now[fact_id].in_force(case.wall_ns)]
        if disputed and rival.in_force(case.wall_ns):
            detail = (
                f"{rival.confidence} says {value_text(rival)} ('{rival.id}', {rival.source}), "
                f"and in use is {'; '.join(value_text(now[fact_id]) for fact_id in disputed)}"
            )
            yield case.finding(Trouble.CONTRADICTED, detail, [rival.id, *disputed])
