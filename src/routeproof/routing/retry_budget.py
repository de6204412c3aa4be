"""The retry budget: failing over may add only a bounded share to the load, however much is failing."""


class RetryBudget:
    """Counts exchanges and retries in flight; a retry needs room under the larger of a floor and a percentage."""

    __slots__ = ("_minimum", "_percent", "in_flight", "retrying")

    def __init__(self, percent: int, minimum: int) -> None:
        self._percent = percent
        self._minimum = minimum
        self.in_flight = 0
        self.retrying = 0

    def take(self) -> bool:
        """Take one retry; False where the budget is spent. Give it back with `release`."""
        if self.retrying >= max(self._minimum, self.in_flight * self._percent // 100):
            return False
        self.retrying += 1
        return True

    def release(self, retries: int) -> None:
        """The exchange that took `retries` is over."""
        self.retrying -= retries
