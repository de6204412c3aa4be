"""With `durability = "power"` nothing goes to a provider before its note is on the disk, and all else is as ever."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.held_sync import HeldDisk, held_sync
from tests.support.inside import busy_upstream
from tests.support.raw_client import RawClient, ask, chat, request, several
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.ledger.entries import Entry

DEEPSEEK = "deepseek/deepseek-flash"
FAILED_OVER = "assistant"
"""The model that goes on to Qwen."""
plain_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])


@contextmanager
def on_held_disk(folder: Path, limits: str = "") -> Iterator[tuple[RunningGateway, HeldDisk]]:
    """A gateway whose notes go to a disk that is held back; a sync that fails makes its ledger unhealthy."""

    def condemn(_error: BaseException) -> None:
        gateway.ledger.healthy = False

    with held_sync(folder / "recorder", condemn) as (sync, disk):
        gateway = RunningGateway(limits=limits, note_sync=sync)
        with gateway:
            yield gateway, disk


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[RunningGateway, HeldDisk]]:
    """One with the usual limits."""
    with on_held_disk(tmp_path) as running:
        yield running


def sent(gateway: RunningGateway) -> int:
    """Requests that have reached any provider, once the loop has done what it was told to before; none is under way."""
    gateway.turn()
    until(lambda: busy_upstream(gateway) == 0, "nothing is under way")
    return sum(server.log.total for server in gateway.simulator.servers.values())


def row(gateway: RunningGateway) -> Entry:
    """The first row, once it is there."""
    return gateway.ledger.wait(1)[0]


@plain_and_streamed
def test_a_request_is_sent_once_its_note_is_on_the_disk(held: tuple[RunningGateway, HeldDisk], stream: bool) -> None:
    """Until then no provider is even dialled; then the client gets its answer as ever."""
    gateway, disk = held
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, model=DEEPSEEK, stream=stream))
        disk.wait_begun(1)
        assert (busy_upstream(gateway), sent(gateway), len(gateway.ledger.open)) == (0, 0, 1)

        disk.let()
        answer = client.answer()

    assert (answer.status, answer.complete, disk.begun, sent(gateway)) == (200, True, 1, 1)
    assert row(gateway).exchange.outcome == "ok"


def test_requests_that_come_together_share_a_sync(held: tuple[RunningGateway, HeldDisk]) -> None:
    """While one sync runs the others gather; each gets its own answer."""
    gateway, disk = held
    with several(gateway.port, 9) as clients:
        clients[0].send(chat(gateway.key, model=DEEPSEEK))
        disk.wait_begun(1)
        for client in clients[1:]:
            client.send(chat(gateway.key, model=DEEPSEEK))
        until(lambda: len(gateway.ledger.open) == len(clients), "all of them are noted")
        disk.let(2)
        answers = [client.answer() for client in clients]

    assert ([answer.status for answer in answers], disk.begun) == ([200] * 9, 2)


def test_a_failover_waits_for_its_own_note(held: tuple[RunningGateway, HeldDisk]) -> None:
    """The next route is asked once the note that names it is on the disk."""
    gateway, disk = held
    gateway.simulator.server("deepseek").faults.add("status_503", times=None)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, model=FAILED_OVER))
        disk.let()
        disk.wait_begun(2)
        (noted,) = gateway.ledger.open.values()
        assert (noted.routes, gateway.simulator.server("qwen").log.total) == ([DEEPSEEK, "qwen/qwen-plus"], 0)

        disk.let()
        answer = client.answer()

    assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "qwen/qwen-plus")
    assert [attempt.outcome for attempt in row(gateway).attempts] == ["upstream_error", "ok"]


def test_a_failed_sync_stops_paid_traffic(held: tuple[RunningGateway, HeldDisk]) -> None:
    """Who waits is refused with a row that costs nothing, and so is who comes after; the sync is not tried again."""
    gateway, disk = held
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, model=FAILED_OVER))
        disk.wait_begun(1)
        disk.break_down()
        waited = client.answer()
    after = ask(gateway.port, chat(gateway.key, model=FAILED_OVER))
    ready = ask(gateway.port, request("GET", "/readyz"))

    assert [(it.status, it.error["code"]) for it in (waited, after)] == [(503, "ledger_unavailable")] * 2
    assert (ready.status, disk.begun, sent(gateway)) == (503, 1, 0)
    first, second = gateway.ledger.wait(2)
    assert (first.exchange.outcome, first.exchange.cost_nanousd) == ("gateway_error", 0)
    assert [(it.outcome, it.error_code) for it in first.attempts] == [("gateway_error", "ledger_unavailable")]
    assert (second.exchange.outcome, second.attempts) == ("gateway_error", [])


def test_a_sync_that_fails_at_a_failover(held: tuple[RunningGateway, HeldDisk]) -> None:
    """The first route was asked and its row says so; the second is not."""
    gateway, disk = held
    gateway.simulator.server("deepseek").faults.add("status_503", times=None)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, model=FAILED_OVER))
        disk.let()
        disk.wait_begun(2)
        disk.break_down()
        answer = client.answer()

    assert (answer.status, answer.error["code"], sent(gateway)) == (503, "ledger_unavailable", 1)
    assert [(it.outcome, it.error_code) for it in row(gateway).attempts] == [
        ("upstream_error", "upstream_busy"),
        ("gateway_error", "ledger_unavailable"),
    ]


def test_a_failover_after_the_sync_has_failed_for_others(held: tuple[RunningGateway, HeldDisk]) -> None:
    """An exchange that was in flight when the disk broke can't go on to another route."""
    gateway, disk = held
    deepseek = gateway.simulator.server("deepseek")
    deepseek.faults.add("stall_before_headers", times=None)
    with several(gateway.port, 2) as (in_flight, other):
        in_flight.send(chat(gateway.key, model=FAILED_OVER))
        disk.let()
        gateway.loop.run(deepseek.wait_seen(1))
        other.send(chat(gateway.key, model=FAILED_OVER))
        disk.wait_begun(2)
        disk.break_down()
        assert other.answer().status == 503
        gateway.loop.run(deepseek.stop())
        answer = in_flight.answer()

    assert (answer.status, answer.error["code"]) == (503, "ledger_unavailable")
    assert [it.outcome for it in gateway.ledger.wait(2)[1].attempts] == ["upstream_error", "gateway_error"]


