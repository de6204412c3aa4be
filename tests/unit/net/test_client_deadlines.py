"""A client's deadlines, looked at with given times: silence, dripping, slow reading, and the last goodbye."""

import pytest
from tests.unit.net.client_scene import FakeHandler, Scene, chunked, get, post

LARGE = post(b"y" * 3_000)


def drip(scene: Scene, raw: bytes, *, every_s: float) -> float:
    """Send byte by byte with a look at the deadlines after each, until the connection closes; returns for how long."""
    begun_s = scene.time.now_s
    for at in range(len(raw)):
        if scene.closing:
            break
        scene.feed(raw[at : at + 1])
        scene.after(every_s)
    return scene.time.now_s - begun_s


def test_a_silent_connection_is_closed_without_a_word() -> None:
    """It never asked for anything, so there is nothing to answer."""
    scene = Scene()
    scene.after(10.0)
    assert not scene.closing
    scene.after(0.1)
    assert scene.transport.aborted
    assert scene.transport.written == b""


def test_a_head_has_its_time_from_its_first_byte() -> None:
    """A connection that was opened early is not held to account for it."""
    scene = Scene()
    scene.after(9.0)
    scene.feed(get()[:-2] + b"X: " + b"y" * 400)
    scene.after(7.0)
    assert not scene.closing
    scene.after(3.1)
    assert scene.application.refused == [(408, None)]
    assert scene.transport.ended


@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_dripped_head_is_refused(before: int) -> None:
    """Also on a connection that has served others: below the rate it does not get its whole time."""
    scene = Scene()
    scene.feed(get() * before)
    scene.transport.taken()

    assert drip(scene, get("X: " + "y" * 400), every_s=0.25) < 2.0
    assert scene.application.refused == [(408, None)]
    assert scene.transport.written == b"<refused 408>"


def test_a_head_at_the_least_rate_has_its_whole_time() -> None:
    """Fast enough, but endless: the deadline ends it."""
    scene = Scene()
    assert 10.0 < drip(scene, get("X: " + "y" * 4_000), every_s=0.015) < 10.1
    assert scene.application.refused == [(408, None)]


def test_a_slow_head_that_ends_in_time_is_served() -> None:
    """Within the first second there is no rate."""
    scene = Scene()
    drip(scene, get(), every_s=0.9 / len(get()))
    assert len(scene.application.asked) == 1
    assert not scene.closing


def test_an_idle_connection_is_closed_after_its_time() -> None:
    """Counted from the last answer; nothing is written, for nothing was asked."""
    scene = Scene()
    scene.after(5.0)
    scene.feed(get())
    scene.after(15.0)
    assert not scene.closing
    scene.after(0.1)
    assert scene.transport.ended
    assert scene.transport.written == b"<ok>"


def test_answering_has_no_deadline_here() -> None:
    """An hour of thinking is between the application and its own limits."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.after(3_600.0)
    assert not scene.closing
    scene.client.respond(b"<ok>")
    scene.after(14.0)
    assert not scene.closing


@pytest.mark.parametrize("raw", [LARGE, chunked(b"y" * 3_000)])
def test_a_body_has_a_grace_and_then_a_rate(raw: bytes) -> None:
    """Nothing is asked of it for twenty seconds; after that, ten bytes a second on average."""
    head = raw.index(b"\r\n\r\n") + 4
    scene = Scene()
    scene.feed(raw[:head])
    scene.after(20.0)
    assert not scene.closing
    scene.after(0.1)
    assert scene.application.refused == [(408, b"/a")]
    assert scene.transport.ended


def test_a_bodys_grace_begins_with_it() -> None:
    """The time that the head took is not the body's."""
    scene = Scene()
    scene.feed(LARGE[:20])
    scene.after(0.9)
    scene.feed(LARGE[20:100])
    scene.after(20.0)
    assert not scene.closing
    scene.after(0.1)
    assert scene.application.refused == [(408, b"/a")]


def test_a_body_above_the_rate_may_take_its_time() -> None:
    """Its deadline is its rate alone; below it, the average decides."""
    scene = Scene()
    scene.feed(LARGE[:500])
    scene.after(25.0)
    assert not scene.closing
    scene.feed(LARGE[500:1_000])
    scene.after(50.0)
    assert not scene.closing
    scene.after(50.0)
    assert scene.application.refused == [(408, b"/a")]


