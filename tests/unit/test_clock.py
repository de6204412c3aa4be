"""Clocks that are given in place of the machine's."""

from routeproof.clock import ShiftedClock, SystemClock, parse_instant


def test_a_shifted_clock_goes_on_from_its_instant() -> None:
    """On another day it tells the same durations."""
    instant = parse_instant("2031-01-01T00:00:00Z")
    clock, before = ShiftedClock(instant), SystemClock.wall_ns()
    told, after = clock.wall_ns(), SystemClock.wall_ns()

    assert instant <= told
    assert clock.wall_ns() >= told
    assert told - instant <= after - before + 10**9
    assert clock.monotonic_s() >= 0
