"""Durations at the tap and at the client: each side's are counted by its own clock, and only they are compared."""

from collections.abc import Sequence

from routeproof.evidence.observations import Observation, Transcript
from routeproof.prover.judges.answers import was_streamed
from routeproof.prover.judges.stream_times import timed_events
from routeproof.prover.statistics import PPM


def since_sent_ns(transcript: Transcript, at_ns: int) -> int:
    """How long after its request was sent something came."""
    sent_ns = transcript.times.sent_ns
    return at_ns - (transcript.times.begun_ns if sent_ns is None else sent_ns)


def overhead_ns(observation: Observation) -> int | None:
    """How much longer the client waited for the first event, or the whole of a plain answer, than the gateway did.

    None where either side has no such thing.
    """
    upstream, streamed = observation.tap[-1], was_streamed(observation)
    given, got = _awaited_ns(upstream, streamed), _awaited_ns(observation.transcript, streamed)
    return None if given is None or got is None else got - given


def quantile_of(samples: Sequence[int], ppm: int) -> int | None:
    """The sample that so many do not exceed (nearest rank); None where there are none."""
    ordered = sorted(samples)
    return ordered[max(-(-len(ordered) * ppm // PPM), 1) - 1] if ordered else None


def _awaited_ns(transcript: Transcript, streamed: bool) -> int | None:
    if streamed:
        events = timed_events(transcript.body)
        return since_sent_ns(transcript, events[0].at_ns) if events else None
    reads = transcript.body.reads
    return since_sent_ns(transcript, reads[-1].at_ns) if reads else None
