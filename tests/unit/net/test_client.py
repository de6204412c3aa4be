"""One client's connection: requests in order and in any pieces, bodies under their limits, and what is held back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.net.client_scene import LIMITS, Asked, FakeHandler, Scene, chunked, get, post

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
SMALL, LARGE = b"x" * LIMITS.body_bytes_max_unauthenticated, b"y" * 3_000


def splits(raw: bytes) -> list[list[int]]:
    """Whole, byte by byte, and cut in two anywhere."""
    return [[], list(range(1, len(raw))), *([place] for place in range(1, len(raw)))]


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (get(), Asked(b"/a", b"")),
        (get(version="1.0"), Asked(b"/a", b"")),
        (post(b""), Asked(b"/a", b"")),
        (post(SMALL), Asked(b"/a", SMALL)),
        (chunked(), Asked(b"/a", b"")),
        (chunked(b"hel", b"lo"), Asked(b"/a", b"hello")),
    ],
)
def test_a_request_reaches_the_application_in_every_split(raw: bytes, asked: Asked) -> None:
    """Once, whole, and answered once."""
    for cuts in splits(raw):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.application.asked == [asked]
        assert scene.transport.written == b"<ok>"
        assert scene.application.refused == []


def test_pipelined_requests_are_answered_in_order() -> None:
    """All that came in one read, each body its own, in every split."""
    raw = post(SMALL, target="/1") + get(target="/2") + chunked(b"abc", target="/3") + post(b"z", target="/4")
    expected = [Asked(b"/1", SMALL), Asked(b"/2", b""), Asked(b"/3", b"abc"), Asked(b"/4", b"z")]
    for cuts in splits(raw):
        scene = Scene()
        scene.feed(raw, cuts)
        assert scene.application.asked == expected
        assert scene.transport.written == b"<ok>" * 4


def test_the_next_request_waits_for_the_answer_before_it() -> None:
    """One at a time: the application never has two of a connection, and each answer stands in its place."""
    scene = Scene(answer=None)
    scene.feed(get(target="/1") + get(target="/2") + post(b"hello", target="/3"))
    assert scene.application.asked == [Asked(b"/1", b"")]
    assert scene.client.busy

    scene.client.write(b"<1")
    assert len(scene.application.asked) == 1
    scene.client.finish(b">")
    assert [asked.target for asked in scene.application.asked] == [b"/1", b"/2"]
    scene.client.respond(b"<2>")
    assert scene.application.asked[-1] == Asked(b"/3", b"hello")
    scene.client.finish()

    assert scene.transport.written == b"<1><2>"
    assert not scene.client.busy
    assert not scene.closing


def test_a_request_behind_a_close_is_not_looked_at() -> None:
    """What follows `Connection: close` is nobody's."""
    scene = Scene()
    scene.feed(get("Connection: close") + get(target="/2"))

    assert scene.application.asked == [Asked(b"/a", b"")]
    assert scene.transport.ended


def test_a_bad_request_behind_a_good_one_is_refused_after_it() -> None:
    """The good one is answered first; then the refusal closes."""
    scene = Scene()
    scene.feed(get() + b"nonsense\r\n\r\n" + get(target="/3"))

    assert scene.transport.written == b"<ok><refused 400>"
    assert scene.application.refused == [(400, None)]
    assert [asked.target for asked in scene.application.asked] == [b"/a"]
    assert scene.transport.ended


def test_a_body_after_a_length_of_zero_is_the_next_request() -> None:
    """Nothing is skipped: what is no request is refused."""
    scene = Scene()
    scene.feed(post(b"") + b"{}")
    assert scene.transport.written == b"<ok><refused 400>"


@pytest.mark.parametrize(
    ("rows", "version", "stays"), [((), "1.1", True), ((), "1.0", False), (("Connection: close",), "1.1", False)]
)
def test_a_connection_stays_as_the_client_asked(rows: tuple[str, ...], version: str, stays: bool) -> None:
    """And the application can tell, for its answer says the same."""
    scene = Scene(answer=None)
    scene.feed(get(*rows, version=version))
    assert scene.client.keep_alive is stays
    assert scene.client.http_1_0 is (version == "1.0")
    scene.client.respond(b"")
    assert scene.closing is not stays


def test_while_draining_each_answer_is_the_last() -> None:
    """A request that comes after the drain began is served, and its connection closes."""
    scene = Scene(answer=None)
    scene.feed(get())
    assert scene.client.keep_alive
    scene.listener.draining = True
    scene.client.respond(b"")
    assert not scene.closing
    scene.feed(get())
    assert not scene.client.keep_alive
    scene.client.respond(b"")
    assert scene.transport.ended


# -- bodies


def test_a_large_body_is_gathered_once_its_key_is_right() -> None:
    """The head is checked before, and only before, the body is read; any pieces do."""
    raw = post(LARGE)
    for step in (1, 7, 500, 10_000):
        scene = Scene()
        scene.feed(raw, list(range(step, len(raw), step)))
        assert scene.application.checked == [b"/a"]
        assert scene.application.asked == [Asked(b"/a", LARGE)]


@pytest.mark.parametrize("raw", [post(LARGE, "Authorization: no"), chunked(LARGE, rows=("Authorization: no",))])
def test_a_wrong_key_is_refused_before_a_large_body(raw: bytes) -> None:
    """As soon as the head is there, whatever of the body has come; the rest is ignored."""
    head = raw.index(b"\r\n\r\n") + 4
    for cut in (head, head + 10, len(raw)):
        scene = Scene()
        scene.feed(raw[:cut])
        assert scene.application.refused == [(401, b"/a")]
        assert scene.transport.ended
        scene.feed(raw[cut:])
        assert scene.transport.written == b"<refused 401>"
        assert scene.application.asked == []