def test_a_client_that_does_not_read_is_closed_at_the_end_of_the_window() -> None:
    """What answers it is told; until then it may recover."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.handler = handler = FakeHandler()
    scene.client.write(b"x" * 100_000)
    scene.fill(100_000)
    scene.after(59.9)
    assert not scene.closing
    scene.after(0.1)
    assert scene.transport.aborted
    scene.client.connection_lost(None)
    assert handler.told == ["paused", "gone"]


def test_a_client_that_reads_at_the_least_rate_is_kept() -> None:
    """Each window is judged for itself, also while more is written."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.write(b"x" * 100_000)
    scene.fill(100_000)
    for _ in range(5):
        scene.client.write(b"x" * 1_000)
        scene.transport.unsent -= 6_000 - 1_000
        scene.after(60.0)
        assert not scene.closing
    scene.client.write(b"x" * 1_000)
    scene.transport.unsent -= 5_999 - 1_000
    scene.after(60.0)
    assert scene.transport.aborted


@pytest.mark.parametrize("by", ["write", "finish", "respond", "break_off"])
def test_whatever_is_written_counts_as_taken_once_it_is_gone(by: str) -> None:
    """A client that takes enough is kept, whichever way the bytes were written meanwhile; else it is closed."""
    for taken, kept in ((6_000, True), (5_999, False)):
        scene = Scene(answer=None)
        scene.feed(get())
        scene.client.write(b"x" * 100_000)
        scene.fill(100_000)
        getattr(scene.client, by)(b"x" * 10_000)
        scene.transport.unsent += 10_000 - taken
        scene.after(60.0)
        assert scene.transport.aborted is not kept


def test_the_window_begins_when_the_client_stops_reading() -> None:
    """What it took before, and how long it had been there, does not count."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.write(b"x" * 900_000)
    scene.after(300.0)
    scene.fill(100_000)
    scene.after(59.0)
    assert not scene.closing
    scene.after(1.0)
    assert scene.transport.aborted


def test_a_client_that_recovers_is_not_held_to_the_window() -> None:
    """Once there is room again, the rate is of no interest."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.fill(100_000)
    scene.after(30.0)
    scene.client.resume_writing()
    scene.after(3_000.0)
    assert not scene.closing


def test_a_client_that_never_takes_its_answers_is_not_idle_but_slow() -> None:
    """Between requests too, the drain rate is what ends it."""
    scene = Scene()
    scene.feed(get())
    scene.fill(100_000)
    scene.after(59.0)
    assert not scene.closing
    scene.after(1.0)
    assert scene.transport.aborted


def test_after_the_last_byte_the_connection_lingers_briefly() -> None:
    """A client that closes in answer needs no more; one that does not is cut off."""
    scene = Scene(answer=None)
    scene.feed(get("Connection: close"))
    scene.after(100.0)
    scene.client.respond(b"<ok>")
    scene.after(2.0)
    assert not scene.transport.aborted
    scene.after(0.1)
    assert scene.transport.aborted


def test_what_came_before_the_refusal_does_not_prolong_it() -> None:
    """Only who still sends gets more time."""
    scene = Scene()
    scene.feed(LARGE[:500])
    scene.after(100.0)
    assert scene.application.refused == [(408, b"/a")]
    scene.after(2.1)
    assert scene.transport.aborted


def test_a_client_that_still_sends_gets_time_to_read_its_refusal() -> None:
    """A reset in the middle of its upload would eat the answer; but it does not send for ever."""
    scene = Scene()
    scene.feed(post(b"x" * 5_001)[:200])
    assert scene.transport.written == b"<refused 413>"
    for _ in range(19):
        scene.feed(b"x" * 100)
        scene.after(1.0)
        assert not scene.transport.aborted
    scene.feed(b"x" * 100)
    scene.after(1.1)
    assert scene.transport.aborted
    assert scene.transport.written == b"<refused 413>"


def test_a_client_that_stops_sending_gets_no_more_time() -> None:
    """One look after its last byte, it is treated as any other."""
    scene = Scene()
    scene.feed(post(b"x" * 5_001)[:200])
    scene.feed(b"x" * 100)
    scene.after(2.5)
    assert not scene.transport.aborted
    scene.after(0.1)
    assert scene.transport.aborted


@pytest.mark.parametrize("how", ["answered", "half-close"])
def test_the_last_bytes_have_a_window_to_be_taken(how: str) -> None:
    """A closed connection whose client takes nothing does not stay for ever."""
    scene = Scene()
    scene.after(9.0)
    scene.feed(get("Connection: close") if how == "answered" else get())
    scene.transport.unsent = 100
    if how == "half-close":
        scene.after(5.0)
        scene.client.eof_received()
    scene.after(60.0)
    assert not scene.transport.aborted
    scene.after(0.1)
    assert scene.transport.aborted


def test_what_answers_a_request_looks_at_its_own_deadlines_with_the_connection() -> None:
    """One sweep serves both: an exchange is not watched by itself while its client is there."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.handler = handler = FakeHandler()
    scene.after(3.0)
    scene.after(2.0)
    assert len(handler.looks) == 2
    assert handler.looks[1] - handler.looks[0] == 2.0
