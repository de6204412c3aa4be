"""Answers of a provider, fed as bytes: the same calls in every split, and reuse only after a clean end."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.net.upstream_scene import CHUNKED, HEADER_BYTES_MAX, HELLO, WHOLE, Listening, Scene, Story, head

REUSED = {
    "a length": (WHOLE, HELLO),
    "chunks": (CHUNKED, HELLO),
    "chunks with extensions": (CHUNKED.replace(b"3\r\n", b"3;a=b\r\n"), HELLO),
    "chunks with trailers": (CHUNKED[:-2] + b"X-A: b\r\nX-B: c\r\n\r\n", HELLO),
    "no body by its length": (head("Content-Length: 0"), Story(200, b"", "complete")),
    "no body by its chunks": (head("Transfer-Encoding: chunked") + b"0\r\n\r\n", Story(200, b"", "complete")),
    "no content": (head(status="HTTP/1.1 204 No Content"), Story(204, b"", "complete")),
    "not modified": (head(status="HTTP/1.1 304 Not Modified"), Story(304, b"", "complete")),
    "an error": (
        head("Content-Length: 2", status="HTTP/1.1 503 Service Unavailable") + b"{}",
        Story(503, b"{}", "complete"),
    ),
    "100 before it": (head(status="HTTP/1.1 100 Continue") + WHOLE, HELLO),
    "103 and 100 before it": (
        head("Link: </a>", status="HTTP/1.1 103 Early Hints") + head(status="HTTP/1.1 100 Continue") + CHUNKED,
        HELLO,
    ),
    "1.0 that stays": (head("Connection: keep-alive", "Content-Length: 5", status="HTTP/1.0 200 OK") + b"hello", HELLO),
}

NOT_REUSED = {
    "it said close": (head("Connection: close", "Content-Length: 5") + b"hello", HELLO),
    "it said close with chunks": (CHUNKED.replace(b"Transfer", b"Connection: close\r\nTransfer"), HELLO),
    "1.0": (head("Content-Length: 5", status="HTTP/1.0 200 OK") + b"hello", HELLO),
    "a second answer": (WHOLE + WHOLE, HELLO),
    "a second answer of another status": (WHOLE + head("Content-Length: 0", status="HTTP/1.1 500 No"), HELLO),
    "a second answer, begun": (WHOLE + b"HTTP/1.1 200", HELLO),
    "one letter of a second answer": (WHOLE + b"H", HELLO),
    "garbage": (WHOLE + b"garbage", HELLO),
    "a byte of garbage": (CHUNKED + b"\x00", HELLO),
    "an upgrade behind it": (WHOLE + head("Upgrade: x", "Connection: upgrade", status="HTTP/1.1 101 S"), HELLO),
}

MALFORMED = {
    "two lengths": (head("Content-Length: 5", "Content-Length: 6") + b"hello", None, b""),
    "a length twice": (head("Content-Length: 5", "content-length: 5") + b"hello", None, b""),
    "codings twice": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n", None, b""),
    "a length and chunks": (head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n", None, b""),
    "a length with a plus": (head("Content-Length: +5") + b"hello", None, b""),
    "a length with a letter": (head("Content-Length: 5x") + b"hello", None, b""),
    "an endless length": (head("Content-Length: 99999999999999999999999") + b"hello", None, b""),
    "no status line": (b"hello, world\r\n\r\n", None, b""),
    "a TLS alert": (b"\x15\x03\x03\x00\x02\x02\x28", None, b""),
    "NUL in a field": (head("X-A: a\x00b"), None, b""),
    "an upgrade": (head("Upgrade: h2c", "Connection: Upgrade", status="HTTP/1.1 101 Switching"), None, b""),
    "a chunk size that is none": (head("Transfer-Encoding: chunked") + b"3\r\nhel\r\nZ\r\n", 200, b"hel"),
    "a chunk without its end": (head("Transfer-Encoding: chunked") + b"3\r\nhelXX", 200, b"hel"),
    "a head without end": (head("Content-Length: 5")[:-2] + b"X: y\r\n" * 100, None, b""),
    "a line without end": (head("Content-Length: 5")[:-2] + b"X: " + b"y" * 600, None, b""),
    "an interim answer with a body": (
        head("Content-Length: 5", status="HTTP/1.1 099 Hm") + b"hello" + WHOLE,
        None,
        b"",
    ),
    "an interim answer in chunks": (
        head("Transfer-Encoding: chunked", status="HTTP/1.1 150 Hm") + b"5\r\nhello\r\n0\r\n\r\n",
        None,
        b"",
    ),
    "interim answers without end": (head(status="HTTP/1.1 100 Continue") * 30, None, b""),
    "a length in a trailer": (CHUNKED[:-2] + b"Content-Length: 9\r\n\r\n", 200, b"hello"),
}
ENDLESS = {
    "a head": (head()[:-2], b"X: y\r\n"),
    "a line": (head()[:-2] + b"X: ", b"y"),
    "interim answers": (b"", head(status="HTTP/1.1 100 Continue")),
    "trailers": (CHUNKED[:-2], b"X: y\r\n"),
    "a trailer": (CHUNKED[:-2] + b"X: ", b"y"),
    "an extension": (head("Transfer-Encoding: chunked") + b"2;", b"a"),
}


def splits(raw: bytes) -> Iterable[list[int]]:
    """Whole, byte by byte, and cut in two anywhere."""
    yield []
    yield list(range(1, len(raw)))
    for place in range(1, len(raw)):
        yield [place]


@pytest.mark.parametrize(("raw", "story"), REUSED.values(), ids=REUSED.keys())
def test_a_clean_answer_frees_its_connection_in_every_split(raw: bytes, story: Story) -> None:
    """The receiver is told the same, and the connection serves the next exchange."""
    for cuts in splits(raw):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.listening.story == story
        assert scene.taken_again()
        assert scene.connection.uses == 1

        again = scene.send()
        scene.feed(WHOLE)
        assert again.story == HELLO
        assert scene.connection.uses == 2
        assert scene.transport.written == b"request" * 2


@pytest.mark.parametrize(("raw", "story"), NOT_REUSED.values(), ids=NOT_REUSED.keys())
def test_after_anything_else_the_connection_is_destroyed(raw: bytes, story: Story) -> None:
    """The answer itself is whole and of its own status; nothing that follows it reaches anybody."""
    for cuts in splits(raw):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.listening.story == story, cuts
        assert scene.destroyed()
        assert scene.transport.aborted


@pytest.mark.parametrize(("raw", "status", "body"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_answer_is_told_as_such_in_every_split(raw: bytes, status: int | None, body: bytes) -> None:
    """What came before the fault is handed on, then the connection is destroyed."""
    for cuts in ([], list(range(1, len(raw))), *([place] for place in range(1, len(raw), 7))):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.listening.story == Story(status, body, "malformed"), cuts
        assert scene.listening.got_bytes is True
        assert scene.destroyed()
        assert scene.transport.aborted


@pytest.mark.parametrize(("begin", "more"), ENDLESS.values(), ids=ENDLESS.keys())
def test_framing_that_leads_to_nothing_is_bounded(begin: bytes, more: bytes) -> None:
    """A provider can't fill our memory with what is no body: at the limit it is malformed."""
    scene = Scene()
    scene.feed(begin)
    fed = len(begin)
    while not scene.connection.closed:
        scene.feed(more)
        fed += len(more)
        assert fed <= len(begin) + HEADER_BYTES_MAX + len(more)

    assert fed > HEADER_BYTES_MAX - len(begin)
    assert scene.listening.story.end == "malformed"