def test_a_small_body_that_is_there_needs_no_early_check() -> None:
    """The application sees key and body at once."""
    scene = Scene()
    scene.feed(post(SMALL, "Authorization: no"))
    assert scene.application.checked == []
    assert scene.application.asked == [Asked(b"/a", SMALL)]


@pytest.mark.parametrize("size", [100, 101, 5_000])
def test_bodies_up_to_the_limit_are_taken(size: int) -> None:
    """By length and in chunks."""
    body = b"x" * size
    scene = Scene()
    scene.feed(post(body) + chunked(body))
    assert scene.application.asked == [Asked(b"/a", body)] * 2


@pytest.mark.parametrize("raw", [post(b"x" * 5_001), chunked(b"x" * 5_001), chunked(*[b"x" * 1_000] * 5, b"x")])
def test_a_body_over_the_limit_is_refused(raw: bytes) -> None:
    """By length before a byte of it is read; in chunks as soon as their sizes say so."""
    for step in (len(raw), 50):
        scene = Scene()
        scene.feed(raw, list(range(step, len(raw), step)))
        assert scene.application.refused == [(413, b"/a")]
        assert scene.application.asked == []
        assert scene.transport.ended


def test_bad_chunks_are_refused_and_end_the_connection() -> None:
    """What follows them can't be told from a body."""
    scene = Scene()
    scene.feed(chunked(b"hello").replace(b"5\r\n", b"5;x\r\n") + get(target="/2"))
    assert scene.transport.written == b"<refused 400>"
    assert scene.application.refused == [(400, b"/a")]
    assert scene.application.asked == []
    assert scene.transport.ended


# -- Expect: 100-continue


def test_a_client_that_waits_is_told_to_go_on_after_the_check() -> None:
    """Once, and the answer follows the body."""
    for raw in (post(LARGE, "Expect: 100-continue"), post(SMALL, "Expect: 100-continue")):
        head = raw.index(b"\r\n\r\n") + 4
        scene = Scene()
        scene.feed(raw[:head])
        assert scene.transport.taken() == CONTINUE
        scene.feed(raw[head:])
        assert scene.transport.written == b"<ok>"


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (post(LARGE, "Expect: 100-continue", "Authorization: no"), b"<refused 401>"),
        (post(b"x" * 5_001, "Expect: 100-continue"), b"<refused 413>"),
        (post(b"", "Expect: 100-continue"), b"<ok>"),
        (post(LARGE, "Expect: 200-ok"), b""),
        (post(LARGE, "Expect: 100-continue").replace(b"HTTP/1.1", b"HTTP/1.0"), b""),
    ],
)
def test_nobody_else_is_told_to_go_on(raw: bytes, written: bytes) -> None:
    """Not who is refused, has no body, expects something else, or speaks 1.0."""
    scene = Scene()
    scene.feed(raw[: raw.index(b"\r\n\r\n") + 4])
    assert scene.transport.written == written


def test_a_client_that_did_not_wait_is_not_told() -> None:
    """Its body has begun to come."""
    scene = Scene()
    scene.feed(post(LARGE, "Expect: 100-continue")[:-100])
    assert scene.transport.written == b""


# -- what is held back


def test_reading_stops_while_too_much_is_pipelined() -> None:
    """Further requests are held up to the limit, then not read; and read again when their turn has come."""
    scene = Scene(answer=None)
    scene.feed(get(target="/1"))
    scene.feed(get(target="/2") * 20)
    assert not scene.transport.reading

    scene.application.answer = b"<ok>"
    scene.client.respond(b"<ok>")
    assert scene.transport.reading
    assert len(scene.application.asked) == 21
    assert scene.transport.written == b"<ok>" * 21


def test_reading_stops_while_answers_are_not_taken() -> None:
    """A client that only sends gets no more answers than it reads, and loses none of its requests."""
    scene = Scene()
    scene.feed(get(target="/1"))
    scene.fill(100_000)
    scene.feed(get(target="/2") * 20)
    assert len(scene.application.asked) == 1
    assert not scene.transport.reading

    scene.transport.unsent = 0
    scene.client.resume_writing()
    assert len(scene.application.asked) == 21
    assert scene.transport.reading


def test_a_slow_client_slows_what_answers_it() -> None:
    """Who answers is told of both; a client's high water is the configured one."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.handler = handler = FakeHandler()
    scene.fill(100_000)
    assert not scene.client.writable
    scene.client.resume_writing()
    assert scene.client.writable
    assert handler.told == ["paused", "resumed"]
    assert scene.transport.high_water == LIMITS.stream_high_water_bytes


_REQUESTS = st.lists(
    st.one_of(
        st.builds(post, st.binary(max_size=300)),
        st.builds(lambda pieces: chunked(*pieces), st.lists(st.binary(min_size=1, max_size=60), max_size=4)),
        st.just(get()),
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=200)
@given(requests=_REQUESTS, cuts=st.lists(st.integers(1, 1_500), max_size=12), at_once=st.booleans())
def test_any_requests_in_any_pieces_are_answered_alike(requests: list[bytes], cuts: list[int], at_once: bool) -> None:
    """The pieces decide nothing, nor does whether the application answers at once or later."""
    raw = b"".join(requests)
    whole, pieced = Scene(), Scene(answer=b"<ok>" if at_once else None)
    whole.feed(raw)
    pieced.feed(raw, sorted({place for place in cuts if place < len(raw)}))
    while pieced.client.busy:
        pieced.client.respond(b"<ok>")

    assert pieced.application.asked == whole.application.asked
    assert len(whole.application.asked) == len(requests)
    assert pieced.transport.written == whole.transport.written == b"<ok>" * len(requests)
    assert pieced.transport.reading
