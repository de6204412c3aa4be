"""kill -9 at a chosen system call: what was acknowledged is durable, and what is durable was attempted."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.crash_checks import LedgerCheck
from tests.support.load import MODELS, Asked, ask_in_turn
from tests.support.program import Serving
from tests.support.site import Site
from tests.support.tracing import injecting, needs_strace
from tests.support.waiting import until

pytestmark = needs_strace()

PACE = "first_byte_ms = 10\nevent_interval_ms = 1"
POINTS = [
    *[("pwrite64", place) for place in (1, 3, 8, 21, 34, 55)],  # pages of the database and of its journal
    *[("fsync", place) for place in (1, 3, 5)],
    *[("write", place) for place in (3, 8, 15)],  # to providers, to clients, to the log
]
START_S = 20.0


class Traced:
    """A site whose gateway runs under strace, with another fault each time."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.check = LedgerCheck(site)

    def start(self, fault: str) -> Serving:
        """A start with that fault; it may be what ends it."""
        gateway = self.site.serve(under=injecting(fault, log=self.site.folder / "strace"))
        until(lambda: gateway.ended or gateway.ready(), "the gateway is ready or dead", START_S)
        return gateway

    def ask(self, gateway: Serving, load: str) -> list[Asked]:
        """Twelve requests, one after the other, as far as the gateway lives."""
        if gateway.ended:
            return []
        requests = [Asked(number, MODELS[number % 3], number % 2 == 0, 64, load) for number in range(12)]
        return asyncio.run(ask_in_turn(gateway.port, self.site.key, requests))


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """One data directory for all crashes; every commit is synced."""
    folder: Path = tmp_path_factory.mktemp("traced")
    with Site(folder, latency=PACE, server='durability = "power"') as site:
        yield Traced(site)


@pytest.mark.parametrize(("call", "place"), POINTS)
def test_killed_at_a_call(traced: Traced, call: str, place: int) -> None:
    """Before that call of any of its threads is carried out; the start itself, and its recovery, count too."""
    gateway = traced.start(f"{call}:signal=SIGKILL:when={place}")
    asked = traced.ask(gateway, f"{call}-{place}")
    assert gateway.wait() == -signal.SIGKILL
    with traced.site.serve().wait_ready():
        traced.check.after_crash(asked, traced.site.seen())


@pytest.mark.parametrize(("model", "stream"), [("deepseek", False), ("qwen", True)])
def test_killed_once_the_client_has_its_answer(traced: Traced, model: str, stream: bool) -> None:
    """Right after the write that hands it over: the row is exact, for it was noted before."""
    gateway = traced.start("write:delay_exit=100000")
    asked = asyncio.run(
        ask_in_turn(gateway.port, traced.site.key, [Asked(0, model, stream, None, f"{model}-{stream}")])
    )
    gateway.kill()
    assert [request.whole for request in asked] == [True]
    with traced.site.serve().wait_ready():
        (entry,) = traced.check.after_crash(asked, traced.site.seen())
    assert entry.exchange.outcome == "ok"
