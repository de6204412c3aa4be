"""When the parts of a streamed answer reached whoever asked for it."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from routeproof.evidence.observations import Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import stream_of
from routeproof.prover.oracle.stream.examination import EventKind


class Latency(NamedTuple):
    """Of one stream, in nanoseconds from when the connection was asked for; None: it never came to that."""

    first_ns: int | None
    """The first delta with text, reasoning or a piece of a call: a role, a comment or an empty delta is none."""
    gaps_ns: tuple[int, ...]
    """From one such delta to the next; deltas of one read have arrived together."""
    total_ns: int | None
    """The whole stream, to its end mark."""


def latency_of(plan: Plan, observation: Observation) -> Latency:
    """The latencies of a streamed answer, whatever is wrong with it otherwise."""
    transcript = observation.transcript
    examination = stream_of(plan, observation)
    reads, begun_ns = transcript.body.reads, transcript.times.begun_ns
    ends = list(accumulate(len(read.data) for read in reads))
    times = [
        reads[bisect_left(ends, event.end)].at_ns
        for event in examination.events
        if event.kind is EventKind.DELTA and event.end <= (ends[-1] if ends else 0)
    ]
    whole = transcript.ending is Ending.COMPLETE and examination.done
    return Latency(
        first_ns=times[0] - begun_ns if times else None,
        gaps_ns=_gaps(times),
        total_ns=transcript.times.ended_ns - begun_ns if whole else None,
    )


def _gaps(times: Sequence[int]) -> tuple[int, ...]:
    return tuple(later - earlier for earlier, later in pairwise(times))
