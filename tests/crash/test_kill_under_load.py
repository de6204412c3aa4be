"""kill -9 under load, at whatever moment: the next start has a row for all that reached a provider, and exact costs."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.crash_checks import LedgerCheck
from tests.support.load import Load
from tests.support.program import Serving
from tests.support.site import Site

from routeproof.store.health import check_database

CYCLES = 30
CLIENTS = 50
SEEN = (110, 220)  # requests when it is killed: some clients have whole answers then, most are waiting
PACE = "first_byte_ms = 10\nevent_interval_ms = 4"
# Every fallback is taken, so that a request has two attempts wherever its first route is busy.
LIMITS = {"breaker_failures": 1_000_000, "retry_budget_percent": 100}
LOOK_AGAIN_S = 0.001


class Killed:
    """A site whose gateway is killed again and again."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.check = LedgerCheck(site)
        self.gateway: Serving = site.serve().wait_ready()

    async def load_then_kill(self, load: Load, kill_at: int) -> list[dict[str, str]]:
        """Kill the gateway once the providers have seen so many requests of the load; all that they have seen."""
        seen: list[dict[str, str]] = []
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(load.client())
            while len(seen) < kill_at:
                assert not self.gateway.ended, self.gateway.log()
                await asyncio.sleep(LOOK_AGAIN_S)
                seen += self.site.seen()
            self.gateway.kill()
        return seen

    def restart(self) -> None:
        """A start after the kill."""
        self.gateway = self.site.serve().wait_ready()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    """One data directory for all cycles: what one leaves, the next has to live with."""
    folder: Path = tmp_path_factory.mktemp("killed")
    with Site(folder, latency=PACE, limits=LIMITS) as site:
        yield Killed(site)


@pytest.mark.parametrize("seed", range(CYCLES))
def test_killed_under_load(killed: Killed, seed: int) -> None:
    """What reached a provider has one row; what a client holds whole is paid exactly; the rest is bounded."""
    load = Load(killed.gateway.port, killed.site.key, seed)
    kill_at = random.Random(seed).randrange(*SEEN)
    seen = asyncio.run(killed.load_then_kill(load, kill_at))
    killed.restart()
    seen += killed.site.seen()
    entries = killed.check.after_crash(load.asked, seen)

    interrupted = [entry for entry in entries if entry.exchange.outcome == "interrupted"]
    assert any(asked.whole for asked in load.asked) and interrupted, "nothing to see in this cycle"
    recovery = check_database(killed.site.database).last_recovery
    assert recovery is not None
    assert (recovery.interrupted, recovery.damaged) == (len(interrupted), 0)
