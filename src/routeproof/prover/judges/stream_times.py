"""The events of a streamed body with the instant at which each was there in full."""

from bisect import bisect_left
from itertools import accumulate
from typing import NamedTuple

from routeproof.evidence.observations import Body
from routeproof.prover.oracle.findings import Findings, Subject
from routeproof.prover.oracle.overlays import STRICT
from routeproof.prover.oracle.stream.sse_events import SseReader


class TimedEvent(NamedTuple):
    """One event with data, `[DONE]` included."""

    at_ns: int
    offset: int
    """Where its data begins in the body."""
    data: bytes


def timed_events(body: Body) -> tuple[TimedEvent, ...]:
    """Every whole event of a body; times are those of the reads that ended them."""
    ends = list(accumulate(len(read.data) for read in body.reads))
    if not ends:
        return ()
    data = body.data
    events = SseReader(data, Findings(data, STRICT, Subject.STREAM)).events()
    return tuple(
        TimedEvent(body.reads[bisect_left(ends, event.end)].at_ns, event.offset, event.data)
        for event in events
        if event.end <= ends[-1]
    )
