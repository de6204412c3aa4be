"""What every fact carries."""

from collections.abc import Callable

import pytest

from routeproof.catalog.fact_base import Subject
from routeproof.catalog.facts import parse_facts
from routeproof.clock import parse_instant

FactText = Callable[..., str]
EVERYWHERE = Subject("acme")
EU = Subject("acme", regions=("eu",))
EU_US = Subject("acme", regions=("eu", "us"))
US = Subject("acme", regions=("us",))


def test_a_subject_without_regions_covers_all_of_them() -> None:
    """And also a request that names none."""
    assert EVERYWHERE.covers("eu")
    assert EVERYWHERE.covers(None)
    assert EU.covers("eu")
    assert not EU.covers("us")
    assert not EU.covers(None)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(EVERYWHERE, EU, True), (EU, EVERYWHERE, True), (EU, EU_US, True), (EU, US, False)],
)
def test_subjects_meet_in_a_common_region(first: Subject, second: Subject, expected: bool) -> None:
    """Or where one of them has all."""
    assert first.meets(second) is expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2025-12-31T23:59:59.999999Z", False),
        ("2026-01-01T00:00:00Z", True),
        ("2026-01-31T23:59:59.999999Z", True),
        ("2026-02-01T00:00:00Z", False),
    ],
)
def test_a_window_is_half_open(instant: str, expected: bool, fact: FactText) -> None:
    """Its start belongs to it, its end doesn't."""
    price = parse_facts(fact(effective_until='"2026-02-01T00:00:00Z"'), "prices.toml").prices[0]

    assert price.in_force(parse_instant(instant)) is expected
