"""The ledger's two ends held in memory, with the promises of the real ones checked on every call."""

import threading
from collections.abc import Sequence

from routeproof.catalog.kinds import AnyFact
from routeproof.errors import Overloaded
from routeproof.ledger.entries import Entry, OpenExchange, PackedEntry, unpack_entry
from routeproof.store.fitting import pack_entry


class MemoryLedger:
    """Flight recorder and writer in one; asserts that each exchange is claimed, finished and appended once."""

    def __init__(self, slots: int = 10_000) -> None:
        self.entries: list[Entry] = []
        self.open: dict[int, OpenExchange] = {}
        self.pinned: dict[str, tuple[AnyFact, ...]] = {}
        """What prices were made of, by digest."""
        self.healthy = True
        self.backlog = 0
        self.shed = 0
        self._slots = slots
        self._next = 0
        self._finished: set[int] = set()
        self._changed = threading.Condition()

    def claim(self, opened: OpenExchange) -> int:
        """Note an exchange before its dispatch."""
        if len(self.open) >= self._slots:
            raise Overloaded("no free slot")
        self._next += 1
        self.open[self._next] = opened
        return self._next

    def update(self, slot: int, opened: OpenExchange) -> None:
        """Note a further attempt."""
        assert self.open[slot].id == opened.id
        self.open[slot] = opened

    def finish(self, slot: int, entry: Entry) -> PackedEntry:
        """Note the outcome."""
        assert self.open[slot].id == entry.exchange.id
        assert slot not in self._finished
        self._finished.add(slot)
        return pack_entry(entry)

    def append(self, packed: PackedEntry, slot: int) -> None:
        """Commit at once."""
        assert slot in self._finished
        del self.open[slot]
        self.append_refusal(unpack_entry(packed))

    def append_refusal(self, entry: Entry) -> None:
        """Commit at once what has no slot."""
        assert len(entry.attempts) == entry.exchange.attempts
        with self._changed:
            self.entries.append(entry)
            self._changed.notify_all()

    def pin(self, digest: str, facts: Sequence[AnyFact], first_used_ns: int) -> None:
        """Keep the facts behind a price."""
        self.pinned.setdefault(digest, tuple(facts))

    def wait(self, count: int, timeout_s: float = 10.0) -> list[Entry]:
        """The entries, as soon as there are at least `count`; fails where they do not come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.entries) >= count, timeout_s), (
                f"{len(self.entries)} rows, expected {count}"
            )
            return list(self.entries)

    def entry(self, request_id: str, timeout_s: float = 10.0) -> Entry:
        """The one entry of a request, by the id that the client was told."""
        wanted = int(request_id.removeprefix("req_"), 16)

        def found() -> list[Entry]:
            return [entry for entry in self.entries if entry.exchange.id == wanted]

        with self._changed:
            assert self._changed.wait_for(lambda: bool(found()), timeout_s), f"no row for {request_id}"
            (entry,) = found()
            return entry
