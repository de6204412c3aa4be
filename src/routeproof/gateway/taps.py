"""Holds what was recorded of tapped exchanges until it is read: few, bounded in bytes, once, and not for long."""

from collections.abc import Callable

from routeproof.errors import NotFound, TapNotFinished
from routeproof.gateway.tap import ExchangeTap
from routeproof.ids import ExchangeId, KeyId
from routeproof.limits import Limits
from routeproof.net.deadlines import Deadlines


class Taps:
    """Every tapped exchange of this process, by its id."""

    def __init__(
        self, limits: Limits, deadlines: Deadlines, monotonic_s: Callable[[], float], now_s: Callable[[], float]
    ) -> None:
        self._limits = limits
        self._deadlines = deadlines
        self._monotonic_s = monotonic_s
        self._now_s = now_s
        self._held: dict[ExchangeId, ExchangeTap] = {}
        self._bytes = 0

    @property
    def held(self) -> int:
        """Exchanges that are being recorded, or wait to be read."""
        return len(self._held)

    @property
    def held_bytes(self) -> int:
        """What is kept of them."""
        return self._bytes

    def begin(self, exchange_id: ExchangeId, key_id: KeyId) -> ExchangeTap | None:
        """Begin to record an exchange; None where as many are held as may be. The exchange goes on all the same."""
        if len(self._held) >= self._limits.tap_exchanges_max:
            return None
        tap = ExchangeTap(self, exchange_id, key_id, self._monotonic_s)
        self._held[exchange_id] = tap
        return tap

    def note_refused(self, exchange_id: ExchangeId, key_id: KeyId) -> None:
        """An exchange was refused before anything was sent: its record says so by being empty."""
        tap = self.begin(exchange_id, key_id)
        if tap is not None:
            tap.finish()

    def finished(self, tap: ExchangeTap) -> None:
        """The exchange is settled; what was recorded may be read until its time is over."""
        tap.finished_at_s = self._now_s()
        self._deadlines.add(self)

    def take(self, exchange_id: ExchangeId, key_id: KeyId) -> ExchangeTap:
        """What was recorded, which nothing holds from then on.

        Raises NotFound where there is nothing, or it is another key's; TapNotFinished while the exchange is under way.
        """
        tap = self._held.get(exchange_id)
        if tap is None or tap.key_id != key_id:
            raise NotFound("Nothing is kept of this exchange: it was read, is too old, or was never recorded.")
        if tap.finished_at_s is None:
            raise TapNotFinished("The exchange is still under way; ask again shortly.")
        self._drop(tap)
        return tap

    def make_room(self, tap: ExchangeTap, size: int) -> bool:
        """Whether an exchange may keep so many bytes more, within its own bound and within all others'."""
        fits = tap.bytes + size <= self._limits.tap_bytes_max and self._bytes + size <= self._limits.tap_total_bytes_max
        if fits:
            self._bytes += size
        return fits

    def check_deadlines(self, now_s: float) -> None:
        """Forget what nobody has read in time."""
        over = now_s - self._limits.tap_keep_s
        for tap in [tap for tap in self._held.values() if tap.finished_at_s is not None and tap.finished_at_s <= over]:
            self._drop(tap)

    def _drop(self, tap: ExchangeTap) -> None:
        del self._held[tap.exchange_id]
        self._bytes -= tap.bytes
        if not self._held:
            self._deadlines.discard(self)