def test_the_bound_on_a_head_is_its_own() -> None:
    """Just within it, however it comes, and again with each answer; over it, also where all comes in one read."""
    fits, over = (head("Content-Length: 5", "X: " + "y" * size) + b"hello" * 200 for size in (440, 490))
    raw = fits[: fits.index(b"\r\n\r\n") + 9]
    scene = Scene()
    for cuts in (list(range(1, len(raw))), [], list(range(1, len(raw), 50))):
        scene.feed(raw, cuts)
        assert scene.listening.story == HELLO
        assert scene.taken_again()
        scene.listening = scene.send()

    scene.feed(over)
    assert scene.listening.story == Story(None, b"", "malformed")
    assert scene.destroyed()


@pytest.mark.parametrize("raw", [WHOLE, CHUNKED, head("Connection: close", "Content-Length: 5") + b"hello"])
@pytest.mark.parametrize("fault", [None, ConnectionResetError()], ids=["closed", "reset"])
def test_an_answer_that_is_cut_short_is_lost(raw: bytes, fault: Exception | None) -> None:
    """Wherever the provider goes away before the end: never taken for complete."""
    for size in range(len(raw)):
        scene = Scene()
        scene.feed(raw[:size])
        scene.connection.connection_lost(fault)
        story = scene.listening.story
        assert story.end == "lost"
        assert story.status in ((None,) if b"\r\n\r\n" not in raw[:size] else (200,))
        assert scene.listening.got_bytes is (size > 0)
        assert scene.destroyed()


@pytest.mark.parametrize("body", [b"", b"x", b"hello"])
def test_without_framing_the_connections_end_is_the_bodys(body: bytes) -> None:
    """RFC 9112, 6.3: complete if it was closed in order; such a connection serves nobody else."""
    raw = head("Content-Type: text/plain") + body
    for cuts in splits(raw):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.listening.story == Story(200, body, None)
        scene.connection.connection_lost(None)
        assert scene.listening.story == Story(200, body, "complete")
        assert scene.destroyed()


def test_without_framing_a_reset_is_a_loss() -> None:
    """A body that only its connection's end could end was cut short by a reset."""
    scene = Scene()
    scene.feed(head() + b"hel")
    scene.connection.connection_lost(ConnectionResetError())
    assert scene.listening.story == Story(200, b"hel", "lost")