@pytest.mark.parametrize("reset", [False, True], ids=["closing", "resetting"])
def test_a_client_that_leaves_meanwhile(held: tuple[RunningGateway, HeldDisk], reset: bool) -> None:
    """Its row says `cancelled` at once, at no cost, and nothing is sent for it when the sync ends."""
    gateway, disk = held
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, model=DEEPSEEK))
        disk.wait_begun(1)
        if reset:
            client.reset()
        else:
            client.finish_sending()
        entry = row(gateway)
    disk.let(2)
    with RawClient(gateway.port) as other:  # told after the one that left would have been
        assert other.ask(chat(gateway.key, model=DEEPSEEK)).status == 200

    assert sent(gateway) == 1
    assert (entry.exchange.outcome, entry.exchange.status, entry.exchange.cost_nanousd) == ("cancelled", None, 0)
    assert [(it.outcome, it.cost_nanousd) for it in entry.attempts] == [("cancelled", 0)]


@pytest.mark.parametrize("deadline", ["first_byte_timeout_s", "total_timeout_s"])
def test_a_sync_that_misses_a_deadline(tmp_path: Path, deadline: str) -> None:
    """It is our own fault: no provider is blamed for it or asked instead, and nothing is sent afterwards."""
    with on_held_disk(tmp_path, f"{deadline} = 0.1\nbreaker_failures = 1") as (gateway, disk):
        answer = ask(gateway.port, chat(gateway.key, model=FAILED_OVER))
        disk.let(2)
        entry = row(gateway)
        after = ask(gateway.port, chat(gateway.key, model=FAILED_OVER))

        assert (answer.status, answer.error["code"]) == (503, "ledger_unavailable")
        assert [(it.outcome, it.cost_nanousd) for it in entry.attempts] == [("gateway_error", 0)]
        assert (after.status, after.fields["x-routeproof-route"], sent(gateway)) == (200, DEEPSEEK, 1)


def test_a_stop_meanwhile(tmp_path: Path) -> None:
    """The client is told, the row says `interrupted` at no cost, and nothing is sent."""
    with (
        on_held_disk(tmp_path, "drain_accept_s = 0\ndrain_streams_s = 0.1") as (gateway, disk),
        RawClient(gateway.port) as client,
    ):
        client.send(chat(gateway.key, model=DEEPSEEK))
        disk.wait_begun(1)
        draining = asyncio.run_coroutine_threadsafe(gateway.plane.drain(), gateway.loop.loop)
        answer = client.answer()
        assert draining.result(10) is False
        disk.let()

        assert (answer.status, answer.error["code"], sent(gateway)) == (503, "shutting_down", 0)
        assert (row(gateway).exchange.outcome, row(gateway).exchange.cost_nanousd) == ("interrupted", 0)
