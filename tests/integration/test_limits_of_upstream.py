"""Every bound on connections to providers and on how long they are waited for, each by its name."""

import socket
from collections.abc import Iterator

import pytest
from tests.support.inside import swept
from tests.support.raw_client import Answer, RawClient, ask, chat, several
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

DEEPSEEK = "deepseek/deepseek-flash"
STALL = "[[sim:stall_mid_stream]][[sim:event_interval_ms=4]]"


def asked(gateway: RunningGateway, text: str, *, stream: bool = True) -> Answer:
    """One answer of the simulated DeepSeek, with no other route to go to."""
    return ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=stream))


def timed_out(limits: str, text: str, *, stream: bool = True) -> tuple[Answer, str, str | None]:
    """The answer under these limits, with the outcome and error code of its row; the provider is let go."""
    with RunningGateway(limits=limits) as gateway:
        answer = asked(gateway, text, stream=stream)
        row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange
        server = gateway.simulator.server("deepseek")
        until(lambda: server.seen[-1].client_gone and server.log.connections_open == 0, "the provider's end")
        return answer, row.outcome, row.error_code


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port whose queue of connections is full: further ones are never answered."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    port = listening.getsockname()[1]
    waiting = [socket.socket() for _ in range(4)]
    for sock in waiting:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", port))
    yield port
    for sock in (*waiting, listening):
        sock.close()


def test_connect_timeout_s(deaf_port: int) -> None:
    """A provider that can't be connected to in this time is given up."""
    deaf = f'[providers.deaf]\ndialect = "openai"\nbase_url = "http://127.0.0.1:{deaf_port}/v1"\n'
    more = f'{deaf}allow_plain = true\napi_key = "none"\n'
    with RunningGateway(limits="connect_timeout_s = 0.1", more=more) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model="deaf/any"))
        row = gateway.ledger.entry(answer.fields["x-request-id"])

    assert (answer.status, answer.error["code"]) == (504, "upstream_connect_timeout")
    assert row.exchange.outcome == "upstream_error"
    assert (row.attempts[0].cost_nanousd, row.attempts[0].cost_note) == (0, "not_sent")


@pytest.mark.parametrize("stream", [False, True])
def test_first_byte_timeout_s(stream: bool) -> None:
    """A provider that does not begin to answer in this time is given up."""
    answer, outcome, code = timed_out("first_byte_timeout_s = 0.1", "[[sim:stall_before_headers]]", stream=stream)

    assert (answer.status, answer.error["code"]) == (504, "upstream_first_byte_timeout")
    assert (outcome, code) == ("upstream_error", "upstream_first_byte_timeout")


def test_idle_event_timeout_s() -> None:
    """A provider that falls silent in the middle of a stream is given up, visibly."""
    answer, outcome, code = timed_out("idle_event_timeout_s = 0.1", STALL)

    assert (answer.status, answer.complete, len(answer.events) > 2) == (200, False, True)
    assert answer.error_event is not None
    assert answer.error_event["code"] == "upstream_idle_timeout"
    assert (outcome, code) == ("truncated", "upstream_idle_timeout")


@pytest.mark.parametrize("stream", [False, True])
def test_keep_alives_count_as_life(stream: bool) -> None:
    """A provider that sends keep-alives is not idle, however long it takes to answer."""
    limits = "first_byte_timeout_s = 0.4\nidle_event_timeout_s = 0.4"
    with RunningGateway(limits=limits) as gateway:
        text = "[[sim:keepalives_then_answer]][[sim:count=8]][[sim:seconds=0.1]]"
        answer = asked(gateway, text, stream=stream)

    assert (answer.status, answer.complete) == (200, True)
    assert answer.body.startswith(b": keep-alive\n\n" * 8 if stream else b"\n" * 8)


def test_keepalive_only_max_s() -> None:
    """Keep-alives alone do not hold an exchange open for longer than this."""
    text = "[[sim:keepalives_then_answer]][[sim:count=10000]][[sim:seconds=0.02]]"
    answer, outcome, code = timed_out("keepalive_only_max_s = 0.15", text)

    assert not answer.complete
    assert answer.error_event is not None
    assert "keep-alives" in answer.error_event["message"]
    assert (outcome, code) == ("truncated", "upstream_idle_timeout")


