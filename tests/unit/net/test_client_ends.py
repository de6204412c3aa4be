"""How a client's connection ends: by the client, by us, visibly where an answer is cut, and told to who answers."""

import pytest
from tests.unit.net.client_scene import FakeHandler, Scene, get, post

LARGE = b"y" * 3_000


@pytest.mark.parametrize("how", ["half-close", "lost"])
def test_who_answers_is_told_once_that_the_client_is_gone(how: str) -> None:
    """The end of a client's sending is its end, told at once and not told again."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.handler = handler = FakeHandler()
    if how == "half-close":
        scene.client.eof_received()
    else:
        scene.client.connection_lost(ConnectionResetError())
    assert handler.told == ["gone"]
    if how == "half-close":
        scene.client.connection_lost(None)

    assert handler.told == ["gone"]
    assert scene.listener.open == []
    assert not scene.client.busy


def test_a_client_that_leaves_between_requests_is_forgotten() -> None:
    """Also with half a request sent."""
    for raw in (b"", get()[:10], post(LARGE)[:-1], get() + get()[:-1]):
        scene = Scene()
        scene.feed(raw)
        scene.client.eof_received()
        scene.client.connection_lost(None)
        assert scene.listener.open == []
        assert scene.application.refused == []


def test_one_connection_too_many_is_closed_at_once() -> None:
    """And what it sends is not looked at."""
    scene = Scene(accepts=False)
    scene.feed(get())
    assert scene.transport.aborted
    assert scene.application.asked == []


def test_an_answer_can_be_broken_off_visibly() -> None:
    """Last words, then the end of the connection; a request behind it is not served."""
    scene = Scene(answer=None)
    scene.feed(get(target="/1") + get(target="/2"))
    scene.client.handler = handler = FakeHandler()
    scene.client.write(b"<half")
    scene.client.break_off(b" oops")

    assert scene.transport.written == b"<half oops"
    assert scene.transport.ended
    assert len(scene.application.asked) == 1
    scene.client.connection_lost(None)
    assert handler.told == []


def test_without_half_closes_the_transport_is_closed() -> None:
    """TLS has none: `close` flushes and then ends."""
    scene = Scene(half_closes=False)
    scene.feed(get("Connection: close"))
    assert scene.transport.written == b"<ok>"
    assert (scene.transport.half_closed, scene.transport.closed) == (False, True)


def test_after_its_end_a_connection_takes_no_more_answers_for_requests() -> None:
    """An answer that comes too late opens nothing again, and ends nothing twice."""
    left, ended = Scene(answer=None), Scene(answer=None)
    left.feed(get())
    left.client.eof_received()
    ended.feed(get("Connection: close"))
    ended.client.respond(b"<ok>")
    for scene in (left, ended):
        scene.client.finish(b"<late>")
        scene.client.break_off()
        scene.feed(get(target="/2"))
        assert len(scene.application.asked) == 1
        assert not scene.client.busy


def test_reading_goes_on_when_a_connection_is_broken_off() -> None:
    """What was too much to hold is read, so that the client's end is seen, and dropped."""
    scene = Scene(answer=None)
    scene.feed(get() + get() * 30)
    assert not scene.transport.reading
    scene.client.break_off()
    assert scene.transport.reading
    assert len(scene.application.asked) == 1


def test_who_has_answered_is_not_told_any_more() -> None:
    """The exchange is over; the connection's end is not its business."""
    scene = Scene(answer=None)
    scene.feed(get())
    scene.client.handler = handler = FakeHandler()
    scene.client.respond(b"<ok>")
    scene.client.connection_lost(None)
    assert handler.told == []


def test_only_idle_connections_close_when_asked_to() -> None:
    """Not one that reads or answers a request."""
    idle, reading, answering = Scene(), Scene(), Scene(answer=None)
    reading.feed(get()[:-2])
    answering.feed(get())
    for scene in (idle, reading, answering):
        scene.client.close_if_idle()

    assert [scene.closing for scene in (idle, reading, answering)] == [True, False, False]
