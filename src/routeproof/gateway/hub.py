"""What all exchanges of a process share: time, limits, the ledger's two ends, counters."""

from collections.abc import Callable, Sequence
from typing import Protocol

from routeproof.catalog.kinds import AnyFact
from routeproof.clock import Clock
from routeproof.gateway.taps import Taps
from routeproof.ids import ExchangeIds
from routeproof.ledger.entries import Entry, OpenExchange, Outcome, PackedEntry
from routeproof.limits import Limits
from routeproof.net.deadlines import Deadlines
from routeproof.routing.retry_budget import RetryBudget

_COUNTED = ("malformed", "retries_denied", "unauthenticated_rows_shed")


class Recorder(Protocol):
    """The flight recorder: nothing is dispatched without a slot in it."""

    def claim(self, opened: OpenExchange) -> int:
        """Note an exchange before its dispatch; returns its slot. Raises Overloaded where none is free."""
        ...

    def update(self, slot: int, opened: OpenExchange) -> None:
        """Note a further attempt before its dispatch."""
        ...

    def finish(self, slot: int, entry: Entry) -> PackedEntry:
        """Note the outcome; returns the entry packed, as the writer takes it."""
        ...


class Writer(Protocol):
    """The ledger's writer thread."""

    def append(self, packed: PackedEntry, slot: int) -> None:
        """Queue an entry for the next commit; its slot is freed after it. Never waits."""
        ...

    def append_refusal(self, entry: Entry) -> None:
        """Queue an entry that has no slot, of a request that was refused. Never waits."""
        ...

    def pin(self, digest: str, facts: Sequence[AnyFact], first_used_ns: int) -> None:
        """Keep the facts behind a price, with the first rows that name their digest at the latest. Never waits."""
        ...

    @property
    def healthy(self) -> bool:
        """False from the first failed commit on."""
        ...

    @property
    def backlog(self) -> int:
        """Entries that wait for their commit."""
        ...

    @property
    def shed(self) -> int:
        """Entries of refused requests that were dropped because too many waited."""
        ...


class Withdrawable(Protocol):
    """A wait that can be given up."""

    def cancel(self) -> None:
        """Withdraw: its answer does not come any more."""
        ...


class NoteSync(Protocol):
    """Puts what the flight recorder noted on the disk, in groups."""

    def wait(self, ready: Callable[[bool], None]) -> Withdrawable:
        """Call `ready` on the loop, later: True once what was noted before is on the disk, False where that failed.

        Raises LedgerUnavailable where it has failed before.
        """
        ...


class Hub:
    """Shared by all exchanges of one process; its attributes are read on the hot path."""

    __slots__ = (
        "budget",
        "clock",
        "counters",
        "deadlines",
        "error_bytes_max",
        "event_bytes_max",
        "exchanges",
        "hold_bytes",
        "ids",
        "json_depth_max",
        "keep_bytes",
        "limits",
        "monotonic_s",
        "note_sync",
        "now_s",
        "recorder",
        "taps",
        "wall_ns",
        "writer",
    )

    def __init__(
        self,
        *,
        clock: Clock,
        now_s: Callable[[], float],
        limits: Limits,
        deadlines: Deadlines,
        ids: ExchangeIds,
        recorder: Recorder,
        writer: Writer,
        note_sync: NoteSync | None = None,
    ) -> None:
        self.clock = clock
        self.wall_ns = clock.wall_ns
        self.monotonic_s = clock.monotonic_s
        self.now_s = now_s
        """The loop's time, cached for one turn of it: cheap, and exact enough for deadlines."""
        self.limits = limits
        self.deadlines = deadlines
        self.ids = ids
        self.recorder = recorder
        self.writer = writer
        self.note_sync = note_sync
        """Each dispatch waits for it; None where notes need to survive the process only."""
        self.budget = RetryBudget(limits.retry_budget_percent, limits.retry_budget_min)
        self.taps = Taps(limits, deadlines, clock.monotonic_s, now_s)
        self.counters = dict.fromkeys((*(outcome.value for outcome in Outcome), *_COUNTED), 0)
        # Bounds that every exchange looks at: plain attributes are read much faster than those of a struct.
        self.json_depth_max = limits.json_depth_max
        self.error_bytes_max = limits.error_bytes_max
        self.event_bytes_max = limits.event_bytes_max
        self.hold_bytes = limits.stream_high_water_bytes
        self.keep_bytes = limits.response_bytes_buffered_max
        self.exchanges = 0
        """In flight."""
