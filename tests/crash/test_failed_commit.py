"""The ledger can't be written: nothing more is sent, nothing is tried again; a start on a sound disk has it all."""

import asyncio
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.support.crash_checks import LedgerCheck
from tests.support.load import Asked, ask_in_turn
from tests.support.program import Serving
from tests.support.raw_client import ask, chat
from tests.support.site import Site
from tests.support.tracing import failing, needs_strace
from tests.support.waiting import until

PACE = "first_byte_ms = 300\nevent_interval_ms = 5"  # long enough to break the disk under an answer
STOPPED = "the ledger can't be written any more, restart to recover"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Every commit is synced."""
    with Site(tmp_path, latency=PACE, server='durability = "power"') as running:
        yield running


def test_a_full_disk(site: Site) -> None:
    """No file can grow: the exchanges in flight come to their ends, the rest is refused."""
    gateway = site.serve().wait_ready()
    stops_and_recovers(site, gateway, full_disk(gateway, site))


@needs_strace()
@pytest.mark.parametrize(("call", "error"), [("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("fsync", "EIO")])
def test_a_failing_call(site: Site, call: str, error: str) -> None:
    """Each way for a commit to fail: the call is not made again, for a second sync may claim what the first lost."""
    gateway = site.serve().wait_ready()
    calls = site.folder / "calls"
    stops_and_recovers(site, gateway, failing(gateway.pid, call, error, journal(site), calls))

    assert calls.read_text().count(f"{call}(") == 1, calls.read_text()


def stops_and_recovers(site: Site, gateway: Serving, breaking: AbstractContextManager[object]) -> None:
    """The whole story, with answers in flight when the disk breaks."""
    asked = [Asked(number, "deepseek", number % 2 == 0, 64, "broken") for number in range(8)]
    seen = asyncio.run(answered(site, gateway, asked[:4]))
    with ExitStack() as broken:
        seen += asyncio.run(answered(site, gateway, asked[4:], lambda: broken.enter_context(breaking)))
        until(lambda: gateway.readiness() == 503, "it is not ready any more")
        refuses(site, gateway)
    left = journal(site).stat()
    refuses(site, gateway)  # although the disk is sound again
    assert gateway.stop() == 0
    assert sum(message.startswith(STOPPED) for message in gateway.messages()) == 1
    assert site.in_recorder() > 0, "all of it was committed before the disk broke"
    assert (journal(site).stat().st_size, journal(site).stat().st_mtime_ns) == (left.st_size, left.st_mtime_ns)

    site.serve().wait_ready()
    entries = LedgerCheck(site).after_crash(asked, seen)
    assert [entry.exchange.outcome for entry in entries] == ["ok"] * len(asked)


async def answered(
    site: Site, gateway: Serving, requests: list[Asked], meanwhile: Callable[[], object] = lambda: None
) -> list[dict[str, str]]:
    """All get whole answers, `meanwhile` is done once the providers have seen them; returns what those saw."""
    seen: list[dict[str, str]] = []
    async with asyncio.TaskGroup() as clients:
        for request in requests:
            clients.create_task(ask_in_turn(gateway.port, site.key, [request]))
        while len(seen) < len(requests):
            await asyncio.sleep(0.001)
            seen += site.seen()
        meanwhile()
    assert all(request.whole for request in requests)
    return seen


def refuses(site: Site, gateway: Serving) -> None:
    """What is asked for now gets 503, and goes nowhere; the process itself is alive."""
    for stream in (False, True):
        answer = ask(gateway.port, chat(site.key, model="deepseek", stream=stream))
        assert (answer.status, answer.error["code"]) == (503, "ledger_unavailable")
    assert (gateway.readiness(), gateway.get("/healthz").status) == (503, 200)
    assert site.seen() == []


@contextmanager
def full_disk(gateway: Serving, site: Site) -> Iterator[None]:
    """No file of this gateway can grow beyond what the ledger's journal is now."""
    before = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (journal(site).stat().st_size, before[1]))
    yield
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, before)


def journal(site: Site) -> Path:
    """Where commits go first."""
    return site.database.with_name(f"{site.database.name}-wal")
