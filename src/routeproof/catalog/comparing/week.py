"""The week after an instant in phases: stretches in which the tariff of every route is the same."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load
from routeproof.catalog.kinds import Hours, PriceFact
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import NS_PER_S

HOUR_NS: Final = 3_600 * NS_PER_S
WEEK_NS: Final = HOURS_OF_WEEK * HOUR_NS
_EPOCH_HOUR: Final = 3 * 24
"""1970 began on a Thursday."""


class Span(msgspec.Struct, frozen=True):
    """A half-open stretch of time under one tariff. Instants are nanoseconds since the epoch."""

    from_ns: int
    until_ns: int
    tariff: Tariff
    peak: bool
    """It bills a peak price."""


class Phase(msgspec.Struct, frozen=True):
    """All stretches of the week in which every route has the same tariff."""

    tariffs: tuple[Tariff, ...]
    """By route."""
    peaks: tuple[bool, ...]
    """By route: whether it bills its peak price."""
    hours_ns: tuple[tuple[int, int], ...]
    """How much of which hour of the week belongs to it."""

    @property
    def peak(self) -> bool:
        """Whether any of the routes bills its peak price."""
        return any(self.peaks)


class Spread(msgspec.Struct, frozen=True):
    """A load, and how its requests are spread over the phases; the weights add up to one."""

    load: Load
    weights: tuple[Fraction, ...]


def spans_of(sheet: PriceSheet, from_ns: int) -> list[Span] | int:
    """The tariffs of the week from an instant on, or the first instant at which there is none."""
    spans: list[Span] = []
    at_ns, end_ns = from_ns, from_ns + WEEK_NS
    while at_ns < end_ns:
        tariff = sheet.at(at_ns)
        if tariff is None:
            return at_ns
        until_ns = min(tariff.valid_until_ns, end_ns)
        spans.append(Span(at_ns, until_ns, tariff, _is_peak(sheet, tariff)))
        at_ns = until_ns
    return spans


def phases_of(routes: Sequence[Sequence[Span]]) -> tuple[Phase, ...]:
    """The week that the routes' spans cover, in the order in which its phases begin."""
    edges = sorted({edge for spans in routes for span in spans for edge in (span.from_ns, span.until_ns)})
    found: dict[tuple[str, ...], tuple[tuple[Span, ...], list[tuple[int, int]]]] = {}
    positions = [0] * len(routes)
    for from_ns, until_ns in pairwise(edges):
        for route, spans in enumerate(routes):
            while spans[positions[route]].until_ns <= from_ns:
                positions[route] += 1
        now = tuple(spans[position] for spans, position in zip(routes, positions, strict=True))
        _, hours = found.setdefault(tuple(span.tariff.digest for span in now), (now, []))
        hours += _hours_between(from_ns, until_ns)
    return tuple(
        Phase(tuple(span.tariff for span in now), tuple(span.peak for span in now), tuple(hours))
        for now, hours in found.values()
    )


def spread_of(load: Load, phases: Sequence[Phase]) -> Spread:
    """A load over the phases, by its own hours."""
    parts = [sum(load.hours[hour] * part_ns for hour, part_ns in phase.hours_ns) for phase in phases]
    whole = sum(parts)
    return Spread(load, tuple(Fraction(part, whole) for part in parts))


def hour_of_week(wall_ns: int) -> int:
    """The hour of the week in UTC, from Monday 00:00 on."""
    return (wall_ns // HOUR_NS + _EPOCH_HOUR) % HOURS_OF_WEEK


def _hours_between(from_ns: int, until_ns: int) -> Iterator[tuple[int, int]]:
    while from_ns < until_ns:
        next_ns = min((from_ns // HOUR_NS + 1) * HOUR_NS, until_ns)
        yield hour_of_week(from_ns), next_ns - from_ns
        from_ns = next_ns


def _is_peak(sheet: PriceSheet, tariff: Tariff) -> bool:
    facts = sheet.facts_behind(tariff)
    return any(isinstance(fact, PriceFact) and fact.hours is Hours.PEAK for fact in facts)
