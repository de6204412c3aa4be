"""How fast answers came: each request as a dot, and the gaps between the pieces of streams."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Arm
from routeproof.operations.reports.charts import Strip, histogram, strips
from routeproof.operations.reports.model import Align, Block, Picture, Table, Text
from routeproof.operations.reports.samples import MS_NS, Timing, percentile

_PARTS: Final[tuple[tuple[str, Callable[[Timing], int | None]], ...]] = (
    ("to the first byte", lambda one: one.first_byte_ns),
    ("to the first content of a stream", lambda one: one.first_delta_ns),
    ("to the end of the answer", lambda one: one.total_ns),
)
_COLUMNS: Final[tuple[tuple[str, Align], ...]] = (
    ("time", "left"),
    ("requests", "right"),
    ("median", "right"),
    ("95th percentile", "right"),
)


def speed_blocks(timings: Sequence[Timing]) -> Iterator[Block]:
    """The pictures, or a sentence why there are none."""
    rows = list(_strips(timings))
    if not rows:
        yield Text("No request of this run was answered to its end, so there is nothing to measure.")
        return
    yield _latencies(rows)
    gaps = [gap for one in timings for gap in one.gaps_ns]
    if gaps:
        yield _gaps(gaps)
    else:
        yield Text("No stream brought two pieces of content, so there are no gaps to show.")


def shown_ms(nanoseconds: float) -> str:
    """A time as people read it: '80 µs', '0.4 ms', '38 ms', '2.1 s'."""
    ms = nanoseconds / MS_NS
    if ms >= 1_000:
        return f"{ms / 1_000:.1f} s"
    if ms < 0.1:
        return f"{nanoseconds / 1_000:.0f} µs"
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms"


def _strips(timings: Sequence[Timing]) -> Iterator[Strip]:
    arms = list(dict.fromkeys(one.arm for one in timings))
    for label, read in _PARTS:
        for arm in arms:
            samples = _known(read(one) for one in timings if one.arm is arm)
            if samples:
                yield _strip(label if arms == [Arm.DIRECT] else f"{label}, {arm}", samples)


def _strip(label: str, samples: Sequence[int]) -> Strip:
    in_ms = tuple(sample / MS_NS for sample in samples)
    return Strip(label, in_ms, percentile(samples, 50) / MS_NS, percentile(samples, 95) / MS_NS)


def _latencies(rows: Sequence[Strip]) -> Picture:
    title = "How long requests took"
    said = "; ".join(f"{row.label}: half within {shown_ms(row.middle * MS_NS)}" for row in rows)
    words = f"Each dot is one request. The solid line is the median, the dashed one the 95th percentile. {said}."
    table = Table(
        title,
        _COLUMNS,
        tuple(
            (row.label, str(len(row.samples)), shown_ms(row.middle * MS_NS), shown_ms(row.high * MS_NS)) for row in rows
        ),
    )
    return Picture(title, words, strips("latencies", title, words, rows, "milliseconds"), table)


def _gaps(gaps: Sequence[int]) -> Picture:
    title = "Gaps between the pieces of streams"
    middle, high, longest = percentile(gaps, 50), percentile(gaps, 95), max(gaps)
    words = (
        f"{len(gaps)} gaps between one piece of content and the next: half of them up to {shown_ms(middle)}, "
        f"95 in 100 up to {shown_ms(high)}, the longest {shown_ms(longest)}."
    )
    row = ("between two pieces", str(len(gaps)), shown_ms(middle), shown_ms(high), shown_ms(longest))
    columns: tuple[tuple[str, Align], ...] = (("gaps", "left"), ("count", "right"), *_COLUMNS[2:], ("longest", "right"))
    drawn = histogram("gaps", title, words, [gap / MS_NS for gap in gaps], "milliseconds")
    return Picture(title, words, drawn, Table(title, columns, (row,)))


def _known(samples: Iterable[int | None]) -> list[int]:
    return [sample for sample in samples if sample is not None]
