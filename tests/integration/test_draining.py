"""Where the operator wants it, the answer of a client that left is read on for its usage, within bounds."""

from collections.abc import Iterator

import pytest
from tests.support.raw_client import RawClient, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.ledger.entries import Entry
from routeproof.simulator.seen import SeenRequest

DEEPSEEK = "deepseek/deepseek-flash"
DRAINS = {"deepseek": 'on_disconnect = "drain"'}
SLOW_STREAM = "[[sim:events=30]][[sim:event_interval_ms=5]]"
LATE = "[[sim:stall_before_headers]][[sim:seconds=0.1]]"


@pytest.fixture(scope="module")
def draining() -> Iterator[RunningGateway]:
    """A gateway that reads to the usage."""
    with RunningGateway(provider_lines=DRAINS) as running:
        yield running


def left(gateway: RunningGateway, text: str, *, stream: bool, after_head: bool) -> tuple[Entry, SeenRequest]:
    """Ask and leave, before or after the answer's head; returns the row and the provider's side of it."""
    rows, log = len(gateway.ledger.entries), gateway.simulator.server("deepseek").log
    number = log.total
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, text, model=DEEPSEEK, stream=stream))
        if after_head:
            client.head()
        until(lambda: log.total == number + 1, "the request")
    entry = gateway.ledger.wait(rows + 1)[rows]
    seen = log.get(number)
    until(lambda: seen.over, "the provider's end")
    return entry, seen


@pytest.mark.parametrize(
    ("text", "stream", "after_head"),
    [(SLOW_STREAM, True, True), (LATE, True, False), (LATE, False, False)],
    ids=["mid-stream", "before a stream", "before a plain answer"],
)
def test_an_answer_is_read_to_its_usage(draining: RunningGateway, text: str, stream: bool, after_head: bool) -> None:
    """The row says `cancelled`, and what it has cost."""
    entry, seen = left(draining, text, stream=stream, after_head=after_head)
    exchange, (attempt,) = entry.exchange, entry.attempts

    assert not seen.client_gone
    assert exchange.outcome == "cancelled"
    assert exchange.status == (200 if after_head else None)
    assert (exchange.response_bytes > 0) == after_head
    assert attempt.provenance == "reported"
    assert attempt.output_tokens is not None
    assert exchange.cost_nanousd is not None
    assert exchange.cost_nanousd > 0


def test_a_connection_whose_answer_was_read_to_its_end_is_used_again(draining: RunningGateway) -> None:
    """Draining leaves the connection clean."""
    _, first = left(draining, LATE, stream=False, after_head=False)
    _, second = left(draining, LATE, stream=False, after_head=False)

    assert first.connection == second.connection


def test_a_failure_is_not_tried_elsewhere_for_nobody() -> None:
    """Once the client has gone a failing provider ends the exchange: the fallback is not asked."""
    with RunningGateway(provider_lines=DRAINS, limits="first_byte_timeout_s = 0.1") as gateway:
        with RawClient(gateway.port) as client:
            client.send(chat(gateway.key, "[[sim:stall_before_headers]]", model="assistant"))
            until(lambda: gateway.simulator.server("deepseek").log.total == 1, "the request")
        (entry,) = gateway.ledger.wait(1)
        assert gateway.simulator.server("qwen").log.total == 0

    assert (entry.exchange.outcome, entry.exchange.error_code) == ("cancelled", "upstream_first_byte_timeout")


def test_disconnect_drain_max_s() -> None:
    """A provider that takes longer than this is let go, its usage unknown."""
    with RunningGateway(provider_lines=DRAINS, limits="disconnect_drain_max_s = 0.1") as gateway:
        text = "[[sim:stall_mid_stream]][[sim:event_interval_ms=1]]"
        entry, seen = left(gateway, text, stream=True, after_head=True)

    assert seen.client_gone
    assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("cancelled", None)


def test_disconnect_drain_max_bytes() -> None:
    """A provider that sends more than this is let go, its usage unknown; up to it, it is read."""
    text = "[[sim:bytes=60000]][[sim:events=60]][[sim:event_interval_ms=2]]"
    for most, gone in ((10_000, True), (10_000_000, False)):
        with RunningGateway(provider_lines=DRAINS, limits=f"disconnect_drain_max_bytes = {most}") as gateway:
            entry, seen = left(gateway, text, stream=True, after_head=True)

        assert seen.client_gone == gone
        assert entry.exchange.outcome == "cancelled"
        assert (entry.exchange.cost_nanousd is None) == gone


def test_without_being_told_to_nothing_is_drained() -> None:
    """By default the provider is let go at once."""
    with RunningGateway() as gateway:
        entry, seen = left(gateway, SLOW_STREAM, stream=True, after_head=True)

    assert seen.client_gone
    assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("cancelled", None)
