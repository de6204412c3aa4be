"""When an attempt ended, for the price at its end."""

import pytest

from routeproof.operations.prices.straddling import end_ns


def test_an_end_is_start_and_duration_after_its_exchange() -> None:
    """Microseconds on nanoseconds."""
    assert end_ns(1_000_000_000, 20, 12_000) == 1_012_020_000


@pytest.mark.parametrize(("started_us", "duration_us"), [(None, 12_000), (20, None), (None, None)])
def test_what_is_unknown_is_not_zero(started_us: int | None, duration_us: int | None) -> None:
    """Without its start or its duration there is no end, and so no price at it."""
    assert end_ns(1_000_000_000, started_us, duration_us) is None
