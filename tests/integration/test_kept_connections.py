"""Connections to providers that are kept for later: used again, found dead, and tried once more, but not twice."""

import asyncio

import pytest
from tests.support.raw_client import Answer, RawClient, ask, chat, several
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.simulator.seen import SeenLog

DEEPSEEK = "deepseek/deepseek-flash"
OVERLAPPING = "[[sim:event_interval_ms=10]]"
plain_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])


def asked(gateway: RunningGateway, text: str = "hello", *, stream: bool = False) -> Answer:
    """One answer from the only route."""
    return ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=stream))


def log_of(gateway: RunningGateway) -> SeenLog:
    """What the provider has seen."""
    return gateway.simulator.server("deepseek").log


@plain_and_streamed
def test_one_connection_serves_many_requests(stream: bool) -> None:
    """After an exchange that ended cleanly the connection is used again."""
    with RunningGateway() as gateway:
        assert [asked(gateway, stream=stream).status for _ in range(20)] == [200] * 20
        assert log_of(gateway).connections_opened == 1


@plain_and_streamed
def test_a_connection_that_dies_when_it_is_used_again(stream: bool) -> None:
    """The request is sent once more over a fresh one; for the client and the ledger it was one attempt."""
    with RunningGateway() as gateway:
        asked(gateway, "[[sim:close_on_reuse]]")
        answer = asked(gateway, stream=stream)
        row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange
        assert (log_of(gateway).total, log_of(gateway).connections_opened) == (2, 2)

    assert (answer.status, answer.complete, answer.fields["x-routeproof-attempts"]) == (200, True, "1")
    assert (row.outcome, row.attempts) == ("ok", 1)


def test_it_is_not_sent_a_third_time() -> None:
    """Where the fresh connection dies, too, the attempt has failed."""
    with RunningGateway() as gateway:
        asked(gateway, "[[sim:close_on_reuse]]")
        gateway.simulator.server("deepseek").faults.add("reset", times=1)
        answer = asked(gateway)
        assert (log_of(gateway).total, log_of(gateway).connections_opened) == (2, 2)

    assert (answer.status, answer.error["code"]) == (502, "upstream_reset")


def test_a_fresh_connection_that_dies_is_not_tried_again() -> None:
    """Without an earlier answer on the connection nobody can say that the request was not taken."""
    with RunningGateway() as gateway:
        answer = asked(gateway, "[[sim:reset]]")
        assert log_of(gateway).total == 1

    assert answer.error["code"] == "upstream_reset"


def test_a_second_dead_connection_is_not_what_it_is_tried_on() -> None:
    """Where several kept ones have died the request does not go from one to the next."""
    with RunningGateway() as gateway, several(gateway.port, 3) as clients:
        for client in clients:
            client.send(chat(gateway.key, f"[[sim:close_on_reuse]]{OVERLAPPING}", model=DEEPSEEK, stream=True))
        assert [client.answer().complete for client in clients] == [True] * 3
        assert log_of(gateway).connections_opened == 3
        assert asked(gateway).status == 200
        assert log_of(gateway).connections_opened == 4


def test_another_kept_connection_that_dies_ends_the_attempt() -> None:
    """Where the second try got a connection that others had used, and it dies too, there is no third."""
    with RunningGateway(limits="first_byte_timeout_s = 5") as gateway, several(gateway.port, 2) as clients:
        for client, events in zip(clients, (40, 1), strict=True):
            text = f"[[sim:close_on_reuse]]{OVERLAPPING}[[sim:events={events}]]"
            client.send(chat(gateway.key, text, model=DEEPSEEK, stream=True))
            client.head()
        assert clients[1].rest_of_chunks().complete
        never_resolves(gateway)
        answer = asked(gateway)
        assert (log_of(gateway).total, log_of(gateway).connections_opened) == (2, 2)
        assert clients[0].rest_of_chunks().complete

    assert (answer.status, answer.error["code"]) == (502, "upstream_reset")


def never_resolves(gateway: RunningGateway) -> None:
    """From now on no fresh connection comes, so that a waiting exchange gets the next one that others give back."""

    async def resolver(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    for pool in gateway.plane._assembly.pools:
        pool._resolver = resolver


def test_a_connection_that_the_provider_closed_is_not_used() -> None:
    """What ended while it was idle is forgotten before anybody asks for it."""
    with RunningGateway() as gateway:
        asked(gateway, "[[sim:close_while_idle]]")
        until(lambda: log_of(gateway).connections_open == 0, "the idle connection's end")
        answer = asked(gateway)
        assert (log_of(gateway).total, log_of(gateway).connections_opened) == (2, 2)

    assert answer.status == 200


def test_bytes_that_nobody_asked_for_end_a_connection() -> None:
    """What a provider sends after its answer can't become the beginning of the next one."""
    with RunningGateway() as gateway:
        asked(gateway, "[[sim:content_length_too_short]]")
        answers = [asked(gateway) for _ in range(3)]

    assert [(answer.status, answer.complete) for answer in answers] == [(200, True)] * 3


def test_a_cancelled_exchange_takes_its_connection_with_it() -> None:
    """The rest of an answer that nobody waits for can't reach the next client."""
    with RunningGateway() as gateway:
        with RawClient(gateway.port) as client:
            client.send(chat(gateway.key, "[[sim:events=50]][[sim:event_interval_ms=5]]", model=DEEPSEEK, stream=True))
            client.head()
        until(lambda: log_of(gateway).requests[0].client_gone, "the provider's end")
        assert asked(gateway).status == 200
        assert log_of(gateway).connections_opened == 2
