"""The flight recorder can't be synced: nothing more is sent or tried again; what was sent gets its rows."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from tests.support.load import Asked, ask_in_turn
from tests.support.program import Serving
from tests.support.raw_client import ask, chat
from tests.support.site import Site
from tests.support.tracing import failing, needs_strace

from routeproof.ledger.entries import Entry
from routeproof.store.data_dir import recorder_path
from routeproof.store.reading import LedgerFilter, LedgerReader

PACE = "first_byte_ms = 300\nevent_interval_ms = 5"  # long enough to break the disk under an answer
STOPPED = "can't be synced any more, restart to recover"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Every dispatch waits for a sync."""
    with Site(tmp_path, latency=PACE, server='durability = "power"') as running:
        yield running


@needs_strace()
def test_a_failing_sync_of_the_recorder(site: Site) -> None:
    """The request that met it is refused, and all after it, although the disk is sound again; a restart serves."""
    gateway = site.serve().wait_ready()
    calls = site.folder / "calls"
    in_flight = [Asked(number, "deepseek", number % 2 == 0, 64, "broken") for number in range(4)]
    with ExitStack() as broken:
        breaking = failing(gateway.pid, "fdatasync", "EIO", recorder_path(site.data_dir, 0), calls)
        asyncio.run(answered_on_a_broken_disk(site, gateway, in_flight, broken, breaking))
        refuses(site, gateway)
    refuses(site, gateway)
    assert calls.read_text().count("fdatasync(") == 1, calls.read_text()
    assert gateway.stop() == 0
    assert sum(STOPPED in message for message in gateway.messages()) == 1
    assert site.in_recorder() == 0

    met, *others = entries(site)[len(in_flight) :]
    assert [(it.exchange.outcome, it.exchange.cost_nanousd) for it in (met, *others)] == [("gateway_error", 0)] * 5
    assert ([it.outcome for it in met.attempts], [it.attempts for it in others]) == (["gateway_error"], [[]] * 4)
    assert [it.exchange.outcome for it in entries(site)[: len(in_flight)]] == ["ok"] * len(in_flight)
    assert ask(site.serve().wait_ready().port, chat(site.key, model="deepseek")).status == 200


async def answered_on_a_broken_disk(
    site: Site, gateway: Serving, requests: list[Asked], broken: ExitStack, breaking: AbstractContextManager[object]
) -> None:
    """The disk breaks once the providers have seen all of them; another request meets it, these get whole answers."""
    seen: list[dict[str, str]] = []
    async with asyncio.TaskGroup() as clients:
        for request in requests:
            clients.create_task(ask_in_turn(gateway.port, site.key, [request]))
        while len(seen) < len(requests):
            await asyncio.sleep(0.001)
            seen += site.seen()
        broken.enter_context(breaking)
        refuses(site, gateway, times=1)
    assert all(request.whole for request in requests)


def refuses(site: Site, gateway: Serving, times: int = 2) -> None:
    """What is asked for now gets 503, and goes nowhere; the process itself is alive, and says that it is not ready."""
    for number in range(times):
        answer = ask(gateway.port, chat(site.key, model="deepseek", stream=number % 2 == 0))
        assert (answer.status, answer.error["code"]) == (503, "ledger_unavailable")
    assert (gateway.readiness(), gateway.get("/healthz").status) == (503, 200)
    assert site.seen() == []


def entries(site: Site) -> list[Entry]:
    """Everything in the ledger, the oldest first."""
    return LedgerReader(site.database).page(LedgerFilter(), 100).entries[::-1]
