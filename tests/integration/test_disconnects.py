"""Clients that leave: their provider is let go, one row says so, and nothing of their answer reaches anybody else."""

import random
from collections.abc import Iterator

import pytest
from tests.support.inside import busy_upstream, tasks
from tests.support.raw_client import RawClient, ask, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.ledger.entries import Entry
from routeproof.simulator.seen import SeenRequest

DEEPSEEK = "deepseek/deepseek-flash"
CASES = 200
HEAD_AND_EVENTS_BYTES = 6_000
"""About what a client is sent before the provider of these tests falls silent."""
STALLS = "[[sim:events=30]][[sim:stall_mid_stream]][[sim:after_events=20]]"
NEVER_BEGINS = "[[sim:stall_before_headers]]"
ALL_BUT_DONE = "[[sim:events=3]][[sim:stall_mid_stream]][[sim:after_events=5]]"
"""The usage has come when the provider falls silent; only [DONE] has not."""
QUIET = {"thinking": {"type": "disabled"}}


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all who leave."""
    with RunningGateway() as running:
        yield running


def left(gateway: RunningGateway, text: str, *, after_bytes: int, reset: bool = True, **fields: object) -> Entry:
    """Ask, take so many bytes of the answer, leave; returns the row once there is one."""
    before = len(gateway.ledger.entries)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, text, model=DEEPSEEK, **fields))
        if after_bytes:
            client.take(after_bytes)
        else:
            seen = gateway.simulator.server("deepseek").log
            until(lambda: seen.total == before + 1, "the request")
        if reset:
            client.reset()
    return gateway.ledger.wait(before + 1)[before]


def last_seen(gateway: RunningGateway) -> SeenRequest:
    """The provider's side of the last exchange."""
    return gateway.simulator.server("deepseek").seen[-1]


def test_a_client_that_leaves_at_any_byte(gateway: RunningGateway) -> None:
    """Wherever it leaves: the provider's connection ends, and exactly one row says `cancelled` and what is known."""
    draws = random.Random(7)
    idle_tasks, before = tasks(gateway), len(gateway.ledger.entries)
    for case in range(CASES):
        never = case % 10 == 0
        after_bytes = 0 if never else draws.randrange(1, HEAD_AND_EVENTS_BYTES)
        text = NEVER_BEGINS if never else STALLS
        entry = left(gateway, text, after_bytes=after_bytes, reset=draws.random() < 0.5, stream=case % 20 != 0, **QUIET)
        check_cancelled(entry, sent=not never)
        seen = last_seen(gateway)
        until(lambda seen=seen: seen.over, "the provider's end")
        assert seen.client_gone

    assert len(gateway.ledger.entries) == before + CASES
    check_nothing_is_left(gateway, idle_tasks)


def check_cancelled(entry: Entry, *, sent: bool) -> None:
    """The row of a client that left before the usage came."""
    exchange, (attempt,) = entry.exchange, entry.attempts
    assert (exchange.outcome, exchange.error_code) == ("cancelled", None)
    assert exchange.status == (200 if sent else None)
    assert (exchange.first_byte_us is not None) == sent
    assert attempt.outcome == "cancelled"
    assert (attempt.provenance, attempt.cost_nanousd, attempt.cost_note) == ("unknown", None, "usage_missing")
    assert exchange.cost_nanousd is None


def check_nothing_is_left(gateway: RunningGateway, idle_tasks: int) -> None:
    """No exchange, no connection in use on either side, no task."""
    listener = gateway.plane.listener
    until(lambda: listener.open_connections == 0 and busy_upstream(gateway) == 0, "an end of all connections")
    assert gateway.plane.hub.exchanges == 0
    assert gateway.ledger.open == {}
    assert tasks(gateway) == idle_tasks


