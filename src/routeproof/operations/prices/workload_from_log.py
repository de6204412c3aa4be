"""Measures a workload from the ledger: what was really asked, when, how much of it cached and in which sizes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from routeproof.catalog.comparing.week import hour_of_week
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load, RequestType, Workload
from routeproof.errors import OperatorError
from routeproof.ledger.entries import AttemptRow, Entry
from routeproof.store.data_dir import database_path
from routeproof.store.reading import LedgerFilter, LedgerReader

LONG_CONTEXT_TOKENS: Final = 32_000
"""Input tokens from which a request counts as one of long context, unless told otherwise."""

_PAGE: Final = 5_000
_SIZES: Final = tuple(2**power for power in range(4, 31))
"""Requests are put together by size, so that those with more input stay apart when the sizes are varied."""


class _Group:
    """What requests that are billed alike add up to."""

    __slots__ = ("hits", "hours", "input", "largest", "output", "requests", "writes")

    def __init__(self) -> None:
        self.requests = self.largest = self.input = self.output = self.hits = self.writes = 0
        self.hours = [0] * HOURS_OF_WEEK

    def add(self, row: AttemptRow, started_ns: int) -> None:
        tokens = row.input_tokens or 0
        self.requests += 1
        self.largest = max(self.largest, tokens)
        self.input += tokens
        self.output += row.output_tokens or 0
        self.hits += row.cache_hit_tokens or 0
        self.writes += row.cache_write_tokens or 0
        self.hours[hour_of_week(started_ns)] += 1


class _Measure:
    """Groups of requests: by type, size, thinking and kind of cache. No tier of any route ends inside a group."""

    def __init__(self, bounds: Iterable[int], long_context_tokens: int) -> None:
        self.left_out = 0
        self._edges = sorted({*bounds, *_SIZES})
        self._long = long_context_tokens
        self._groups: dict[tuple[RequestType, int, bool, bool], _Group] = {}

    def add(self, entry: Entry) -> None:
        """Take the last attempt whose usage is known: the one that answered."""
        row = next(
            (row for row in reversed(entry.attempts) if row.input_tokens and row.output_tokens is not None), None
        )
        if row is None:
            self.left_out += 1
            return
        size = bisect_left(self._edges, row.input_tokens or 0)
        key = (self._type(row), size, bool(row.thinking), bool(row.explicit_cache))
        self._groups.setdefault(key, _Group()).add(row, entry.exchange.started_ns)

    def loads(self) -> Iterator[Load]:
        """Every group, exactly as it was measured."""
        for (kind, _, thinking, explicit), group in sorted(self._groups.items()):
            yield Load(
                type=kind,
                requests=group.requests,
                input_tokens_each=Fraction(group.largest),
                input_tokens=Fraction(group.input),
                output_tokens=Fraction(group.output),
                hit_tokens=Fraction(group.hits),
                write_tokens=Fraction(group.writes),
                thinking=Fraction(int(thinking)),
                explicit_cache=explicit,
                hours=tuple(group.hours),
            )

    def _type(self, row: AttemptRow) -> RequestType:
        if (row.input_tokens or 0) >= self._long:
            return RequestType.LONG_CONTEXT
        if row.thinking:
            return RequestType.THINKING
        return RequestType.CACHED if row.cache_hit_tokens else RequestType.PLAIN


def measure_workload(
    data_dir: Path, wanted: LedgerFilter, bounds: Sequence[int], long_context_tokens: int = LONG_CONTEXT_TOKENS
) -> Workload:
    """The workload that the rows show; `bounds` are those of the tiers of the routes it is compared on.

    Raises OperatorError where no row tells enough.
    """
    measure = _Measure(bounds, long_context_tokens)
    for entry in _entries(LedgerReader(database_path(data_dir)), wanted):
        measure.add(entry)
    loads = tuple(measure.loads())
    if not loads:
        raise OperatorError(
            f"no request of a known usage matches ({measure.left_out} without one do); "
            "`routeproof log` with the same filters shows what there is"
        )
    return Workload(loads, "ledger", tuple(_notes(measure.left_out, long_context_tokens)))


def _entries(reader: LedgerReader, wanted: LedgerFilter) -> Iterator[Entry]:
    before_id: int | None = None
    while True:
        page = reader.page(wanted, _PAGE, before_id)
        yield from page.entries
        before_id = page.next_before_id
        if before_id is None:
            return


def _notes(left_out: int, long_context_tokens: int) -> Iterator[str]:
    yield (
        f"a row is long_context from {long_context_tokens} input tokens on, else thinking, else cached, else plain; "
        "tools and JSON are not in the rows and count under these"
    )
    if left_out:
        yield f"{left_out} matching requests have no known usage and are left out"
