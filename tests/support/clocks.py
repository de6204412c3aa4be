"""A clock whose wall time a test sets, while its monotonic time goes on: deadlines work, prices are of the day set."""

import time

from routeproof.clock import parse_instant


class DatedClock:
    """Tells the instant that it was set to until it is set to another."""

    monotonic_s = staticmethod(time.monotonic)

    def __init__(self, instant: str) -> None:
        self._wall_ns = parse_instant(instant)

    def wall_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        return self._wall_ns

    def set(self, wall_ns: int) -> None:
        """Go to another instant."""
        self._wall_ns = wall_ns
