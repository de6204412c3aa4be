"""Where durability is `power`: an attempt is dispatched only once the flight recorder's note of it is on the disk."""

from typing import TYPE_CHECKING

from routeproof.errors import LedgerUnavailable
from routeproof.gateway.hub import NoteSync

if TYPE_CHECKING:
    from routeproof.gateway.relay import Exchange


class NoteWait:
    """The wait of an exchange's attempt; `cancel` withdraws it, and nothing is dispatched then."""

    __slots__ = ("_exchange", "_wait")

    def __init__(self, exchange: "Exchange", sync: NoteSync) -> None:
        """Raises LedgerUnavailable where nothing can be synced any more."""
        self._exchange = exchange
        self._wait = sync.wait(self._on_synced)

    def cancel(self) -> None:
        """Withdraw."""
        self._wait.cancel()

    def overdue(self) -> None:
        """A deadline of the attempt has passed: our own disk has missed it, the provider has not.

        No other route is tried: its note would take the place of one that is on the disk while this one is not.
        """
        self._exchange.fail_gateway(LedgerUnavailable("The ledger was not synced in time, so nothing was sent."))

    def _on_synced(self, synced: bool) -> None:
        exchange = self._exchange
        attempt = exchange.attempt
        attempt.waiter = None
        if synced:
            exchange.connect(attempt)
        else:
            exchange.fail_gateway(LedgerUnavailable("The ledger could not be synced, so nothing was sent."))


def dispatch_once_noted(exchange: "Exchange", sync: NoteSync) -> None:
    """Let the exchange's attempt wait for its note; end the exchange where nothing can be synced any more."""
    try:
        exchange.attempt.waiter = NoteWait(exchange, sync)
    except LedgerUnavailable as error:
        exchange.fail_gateway(error)
