"""The clock as a value to inject: wall time for rows and windows, monotonic time for deadlines."""

import time
from datetime import UTC, datetime
from typing import Protocol

NS_PER_S = 1_000_000_000
NEVER_NS = 2**63 - 1
"""Later than every instant that can be asked about."""


class Clock(Protocol):
    """What tells the time. Durations use `monotonic_s`; only rows and price windows use `wall_ns`.

    Deadlines on the event loop go by the loop's own time.
    """

    def wall_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back."""
        ...


class SystemClock:
    """The machine's clocks, called without a detour: both stand on the hot path."""

    wall_ns = staticmethod(time.time_ns)
    monotonic_s = staticmethod(time.monotonic)


class ShiftedClock:
    """The machine's clocks, but that the wall clock shows the given instant now, and goes on from there."""

    monotonic_s = staticmethod(time.monotonic)

    def __init__(self, wall_ns: int) -> None:
        self._shift_ns = wall_ns - time.time_ns()

    def wall_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        return time.time_ns() + self._shift_ns


class FixedClock:
    """A clock that stands still until told otherwise; for tests and for `--at`."""

    def __init__(self, wall_ns: int, monotonic_s: float = 0.0) -> None:
        self._wall_ns = wall_ns
        self._monotonic_s = monotonic_s

    def wall_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        return self._wall_ns

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._wall_ns += int(seconds * NS_PER_S)
        self._monotonic_s += seconds


def parse_instant(text: str) -> int:
    """Read an RFC 3339 instant with an explicit offset as nanoseconds since the epoch.

    Raises ValueError where the text is no instant or names no offset: a local time is not an instant.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no offset; write it as '2026-09-10T04:00:00Z'")
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * NS_PER_S + delta.microseconds * 1_000


def format_instant(wall_ns: int) -> str:
    """Write nanoseconds since the epoch as RFC 3339 in UTC with millisecond precision."""
    seconds, rest = divmod(wall_ns, NS_PER_S)
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"


def format_day(wall_ns: int) -> str:
    """Write the UTC day of nanoseconds since the epoch ('2026-11-24')."""
    return f"{datetime.fromtimestamp(wall_ns // NS_PER_S, tz=UTC):%Y-%m-%d}"
