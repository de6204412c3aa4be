"""The week after an instant: which tariff holds when, and how requests are spread over it."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from tests.support.tariffs import load

from routeproof.catalog.comparing.week import (
    HOUR_NS,
    WEEK_NS,
    Phase,
    Span,
    hour_of_week,
    phases_of,
    spans_of,
    spread_of,
)
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant

FactText = Callable[..., str]
BookOf = Callable[..., PriceBook]

TUESDAY_NOON = parse_instant("2026-11-24T12:00:00Z")


def spans(book: PriceBook, family: str, model: str, instant: str, region: str | None = None) -> list[Span] | int:
    """The week of a model from an instant on."""
    sheet = book.sheet(family, model, region)
    assert sheet is not None
    return spans_of(sheet, parse_instant(instant))


def week_of(book: PriceBook, instant: str, *names: tuple[str, str, str | None]) -> tuple[Phase, ...]:
    """The phases of several models' week."""
    found = [spans(book, family, model, instant, region) for family, model, region in names]
    return phases_of([each for each in found if not isinstance(each, int)])


DEEPSEEK = ("deepseek", "deepseek-flash", None)
QWEN = ("qwen", "qwen3-max", "singapore")


@pytest.mark.parametrize(
    ("instant", "hour"),
    [
        ("1970-01-01T00:00:00Z", 72),
        ("2026-11-23T00:00:00Z", 0),
        ("2026-11-24T12:59:59.999Z", 36),
        ("2026-11-29T23:00:00Z", 167),
    ],
)
def test_hours_count_from_monday(instant: str, hour: int) -> None:
    """In UTC."""
    assert hour_of_week(parse_instant(instant)) == hour


def test_spans_cover_the_week_without_a_gap(shipped: PriceBook) -> None:
    """Peak and off-peak by turns."""
    found = spans(shipped, "deepseek", "deepseek-flash", "2026-11-24T12:34:56Z")

    assert not isinstance(found, int)
    assert (found[0].from_ns, found[-1].until_ns - found[0].from_ns) == (
        parse_instant("2026-11-24T12:34:56Z"),
        WEEK_NS,
    )
    assert [one.until_ns for one in found[:-1]] == [one.from_ns for one in found[1:]]
    assert sum(one.until_ns - one.from_ns for one in found if one.peak) == 35 * HOUR_NS


def test_a_price_that_ends_within_the_week_is_told(fact: FactText, book_of: BookOf) -> None:
    """By the instant from which there is none."""
    book = book_of(fact(effective_until='"2026-11-27T00:00:00Z"'))

    assert spans(book, "acme", "m", "2026-11-24T12:00:00Z") == parse_instant("2026-11-27T00:00:00Z")


def test_phases_are_what_the_routes_have_together(shipped: PriceBook) -> None:
    """DeepSeek's two tariffs beside Qwen's one make two phases, of which the peak one has 35 hours."""
    phases = week_of(shipped, "2026-11-24T12:00:00Z", DEEPSEEK, QWEN)

    assert [(phase.peak, phase.peaks) for phase in phases] == [(False, (False, False)), (True, (True, False))]
    assert [sum(part for _, part in phase.hours_ns) // HOUR_NS for phase in phases] == [133, 35]


def test_a_holiday_week_has_no_peak(shipped: PriceBook) -> None:
    """The first seven days of October are days off in China."""
    phases = week_of(shipped, "2026-09-30T16:00:00Z", DEEPSEEK)

    assert [phase.peak for phase in phases] == [False]


def test_a_load_is_spread_by_its_own_hours(shipped: PriceBook) -> None:
    """Evenly over all hours, or in the hour that is all peak, or half in an hour of each."""
    phases = week_of(shipped, "2026-11-24T12:00:00Z", DEEPSEEK)

    def weights(*hours: int) -> tuple[Fraction, ...]:
        profile = tuple(int(hour in hours) for hour in range(HOURS_OF_WEEK)) if hours else (1,) * HOURS_OF_WEEK
        return spread_of(load(hours=profile), phases).weights

    assert weights() == (Fraction(133, 168), Fraction(35, 168))
    assert weights(1) == (0, 1)
    assert weights(1, 0) == (Fraction(1, 2), Fraction(1, 2))


def test_a_week_that_begins_within_an_hour_has_all_of_it(shipped: PriceBook) -> None:
    """The rest of the hour stands at the end of the week."""
    phases = week_of(shipped, "2026-11-24T01:45:00Z", DEEPSEEK)
    hours = [0] * HOURS_OF_WEEK
    for phase in phases:
        for hour, part_ns in phase.hours_ns:
            hours[hour] += part_ns

    assert hours == [HOUR_NS] * HOURS_OF_WEEK