def test_a_coding_that_is_not_chunked_is_no_framing_that_can_be_trusted() -> None:
    """Where its end can't be known the answer is lost, not complete."""
    scene = Scene()
    scene.feed(head("Transfer-Encoding: gzip") + b"hel")
    scene.connection.connection_lost(None)
    assert scene.listening.story == Story(200, b"hel", "lost")


def test_field_names_are_lower_case_and_trailers_are_no_fields() -> None:
    """The fields that the receiver gets never change afterwards."""
    scene = Scene()
    scene.feed(head("Content-Type: a/b", "X-Request-ID: 7", "Transfer-Encoding: chunked") + b"0\r\nX-Late: 1\r\n\r\n")
    expected = {b"content-type": b"a/b", b"x-request-id": b"7", b"transfer-encoding": b"chunked"}

    assert scene.listening.fields == expected


def test_fields_of_interim_answers_are_not_the_answers() -> None:
    """An early hint's fields are forgotten with it."""
    scene = Scene()
    scene.feed(head("X-Hint: 1", status="HTTP/1.1 103 Early Hints") + WHOLE)
    assert scene.listening.fields == {b"content-length": b"5"}


def test_bytes_that_nobody_asked_for_destroy_an_idle_connection() -> None:
    """They could only be taken for the next request's answer."""
    scene = Scene()
    scene.feed(WHOLE)
    assert not scene.connection.closed
    scene.connection.data_received(b"H")
    assert scene.destroyed()


def test_an_answer_that_overtakes_its_request_does_not_free_the_connection() -> None:
    """What is unsent of the request would stand before the next one."""
    scene = Scene()
    scene.transport.unsent = 1
    scene.feed(WHOLE)
    assert scene.listening.story == HELLO
    assert scene.transport.aborted
    assert scene.destroyed()


def test_abandoning_destroys_the_connection_and_silences_it() -> None:
    """After a cancellation the rest of the answer reaches nobody, and the receiver is not told of the end."""
    for size in range(len(WHOLE)):
        scene = Scene()
        scene.feed(WHOLE[:size])
        before = scene.listening.story
        scene.connection.abandon()
        scene.connection.data_received(WHOLE[size:])
        scene.connection.connection_lost(None)
        assert scene.listening.story == before
        assert scene.transport.aborted
        assert scene.destroyed()


class Leaving(Listening):
    """A receiver that abandons its connection as soon as it is told something."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self._when = when

    def on_answer_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        super().on_answer_head(status, fields)
        if self._when == "head":
            self.connection.abandon()

    def on_answer_data(self, data: bytes, last: bool) -> None:
        super().on_answer_data(data, last)
        if self._when == "data":
            self.connection.abandon()


@pytest.mark.parametrize("when", ["head", "data"])
@pytest.mark.parametrize("raw", [WHOLE, CHUNKED, CHUNKED[:-5], CHUNKED[:-5] + b"Z\r\n"])
def test_a_receiver_may_leave_in_the_middle_of_a_call(raw: bytes, when: str) -> None:
    """Nothing more is told after that, not even a fault in the bytes behind."""
    scene = Scene(Leaving(when))
    scene.feed(raw)

    assert scene.listening.story.status == 200
    assert scene.listening.story.end in ((None,) if when == "head" else (None, "complete"))
    assert scene.connection.closed


def test_a_slow_client_pauses_the_provider_and_reuse_resumes_it() -> None:
    """Pausing twice is pausing once; a connection never goes back to its pool with reading stopped."""
    scene = Scene()
    scene.connection.pause()
    scene.connection.pause()
    assert not scene.transport.reading
    scene.connection.resume()
    scene.connection.resume()
    assert scene.transport.reading

    scene.connection.pause()
    scene.feed(WHOLE)
    assert scene.taken_again()
    assert scene.transport.reading
    assert not scene.connection.paused


def test_a_connection_in_use_takes_no_second_request() -> None:
    """One exchange at a time, whatever a pool does wrong."""
    scene = Scene()
    with pytest.raises(AssertionError):
        scene.send()


@settings(deadline=None, max_examples=300)
@given(
    pieces=st.lists(st.binary(min_size=1, max_size=30), max_size=6),
    chunked=st.booleans(),
    behind=st.sampled_from([b"", b"", WHOLE, b"x"]),
    cuts=st.lists(st.integers(1, 300), max_size=10),
)
def test_any_body_arrives_whole_in_any_pieces(
    pieces: list[bytes], chunked: bool, behind: bytes, cuts: list[int]
) -> None:
    """Length or chunks: the body is itself, and reuse depends only on whether something follows."""
    body = b"".join(pieces)
    if chunked:
        raw = (
            head("Transfer-Encoding: chunked")
            + b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces)
            + b"0\r\n\r\n"
        )
    else:
        raw = head(f"Content-Length: {len(body)}") + body
    scene = Scene()
    scene.feed(raw + behind, sorted({place for place in cuts if place < len(raw + behind)}))

    assert scene.listening.story == Story(200, body, "complete")
    assert scene.taken_again() == (behind == b"")
