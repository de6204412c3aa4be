"""Cutting event streams: the same events in every split, and not a byte changed or lost."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.wire.sse_reference import BOM, GOLDEN, data_of

from routeproof.wire.sse import EventCutter, EventTooLarge, event_data, last_event_end, split_events

MAX = 10_000


def cut(stream: bytes, cuts: Iterable[int] = ()) -> tuple[list[bytes], bytes]:
    """Events and rest of a stream that arrives in the pieces between the cuts."""
    cutter = EventCutter(MAX)
    edges = [0, *sorted(cuts), len(stream)]
    runs = [cutter.feed(stream[start:stop]) for start, stop in pairwise(edges)]
    assert b"".join(runs) + cutter.rest == stream
    return [event for run in runs for event in split_events(run)], cutter.rest


def data_in(stream: bytes, cuts: Iterable[int] = ()) -> list[bytes]:
    """The data of a stream's events."""
    events, _ = cut(stream, cuts)
    found = (event_data(event.removeprefix(BOM) if at == 0 else event) for at, event in enumerate(events))
    return [data for data in found if data is not None]


@pytest.mark.parametrize("stream", GOLDEN.values(), ids=GOLDEN.keys())
def test_every_split_gives_the_reference_readers_events(stream: bytes) -> None:
    """Whole, byte by byte, and cut in two anywhere."""
    expected = data_of(stream)

    assert data_in(stream) == expected
    assert data_in(stream, range(1, len(stream))) == expected
    for place in range(len(stream)):
        assert data_in(stream, [place]) == expected, f"cut at {place}"


_PIECES = st.sampled_from(
    [
        b"data",
        b"data:",
        b"data: x",
        b": c",
        b"id: 1",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\r\n\r\n",
        b"\r\r",
        b" ",
        BOM,
        b"{}",
    ]
)
_STREAMS = st.one_of(
    st.lists(_PIECES, max_size=16).map(b"".join),
    st.lists(st.sampled_from(sorted(GOLDEN.values())), max_size=3).map(b"".join),
)


@settings(deadline=None, max_examples=500)
@given(stream=_STREAMS, cuts=st.lists(st.integers(0, 200), max_size=10))
@example(stream=b"data: x\r\n\r\n", cuts=[8, 9, 10])
@example(stream=b"data\r\n\r\n\r\rdata\r\n\r\r", cuts=[7])
def test_any_stream_in_any_pieces_gives_the_reference_readers_events(stream: bytes, cuts: list[int]) -> None:
    """Line ends in every mixture; an event that a lone CR ends at the very end of the stream may stay unread."""
    stream += b"."  # so that a CR at the end of what matters has been seen not to be half of a CRLF
    cuts = [place for place in cuts if place <= len(stream)]

    assert data_in(stream, cuts) == data_of(stream)


def test_an_event_is_handed_on_as_soon_as_it_is_whole() -> None:
    """Its last byte is enough; nothing waits for the event after it."""
    for end in (b"\n\n", b"\r\n\r\n", b"\r\r", b"\r\n\n", b"\n\r\n"):
        cutter = EventCutter(MAX)
        assert cutter.feed(b"data: x" + end[:-1]) == b""
        assert cutter.feed(end[-1:]) == b"data: x" + end


def test_a_crlf_that_is_cut_in_its_middle_stays_with_its_event() -> None:
    """A CR at the end of a read may be half of a CRLF, so that event is not handed on without the LF."""
    cutter = EventCutter(MAX)

    assert cutter.feed(b"data: x\r\n\r") == b""
    assert cutter.feed(b"\n") == b"data: x\r\n\r\n"
    assert cutter.rest == b""


def test_whole_events_in_one_read_are_one_run() -> None:
    """The relay writes them at once; what follows them is kept."""
    cutter = EventCutter(MAX)

    assert cutter.feed(b"data: 1\n\n: c\n\ndata: 2\n\ndata: 3") == b"data: 1\n\n: c\n\ndata: 2\n\n"
    assert cutter.rest == b"data: 3"
    assert cutter.feed(b"\n") == b""
    assert cutter.feed(b"\n") == b"data: 3\n\n"


@pytest.mark.parametrize("step", [1, 3, 7, 100, 1_000])
def test_an_unfinished_event_is_bounded_to_the_byte(step: int) -> None:
    """In whatever pieces it comes, one byte over the limit is too much; and whole events don't count."""
    cutter = EventCutter(1_000)
    endless = b"data: " + b"x" * 994
    assert cutter.feed(b"data: " + b"y" * 900 + b"\n\n") != b""
    for start in range(0, 1_000, step):
        assert cutter.feed(endless[start : start + step][: 1_000 - start]) == b""

    with pytest.raises(EventTooLarge):
        cutter.feed(b"x")


def test_the_bound_starts_anew_with_each_event() -> None:
    """A long stream of bounded events never comes near it."""
    cutter = EventCutter(50)
    for _ in range(100):
        assert cutter.feed(b"data: " + b"x" * 30) == b""
        assert cutter.feed(b"\n\ndata: ").endswith(b"\n\n")
        assert cutter.feed(b"y\n\n") == b"data: y\n\n"
    assert cutter.rest == b""


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"\n", 0),
        (b"\r", 0),
        (b"\r\n", 0),
        (b"\n\n", 2),
        (b"a\n\nb", 3),
        (b"a\n\nb\n\nc\n", 6),
        (b"a\n\n\n", 4),
        (b"a\r\n\r\nb\r\n", 5),
        (b"a\r\n\r", 0),
        (b"a\n\r", 0),
        (b"a\r\r", 3),
        (b"a\r\rb", 3),
        (b"a\r\r\nb", 4),
        (b"a\n\nb\r", 3),
    ],
)
def test_where_the_last_event_ends(data: bytes, end: int) -> None:
    """After the last empty line; a lone CR at the end counts only where the stream's line ends are CRs."""
    assert last_event_end(data) == end


@settings(deadline=None)
@given(stream=_STREAMS)
def test_cutting_a_run_loses_nothing(stream: bytes) -> None:
    """The events of any run are its bytes."""
    assert b"".join(split_events(stream)) == stream


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (b"data: x\n\n", b"x"),
        (b"data:x\n\n", b"x"),
        (b"data:  x \n\n", b" x "),
        (b"data\n\n", b""),
        (b"data:\n\n", b""),
        (b"data: a\ndata: b\n\n", b"a\nb"),
        (b"data: a\nb\n\n", b"a"),
        (b"data: a\rb\n\n", b"a"),
        (b"data: a\r\n\n", b"a"),
        (b"data: a\r\rb\n\n", b"a"),
        (b": c\n\n", None),
        (b"\n\n", None),
        (b"", None),
        (b"event: data\n\n", None),
        (BOM + b"data: x\n\n", None),
    ],
)
def test_the_data_of_one_event(event: bytes, data: bytes | None) -> None:
    """Its data lines joined by LF, one blank taken off each; None where there is none."""
    assert event_data(event) == data
