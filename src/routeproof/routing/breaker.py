"""The breaker of one route: ejects it after consecutive failures, re-admits it by one probe.

    CLOSED  --failures_max in a row-->  OPEN (n-th time in a row: n x eject_s, at most eject_max_s)
    OPEN    --time is over, one exchange asks-->  PROBING (that exchange is the probe; others still see it ejected)
    PROBING --success-->  CLOSED       PROBING --failure-->  OPEN, for longer

Whether a route may be left out at all is the plan's decision: the last one is never ejected.
"""


class Breaker:
    """Pure state; the caller brings the time, in seconds of a monotonic clock."""

    __slots__ = (
        "_eject_max_s",
        "_eject_s",
        "_ejections",
        "_failures",
        "_failures_max",
        "_open_until_s",
        "_probe_until_s",
        "ejected",
    )

    def __init__(self, failures_max: int, eject_s: float, eject_max_s: float) -> None:
        self._failures_max = failures_max
        self._eject_s = eject_s
        self._eject_max_s = eject_max_s
        self._failures = 0
        self._ejections = 0
        self._open_until_s = 0.0
        self._probe_until_s = 0.0  # 0 but while PROBING
        self.ejected = False
        """Read directly on the hot path; False is by far the common case."""

    def __repr__(self) -> str:
        return f"<Breaker {'ejected' if self.ejected else 'admitted'}, {self._failures} failures in a row>"

    def admits(self, now_s: float) -> bool:
        """Whether an exchange may use the route now. A True from an ejected route makes that exchange its probe."""
        if not self.ejected:
            return True
        if now_s < self._open_until_s or now_s < self._probe_until_s:
            return False
        # A probe that never reports (its client left) must not keep the route out for good.
        self._probe_until_s = now_s + self._eject_s
        return True

    def succeeded(self) -> None:
        """The route served an exchange. While OPEN this is news from before the ejection, and changes nothing."""
        self._failures = 0
        if self.ejected and self._probe_until_s:
            self.ejected = False
            self._ejections = 0
            self._probe_until_s = 0.0

    def failed(self, now_s: float) -> None:
        """The route failed in a way that counts. While OPEN it was in flight at the ejection, which took it in."""
        if self.ejected and not self._probe_until_s:
            return
        self._failures += 1
        if self.ejected or self._failures >= self._failures_max:
            self._failures = 0
            self._ejections += 1
            self.ejected = True
            self._probe_until_s = 0.0
            self._open_until_s = now_s + min(self._ejections * self._eject_s, self._eject_max_s)
