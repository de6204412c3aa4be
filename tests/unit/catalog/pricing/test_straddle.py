"""Both prices of a request that goes on into another price."""

from collections.abc import Callable

import pytest

from routeproof.catalog.pricing.price_book import PriceBook, PriceSheet
from routeproof.catalog.pricing.straddle import straddle
from routeproof.clock import parse_instant
from routeproof.usage import Usage

FactText = Callable[..., str]
BookOf = Callable[..., PriceBook]

MILLION = Usage(1_000_000, 1_000_000)
OPENS = parse_instant("2026-08-24T01:00:00Z")
CLOSES = parse_instant("2026-08-24T04:00:00Z")


@pytest.fixture
def sheet(fact: FactText, book_of: BookOf) -> PriceSheet:
    """1 and 2 dollars off-peak, twice that in the morning's peak."""
    book = book_of(
        fact(id='"acme/off"', hours='"off_peak"', effective_until='"2026-09-01T00:00:00Z"'),
        fact(id='"acme/peak"', hours='"peak"', value='[{ input = "2", output = "4" }]'),
        fact("peak_windows"),
    )
    found = book.sheet("acme", "m", None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start_ns", "end_ns", "costs"),
    [
        (OPENS - 1, OPENS, (3, 6)),
        (OPENS - 1, CLOSES - 1, (3, 6)),
        (CLOSES - 1, CLOSES, (6, 3)),
    ],
)
def test_a_request_over_an_edge_has_both_prices(
    sheet: PriceSheet, start_ns: int, end_ns: int, costs: tuple[int, int]
) -> None:
    """The one at the start and the one at the end, to the nanosecond."""
    found = straddle(sheet, start_ns, end_ns, MILLION, False)

    assert found is not None
    assert (found.at_start.cost_nanousd, found.at_end.cost_nanousd) == tuple(cost * 10**9 for cost in costs)
    assert [line.label for line in found.at_end.lines] == ["input", "output"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-08-24T01:00:00Z", "2026-08-24T03:59:59.999999Z"),
        ("2026-08-24T00:59:59.999999Z", "2026-08-24T00:59:59.999999Z"),
        ("2026-08-23T23:00:00Z", "2026-08-24T04:00:00Z"),
        ("2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"),
        ("2026-08-31T23:59:59Z", "2026-09-01T00:00:01Z"),
    ],
)
def test_there_is_nothing_to_compare_at_one_price_or_without_one(sheet: PriceSheet, start: str, end: str) -> None:
    """Within a window, from one to the next of its kind, and where no fact prices one of the ends."""
    assert straddle(sheet, parse_instant(start), parse_instant(end), MILLION, False) is None
