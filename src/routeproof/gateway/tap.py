"""Records what goes to providers and comes back in one exchange of a tap key, byte for byte, with its times.

It stands between the connection to the provider and the exchange, so that it sees what the exchange sees and before
the exchange does. Exchanges of other keys never meet it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from routeproof.ids import ExchangeId, KeyId
from routeproof.net.upstream import Receiver

if TYPE_CHECKING:
    from routeproof.gateway.attempt import Attempt
    from routeproof.gateway.taps import Taps


class AttemptTap:
    """One attempt's bytes and times: the receiver of its answer, which it hands on (`net.upstream.Receiver`)."""

    def __init__(self, tap: "ExchangeTap", attempt: "Attempt", receiver: Receiver | None) -> None:
        self._tap = tap
        self._receiver = receiver
        """None once the attempt is over: what waits to be read holds no exchange."""
        self.attempt = attempt
        self.request = attempt.request if tap.room_for(len(attempt.request)) else b""
        self.begun_s = attempt.started_s
        self.sent_s: float | None = None
        self.first_byte_s: float | None = None
        self.ended_s: float | None = None
        self.status: int | None = None
        self.fields: dict[bytes, bytes] = {}
        self.reads: list[tuple[float, bytes]] = []
        self.whole = bool(self.request)
        """Nothing was left out for want of room."""
        self.complete = False
        """The answer came to the end that its framing announced."""
        self.malformed = False
        self.lost = False
        """The provider's side ended the connection."""
        self.error_code: str | None = None

    def on_answer_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        """Take down the head."""
        self.first_byte_s = self._tap.now_s()
        self.status, self.fields = status, fields
        assert self._receiver is not None
        self._receiver.on_answer_head(status, fields)

    def on_answer_data(self, data: bytes, last: bool) -> None:
        """Take down a piece of the body."""
        now_s = self._tap.now_s()
        if data and self.whole:
            self.whole = self._tap.room_for(len(data))
            if self.whole:
                self.reads.append((now_s, data))
        if last:
            self.ended_s, self.complete = now_s, True
        assert self._receiver is not None
        self._receiver.on_answer_data(data, last)

    def on_answer_lost(self, *, got_bytes: bool, malformed: bool) -> None:
        """Take down that the rest never comes."""
        self.ended_s, self.lost, self.malformed = self._tap.now_s(), True, malformed
        assert self._receiver is not None
        self._receiver.on_answer_lost(got_bytes=got_bytes, malformed=malformed)

    def close(self, error_code: str | None) -> None:
        """Nothing more comes."""
        self._receiver = None
        self.error_code = error_code
        if self.ended_s is None:
            self.ended_s = self._tap.now_s()


class ExchangeTap:
    """All attempts of one exchange; owned by the exchange until that is settled, then by `Taps` alone."""

    def __init__(self, taps: "Taps", exchange_id: ExchangeId, key_id: KeyId, now_s: Callable[[], float]) -> None:
        self._taps = taps
        self.exchange_id = exchange_id
        self.key_id = key_id
        self.now_s = now_s
        self.started_s = now_s()
        self.attempts: list[AttemptTap] = []
        self.bytes = 0
        self.finished_at_s: float | None = None
        """By the loop's time; None while the exchange is under way."""

    def between(self, attempt: "Attempt", receiver: Receiver) -> Receiver:
        """What the attempt's answer goes to instead. Its request goes out now."""
        known = self.attempts[-1] if self.attempts else None
        if known is not None and known.attempt is attempt:  # a stale connection took nothing of it: this is the attempt
            self.attempts.pop()
        tap = AttemptTap(self, attempt, receiver)
        tap.sent_s = self.now_s()
        self.attempts.append(tap)
        return tap

    def close(self, attempt: "Attempt", error_code: str | None) -> None:
        """The attempt is over, and its connection given back or destroyed."""
        tap = self.attempts[-1] if self.attempts else None
        if tap is None or tap.attempt is not attempt:  # it never had a connection
            tap = AttemptTap(self, attempt, None)
            self.attempts.append(tap)
        tap.close(error_code)

    def finish(self) -> None:
        """The exchange is settled: from now on it can be read, once."""
        self._taps.finished(self)

    def room_for(self, size: int) -> bool:
        """Whether so many bytes more may be kept; they then are counted."""
        if not self._taps.make_room(self, size):
            return False
        self.bytes += size
        return True
