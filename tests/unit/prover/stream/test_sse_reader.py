"""Events are those that a browser would dispatch, by a reader that is written differently."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.wire.sse_reference import data_of

from routeproof.prover.oracle.findings import Findings, Subject
from routeproof.prover.oracle.overlays import STRICT
from routeproof.prover.oracle.stream.sse_events import SseReader

LINES = st.sampled_from(
    (b"data: a", b"data:b", b"data", b"data:", b"data:  c", b": ping", b"id: 1", b"event: x", b"odd", b"", b"")
)
ENDS = st.sampled_from((b"\n", b"\r\n", b"\r"))


def streams(ends: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Lines of all kinds with such ends, whole or cut."""
    lines = st.lists(st.tuples(LINES, ends).map(b"".join), max_size=20).map(b"".join)
    return st.tuples(st.sampled_from((b"", b"\xef\xbb\xbf")), lines, st.sampled_from((b"", b"data: rest"))).map(
        b"".join
    )


def dispatched(stream: bytes) -> list[tuple[int, int, bytes]]:
    """Offset, end and data of each event."""
    return [tuple(event) for event in SseReader(stream, Findings(stream, STRICT, Subject.STREAM)).events()]


@given(st.one_of(streams(ENDS), streams(st.just(b"\n")), streams(st.just(b"\r\n"))))
def test_events_are_those_that_the_standard_dispatches(stream: bytes) -> None:
    """Whatever ends the lines; empty data is a finding and no event."""
    assert [data for _, _, data in dispatched(stream)] == [data for data in data_of(stream) if data.strip()]


@given(streams(ENDS))
def test_events_stand_where_they_say(stream: bytes) -> None:
    """The data's first line at its offset, an empty line before its end, and one behind the other."""
    before = 0
    for offset, end, data in dispatched(stream):
        assert stream[offset:].startswith(data.split(b"\n")[0])
        assert before <= offset < end <= len(stream)
        assert stream[end - 1 : end] in (b"\n", b"\r")
        before = end
