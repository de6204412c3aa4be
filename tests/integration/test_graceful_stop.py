"""A graceful stop: not ready at once, serving a little longer, streams to their end, and then a visible one."""

import asyncio
from concurrent.futures import Future

import pytest
from tests.support.raw_client import RawClient, ask, chat, request, several
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

DEEPSEEK = "deepseek/deepseek-flash"
STREAM = "[[sim:events=40]][[sim:event_interval_ms=10]]"
STALLS = "[[sim:stall_mid_stream]][[sim:event_interval_ms=1]]"
IMPATIENT = "drain_accept_s = 0\ndrain_streams_s = 0.1"
READY = request("GET", "/readyz")


def begin_drain(gateway: RunningGateway) -> "Future[bool]":
    """Tell the gateway to stop; returns whether everything ended by itself, once it has."""
    draining = asyncio.run_coroutine_threadsafe(gateway.plane.drain(), gateway.loop.loop)
    gateway.turn()
    return draining


def refuses(gateway: RunningGateway) -> bool:
    """Whether nobody listens any more."""
    try:
        RawClient(gateway.port).socket.close()
    except ConnectionRefusedError:
        return True
    return False


def test_not_ready_at_once_but_still_serving() -> None:
    """From the first moment a balancer is told to look elsewhere, and whoever comes until then is served."""
    with RunningGateway(limits="drain_accept_s = 0.5") as gateway:
        draining = begin_drain(gateway)
        ready, served = ask(gateway.port, READY), ask(gateway.port, chat(gateway.key, model=DEEPSEEK))
        assert draining.result(10)

    assert (ready.status, ready.body) == (503, b'{"ready":false}')
    assert (served.status, served.fields["connection"]) == (200, "close")


def test_a_kept_connection_is_told_to_close() -> None:
    """The answer to a request on an older connection says that it is the last one there."""
    with RunningGateway(limits="drain_accept_s = 0.5") as gateway, RawClient(gateway.port) as client:
        before = client.ask(READY)
        draining = begin_drain(gateway)
        after = client.ask(chat(gateway.key, model=DEEPSEEK))
        assert (client.rest(), client.ended) == (b"", "eof")
        client.socket.close()
        assert draining.result(10)

    assert (before.status, "connection" in before.fields) == (200, False)
    assert (after.status, after.fields["connection"]) == (200, "close")


def test_drain_accept_s() -> None:
    """New connections are taken for this long; with 0 they are refused at once, and idle ones closed."""
    with RunningGateway(limits="drain_accept_s = 3_600") as gateway:
        draining = begin_drain(gateway)
        assert not refuses(gateway)
        draining.cancel()
    with RunningGateway(limits="drain_accept_s = 0") as gateway, RawClient(gateway.port) as idle:
        idle.ask(READY)
        with RawClient(gateway.port) as busy:
            busy.send(chat(gateway.key, STREAM, model=DEEPSEEK, stream=True))
            busy.head()
            draining = begin_drain(gateway)
            until(lambda: refuses(gateway), "the end of listening")
            assert (idle.rest(), idle.ended) == (b"", "eof")
            idle.socket.close()
            assert busy.rest_of_chunks().events[-1] == b"[DONE]"
        assert draining.result(10)


def test_streams_come_to_their_end() -> None:
    """Fifty streams that are open when the gateway is told to stop lose nothing; then it is done."""
    limits = "drain_accept_s = 0.05\nidle_keepalive_s = 3_600"
    with RunningGateway(limits=limits) as gateway, several(gateway.port, 50) as clients:
        for client in clients:
            client.send(chat(gateway.key, STREAM, model=DEEPSEEK, stream=True))
        for client in clients:
            client.head()
        draining = begin_drain(gateway)
        streams = [client.rest_of_chunks() for client in clients]
        assert [client.rest() for client in clients] == [b""] * 50
        for client in clients:
            client.socket.close()
        assert draining.result(10)
        outcomes = {entry.exchange.outcome for entry in gateway.ledger.wait(50)}

    assert [(stream.complete, stream.events[-1]) for stream in streams] == [(True, b"[DONE]")] * 50
    assert outcomes == {"ok"}


def test_drain_streams_s() -> None:
    """A stream that is still open after this is ended with an error event, and its row says `interrupted`."""
    with RunningGateway(limits=IMPATIENT) as gateway, RawClient(gateway.port) as client:
        client.send(chat(gateway.key, STALLS, model=DEEPSEEK, stream=True))
        client.head()
        draining = begin_drain(gateway)
        answer = client.rest_of_chunks()
        client.socket.close()
        assert not draining.result(10)
        (entry,) = gateway.ledger.wait(1)
        seen = gateway.simulator.server("deepseek").seen[0]
        until(lambda: seen.client_gone, "the provider's end")

    assert not answer.complete
    assert answer.error_event is not None
    assert answer.error_event["code"] == "shutting_down"
    assert (entry.exchange.outcome, entry.exchange.error_code) == ("interrupted", "shutting_down")
    assert (entry.exchange.status, entry.exchange.cost_nanousd) == (200, None)


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_has_not_begun_is_refused_in_the_end(stream: bool) -> None:
    """Who has heard nothing yet gets a whole error answer, and may ask elsewhere."""
    with RunningGateway(limits=IMPATIENT) as gateway, RawClient(gateway.port) as client:
        client.send(chat(gateway.key, "[[sim:stall_before_headers]]", model=DEEPSEEK, stream=stream))
        until(lambda: gateway.simulator.server("deepseek").log.total == 1, "the request")
        draining = begin_drain(gateway)
        answer = client.answer()
        assert client.rest() == b""
        client.socket.close()
        assert not draining.result(10)
        (entry,) = gateway.ledger.wait(1)

    assert (answer.status, answer.error["code"]) == (503, "shutting_down")
    assert (answer.fields["connection"], answer.fields["retry-after"]) == ("close", "1")
    assert (entry.exchange.outcome, entry.exchange.status) == ("interrupted", 503)


def test_one_instance_hands_over_to_another() -> None:
    """With a second gateway taking over, no request of a steady stream of them fails."""
    with RunningGateway(limits="drain_accept_s = 0.2") as old, RunningGateway() as new:
        statuses = []
        draining: Future[bool] | None = None
        for number in range(200):
            if number == 50:
                draining = begin_drain(old)
            gateway = old if ask_ready(old) else new
            statuses.append(ask(gateway.port, chat(gateway.key, model=DEEPSEEK)).status)
        assert draining is not None
        assert draining.result(10)

    assert statuses == [200] * 200


def ask_ready(gateway: RunningGateway) -> bool:
    """As a balancer does."""
    try:
        return ask(gateway.port, READY).status == 200
    except ConnectionError:
        return False


def test_closing_at_once_still_writes_the_rows() -> None:
    """Without a drain whatever is in flight is ended as `interrupted`, and nothing is left open."""
    with RunningGateway() as gateway, several(gateway.port, 2) as clients:
        for client, text in zip(clients, (STALLS, "[[sim:stall_before_headers]]"), strict=True):
            client.send(chat(gateway.key, text, model=DEEPSEEK, stream=True))
        until(lambda: gateway.simulator.server("deepseek").log.total == 2, "the requests")
        gateway.loop.run(gateway.plane.close())
        outcomes = [entry.exchange.outcome for entry in gateway.ledger.wait(2)]

    assert outcomes == ["interrupted"] * 2