def test_the_cost_of_what_was_left_has_a_bound_where_the_client_set_one(gateway: RunningGateway) -> None:
    """With max_tokens the worst that the attempt can have cost is known; without it nothing is made up."""
    bounded = left(gateway, STALLS, after_bytes=300, stream=True, max_tokens=1_000)
    unbounded = left(gateway, STALLS, after_bytes=300, stream=True)

    assert bounded.exchange.cost_nanousd is None
    assert bounded.exchange.cost_bound_nanousd is not None
    assert bounded.exchange.cost_bound_nanousd > 1_000 * 100  # more than a thousand tokens at 0.10 USD per million
    assert unbounded.exchange.cost_bound_nanousd is None


def test_a_usage_that_came_before_the_client_left_is_counted(gateway: RunningGateway) -> None:
    """Cancelled, but with the cost that the provider reported."""
    with RawClient(gateway.port) as client:
        before = len(gateway.ledger.entries)
        client.send(chat(gateway.key, ALL_BUT_DONE, model=DEEPSEEK, stream=True, **QUIET))
        client.head()
        until(lambda: last_seen(gateway).response_events == 5, "all but the end mark")
        gateway.turn()
    entry = gateway.ledger.wait(before + 1)[before]

    assert entry.exchange.outcome == "cancelled"
    assert entry.attempts[0].provenance == "reported"
    assert entry.exchange.cost_nanousd is not None
    assert entry.exchange.cost_nanousd > 0


def test_a_client_that_leaves_the_queue_for_a_connection() -> None:
    """Who waited in vain has cost nothing, and the provider never hears of it."""
    limits = "upstream_connections_max = 1\nupstream_idle_connections_max = 1"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port) as first:
        first.send(chat(gateway.key, NEVER_BEGINS, model=DEEPSEEK))
        until(lambda: gateway.simulator.server("deepseek").log.total == 1, "the first request")
        with RawClient(gateway.port) as second:
            second.send(chat(gateway.key, "never sent", model=DEEPSEEK))
            until(lambda: len(gateway.ledger.open) == 2, "the second one's turn to wait")
        (entry,) = gateway.ledger.wait(1)
        first.reset()
        gateway.ledger.wait(2)
        assert gateway.simulator.server("deepseek").log.total == 1

    assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("cancelled", 0)
    assert entry.attempts[0].cost_note == "not_sent"


def test_a_client_that_leaves_before_its_request_is_whole(gateway: RunningGateway) -> None:
    """Half a request is none: nothing is dispatched, and there is no row."""
    rows, idle_tasks = len(gateway.ledger.entries), tasks(gateway)
    seen = gateway.simulator.server("deepseek").log.total
    for cut in (10, 60, 150, -1):
        with RawClient(gateway.port) as client:
            client.send(chat(gateway.key, model=DEEPSEEK)[:cut])
            gateway.turn()
    check_nothing_is_left(gateway, idle_tasks)

    assert (len(gateway.ledger.entries), gateway.simulator.server("deepseek").log.total) == (rows, seen)


def test_a_client_that_closes_only_its_sending_half(gateway: RunningGateway) -> None:
    """It can't be told from one that is gone, and is treated as such; the provider does not work on for nobody."""
    before = len(gateway.ledger.entries)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, STALLS, model=DEEPSEEK, stream=True))
        client.head()
        client.finish_sending()
        assert not client.rest().endswith(b"0\r\n\r\n")
    assert gateway.ledger.wait(before + 1)[before].exchange.outcome == "cancelled"
    until(lambda: last_seen(gateway).client_gone, "the provider's end")


def test_who_leaves_after_the_answer_is_no_cancellation(gateway: RunningGateway) -> None:
    """The row of an answer that was handed over whole says `ok`, whatever the client does then."""
    for _ in range(20):
        before = len(gateway.ledger.entries)
        answer = ask(gateway.port, chat(gateway.key, "hello", model=DEEPSEEK, stream=True))
        assert answer.complete
        assert gateway.ledger.wait(before + 1)[before].exchange.outcome == "ok"