def test_total_timeout_s() -> None:
    """An answer that is still coming after this is ended, however lively it is."""
    answer, outcome, code = timed_out("total_timeout_s = 0.2", "[[sim:events=1000]][[sim:event_interval_ms=10]]")

    assert not answer.complete
    assert answer.error_event is not None
    assert answer.error_event["code"] == "upstream_total_timeout"
    assert (outcome, code) == ("truncated", "upstream_total_timeout")


def test_upstream_connections_max() -> None:
    """No more connections than this are opened to one provider; the rest of the exchanges wait their turn."""
    limits = "upstream_connections_max = 2\nupstream_idle_connections_max = 2"
    with RunningGateway(limits=limits) as gateway, several(gateway.port, 12) as clients:
        for client in clients:
            client.send(chat(gateway.key, "[[sim:event_interval_ms=1]]", model=DEEPSEEK, stream=True))
        answers = [client.answer() for client in clients]
        assert gateway.simulator.server("deepseek").log.connections_opened == 2

    assert [answer.events[-1] for answer in answers] == [b"[DONE]"] * 12


def test_upstream_queue_max() -> None:
    """As many exchanges as this wait for a connection; one more is refused at once, and nothing was sent for it."""
    limits = "upstream_connections_max = 1\nupstream_idle_connections_max = 1\nupstream_queue_max = 2"
    with RunningGateway(limits=limits) as gateway, several(gateway.port, 3) as clients:
        for client in clients:
            client.send(chat(gateway.key, "[[sim:stall_before_headers]]", model=DEEPSEEK))
            gateway.turn()
        refused = asked(gateway, "hello")
        row = gateway.ledger.entry(refused.fields["x-request-id"]).exchange
        assert (refused.status, refused.error["code"], row.outcome) == (503, "overloaded", "gateway_error")
        assert refused.fields["retry-after"] == "1"
        # Who leaves the queue makes room in it at once.
        clients.pop().reset()
        gateway.ledger.wait(2)
        clients.append(RawClient(gateway.port))
        clients[-1].send(chat(gateway.key, model=DEEPSEEK))
        clients[0].reset()
        clients[1].reset()
        assert clients[2].answer().status == 200


def test_upstream_idle_s() -> None:
    """A connection that nobody needed for this long is closed."""
    with RunningGateway(limits="upstream_idle_s = 0.1") as gateway:
        log = gateway.simulator.server("deepseek").log
        assert [asked(gateway, "hello").status for _ in range(3)] == [200] * 3
        assert (log.connections_opened, log.connections_open) == (1, 1)
        until(lambda: log.connections_open == 0, "the idle connection's end")
        assert asked(gateway, "hello").status == 200
        assert log.connections_opened == 2


def test_upstream_idle_connections_max() -> None:
    """No more connections than this are kept for later."""
    with RunningGateway(limits="upstream_idle_connections_max = 1") as gateway, several(gateway.port, 3) as clients:
        log = gateway.simulator.server("deepseek").log
        for client in clients:
            client.send(chat(gateway.key, "[[sim:event_interval_ms=5]]", model=DEEPSEEK, stream=True))
        assert [client.answer().complete for client in clients] == [True] * 3
        assert log.connections_opened == 3
        until(lambda: log.connections_open == 1, "the surplus connections' end")


def test_a_slow_client_does_not_make_its_provider_look_idle() -> None:
    """While we ourselves do not read from the provider, its silence does not count."""
    limits = "stream_high_water_bytes = 16_384\nidle_event_timeout_s = 0.5"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port, receive_bytes=4_096) as client:
        text = "[[sim:bytes=24000000]][[sim:events=2400]]"
        client.send(chat(gateway.key, text, model=DEEPSEEK, stream=True))
        client.head()
        until(swept(gateway, 35), "more than the idle limit")
        assert client.rest_of_chunks().events[-1] == b"[DONE]"
