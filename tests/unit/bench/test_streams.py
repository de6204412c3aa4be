"""The client that counts events."""

import asyncio

import pytest
from bench.bodies import stream_event
from bench.errors import BenchError
from bench.sse_upstream import CHUNK, HEAD
from bench.streams import Crowd, Stream, request_bytes
from hypothesis import given
from hypothesis import strategies as st


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True


def opened() -> tuple[Crowd, Stream, Transport]:
    crowd, transport = Crowd(1, b""), Transport()
    stream = Stream(crowd, b"POST / HTTP/1.1\r\n\r\n")
    stream.connection_made(transport)
    return crowd, stream, transport


def test_a_stream_is_asked_for_on_connection() -> None:
    """With the request as it was given."""
    _, _, transport = opened()

    assert transport.written == b"POST / HTTP/1.1\r\n\r\n"


def test_reads_and_events_are_counted_apart() -> None:
    """Two events in one read show that the relay has fallen behind."""
    crowd, stream, _ = opened()
    for data in (HEAD, CHUNK, CHUNK + CHUNK):
        stream.data_received(data)

    assert (crowd.events, crowd.reads, crowd.started) == (3, 2, 1)
    crowd.check()


@given(st.lists(st.integers(1, 120), max_size=40))
def test_events_are_counted_however_they_are_cut(sizes: list[int]) -> None:
    """Even within the empty line that ends one."""
    crowd, stream, _ = opened()
    data = HEAD + CHUNK * 5
    for size in sizes:
        stream.data_received(data[:size])
        data = data[size:]
    stream.data_received(data)

    assert crowd.events == 5


def test_a_chunk_that_ends_within_the_empty_line_counts_once() -> None:
    """A relay may frame the bytes anew."""
    crowd, stream, _ = opened()
    event = stream_event()
    stream.data_received(HEAD)
    for piece in (event[:-1], event[-1:], event):
        stream.data_received(b"%x\r\n%b\r\n" % (len(piece), piece))

    assert crowd.events == 2


def test_an_error_status_breaks_the_stream() -> None:
    """It is told, not counted."""
    crowd, stream, _ = opened()
    stream.data_received(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")

    with pytest.raises(BenchError, match="answered with 503"):
        crowd.check()


def test_a_stream_that_ends_by_itself_has_broken() -> None:
    """These streams have no end."""
    crowd, stream, _ = opened()
    stream.data_received(HEAD + CHUNK)
    stream.connection_lost(None)

    with pytest.raises(BenchError, match="ended after 1 events"):
        crowd.check()


def test_a_stream_that_is_closed_here_has_not_broken() -> None:
    """Closing is how each measurement ends."""
    crowd, stream, transport = opened()
    stream.close()
    stream.connection_lost(None)

    assert transport.aborted
    crowd.check()


def test_an_answer_that_is_no_http_breaks_the_stream() -> None:
    """The parser's word is passed on."""
    crowd, stream, _ = opened()
    stream.data_received(b"hello\r\n\r\n")

    with pytest.raises(BenchError, match="can't be parsed"):
        crowd.check()


def test_a_request_has_its_length_and_headers() -> None:
    """As wrk sends it."""
    request = request_bytes(8400, "/v1/chat/completions", {"Authorization": "Bearer k"}, b"{}")

    assert request.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8400\r\n")
    assert b"\r\nAuthorization: Bearer k\r\n" in request
    assert request.endswith(b"\r\nContent-Length: 2\r\n\r\n{}")
