"""The demo's mix against a data plane whose ledger is in memory: it passes, and it fails where a row is wrong."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvloop
from tests.support.memory_ledger import MemoryLedger
from tests.unit.operations.demo.demo_support import KEY, NotingScreen, prices

from routeproof.access.keys import KeyRecord, KeyRing, key_id_of
from routeproof.clock import SystemClock
from routeproof.config.settings import Settings
from routeproof.gateway.data_plane import DataPlane
from routeproof.ids import ExchangeIds
from routeproof.ledger.entries import Entry, Outcome
from routeproof.operations.demo.guide import Guide
from routeproof.operations.demo.report import DemoSummary
from routeproof.operations.demo.running import run_demo
from routeproof.operations.demo.scenes import SCENES

Edit = Callable[[list[Entry]], list[Entry]]


class MemoryGateway:
    """A data plane that serves; `edit` is what its ledger does wrong."""

    def __init__(self, port: int, ledger: MemoryLedger, edit: Edit) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.key = KEY.text
        self._ledger = ledger
        self._edit = edit

    async def rows(self) -> list[Entry]:
        """Every entry, as edited."""
        return self._edit(list(self._ledger.entries))


def starter(edit: Edit = list) -> Callable[[Settings], AbstractAsyncContextManager[MemoryGateway]]:
    """Starts data planes whose ledgers are in memory."""

    @asynccontextmanager
    async def start(settings: Settings) -> AsyncIterator[MemoryGateway]:
        ledger = MemoryLedger()
        record = KeyRecord(key_id_of(KEY.public_id), KEY.digest, "demo", "demo", 0, None, "demo")
        plane = DataPlane(
            settings,
            prices=prices(),
            keys=KeyRing([record]),
            recorder=ledger,
            writer=ledger,
            ids=ExchangeIds(0),
            clock=SystemClock(),
        )
        port = await plane.start()
        try:
            yield MemoryGateway(port, ledger, edit)
        finally:
            await plane.close()

    return start


def demo(edit: Edit = list) -> tuple[bool, DemoSummary]:
    """Run the demo once; what it says, and the summary that it showed."""
    screen = NotingScreen()
    ok = uvloop.run(run_demo(starter(edit), screen, once=True, as_json=True))
    (line,) = screen.shown
    return ok, msgspec.json.decode(line, type=DemoSummary)


def test_every_request_has_its_row_and_its_exact_cost() -> None:
    """One row each; four costs can't be known: two answers that broke off, one that was dropped, one without prices."""
    ok, summary = demo()

    assert summary.failed == []
    assert (ok, summary.ok) == (True, True)
    assert summary.requests == summary.rows == len(SCENES)
    assert summary.unknown_costs == 4
    assert summary.cost_nanousd > 0


def edited(outcome: Outcome, change: Callable[[Entry], list[Entry]]) -> Edit:
    """A ledger that is wrong about the first exchange with this outcome."""

    def edit(entries: list[Entry]) -> list[Entry]:
        place = next(place for place, entry in enumerate(entries) if entry.exchange.outcome == outcome)
        return [*entries[:place], *change(entries[place]), *entries[place + 1 :]]

    return edit


def dearer(entry: Entry) -> list[Entry]:
    """One nanodollar too much, consistently."""
    (attempt,) = entry.attempts
    assert attempt.cost_nanousd is not None
    cost = attempt.cost_nanousd + 1
    return [
        Entry(
            msgspec.structs.replace(entry.exchange, cost_nanousd=cost),
            [msgspec.structs.replace(attempt, cost_nanousd=cost)],
        )
    ]


def free(entry: Entry) -> list[Entry]:
    """An unknown cost shown as nothing."""
    attempts = [msgspec.structs.replace(attempt, cost_nanousd=0) for attempt in entry.attempts]
    return [Entry(msgspec.structs.replace(entry.exchange, cost_nanousd=0, cost_bound_nanousd=None), attempts)]


@pytest.mark.parametrize(
    ("edit", "request_name"),
    [
        (edited(Outcome.OK, lambda _entry: []), "deepseek plain"),
        (edited(Outcome.OK, lambda entry: [entry, entry]), "deepseek plain"),
        (edited(Outcome.OK, dearer), "deepseek plain"),
        (edited(Outcome.CANCELLED, free), "client hangs up"),
        (edited(Outcome.TRUNCATED, free), "stream breaks"),
    ],
    ids=["missing", "doubled", "dearer", "free though it was cancelled", "free though it broke"],
)
def test_one_wrong_row_fails_the_demo(edit: Edit, request_name: str) -> None:
    """And the summary names the request."""
    ok, summary = demo(edit)

    assert (ok, summary.ok) == (False, False)
    assert [failure.request for failure in summary.failed if failure.request != "the ledger"] == [request_name]


class StoppingScreen(NotingScreen):
    """Sends a signal to the process when it is shown what begins so."""

    def __init__(self, beginning: str) -> None:
        super().__init__()
        self._beginning = beginning

    def say(self, text: str = "") -> None:
        """Note the line."""
        super().say(text)
        if text.startswith(self._beginning):
            os.kill(os.getpid(), signal.SIGINT)


def test_it_stays_up_with_a_guide_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the verdict still counts, and its folder is gone."""
    guides: list[Any] = []

    def noted(guide: Guide) -> str:
        guides.append(guide)
        assert guide.config_path.is_file()
        return "guide"

    monkeypatch.setattr("routeproof.operations.demo.running.guide_text", noted)
    screen = StoppingScreen("\nguide")

    assert uvloop.run(run_demo(starter(), screen, once=False, as_json=False)) is True
    assert screen.shown[-2].startswith('{"ok":true')
    (guide,) = guides
    assert guide.models == ("assistant", "qwen", "steady", "sturdy", "resold")
    assert not Path(guide.config_path).parent.exists()


def test_stopped_before_its_report_it_has_failed() -> None:
    """Not a word of a verdict, and nothing left running."""

    @asynccontextmanager
    async def never(_settings: Settings) -> AsyncIterator[MemoryGateway]:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()
        yield MemoryGateway(0, MemoryLedger(), list)

    screen = NotingScreen()

    assert uvloop.run(run_demo(never, screen, once=True, as_json=False)) is False
    assert screen.shown[-1] == "stderr: The demo was stopped before its report."
