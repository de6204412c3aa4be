"""Opening a data directory to serve on it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from tests.support.loop_thread import LoopThread
from tests.support.sample_entries import START_NS, sample_entry, sample_id, sample_open
from tests.support.waiting import until

from routeproof.access.keys import RANDOM_BYTES, KeyRecord, key_id_of, mint_key
from routeproof.clock import FixedClock
from routeproof.errors import StoreError
from routeproof.store.data_dir import database_path, is_locked, recorder_path
from routeproof.store.fitting import pack_entry
from routeproof.store.keys import add_key
from routeproof.store.opening import OpenLedger
from routeproof.store.reading import LedgerFilter, LedgerReader
from routeproof.store.recorder import FlightRecorder
from routeproof.store.workers import read_workers

WAIT_S = 10.0


def opened(data_dir: Path, **changes: Any) -> OpenLedger:
    options: dict[str, Any] = {
        "slots": 16,
        "durability": "process",
        "bound": lambda _: 5,
        "clock": FixedClock(START_NS),
        "on_failure": lambda error: pytest.fail(str(error)),
    }
    return OpenLedger(data_dir, **(options | changes))


def test_a_first_start_makes_everything(tmp_path: Path) -> None:
    """Directory, database and recorder; nothing was left to recover, and a row goes through."""
    with opened(tmp_path / "data") as ledger:
        assert ledger.recoveries == []
        assert len(ledger.keys()) == 0
        slot = ledger.recorder.claim(sample_open(1))
        ledger.recorder.finish(slot, sample_entry(1))
        ledger.writer.append(pack_entry(sample_entry(1)), slot)
        assert ledger.writer.flush(WAIT_S)

    page = LedgerReader(database_path(tmp_path / "data")).page(LedgerFilter(), 10)
    assert page.entries == [sample_entry(1)]


def test_a_start_after_a_kill_writes_what_was_left(tmp_path: Path) -> None:
    """The rows are there before anything is served, and new ids come after them although the clock went back."""
    with opened(tmp_path) as ledger:
        ledger.recorder.claim(sample_open(7))
    with opened(tmp_path, clock=FixedClock(START_NS - 10**12)) as ledger:
        (recovery,) = ledger.recoveries
        assert recovery.interrupted == 1
        assert ledger.ids.next(START_NS - 10**12) > sample_id(7)

    (entry,) = LedgerReader(database_path(tmp_path)).page(LedgerFilter(), 10).entries
    assert (entry.exchange.id, entry.exchange.outcome, entry.exchange.cost_bound_nanousd) == (
        sample_id(7),
        "interrupted",
        5,
    )


def test_only_one_serves_at_a_time(tmp_path: Path) -> None:
    """The second is refused before it touches anything; after the first has closed it may."""
    with opened(tmp_path) as ledger:
        ledger.recorder.claim(sample_open(1))
        with pytest.raises(StoreError, match="another process serves on"):
            opened(tmp_path)
        assert ledger.recorder.in_use == 1
    opened(tmp_path).close()


def test_a_start_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    """The lock is given back, so that the next try can succeed."""
    recorder_path(tmp_path, 0).write_text("something else")
    with pytest.raises(StoreError, match="no flight recorder"):
        opened(tmp_path)

    assert not is_locked(tmp_path)
    recorder_path(tmp_path, 0).unlink()
    opened(tmp_path).close()


def test_notes_are_synced_where_durability_is_power_alone(tmp_path: Path) -> None:
    """With `process` there is nothing to wait for; with `power` a wait ends, and the ledger's end is the sync's."""
    with opened(tmp_path) as ledger:
        assert ledger.slot_sync is None
    with opened(tmp_path, durability="power") as ledger, LoopThread() as loop:
        assert ledger.slot_sync is not None
        told: list[bool] = []
        loop.loop.call_soon_threadsafe(ledger.slot_sync.wait, told.append)
        until(lambda: told, "the sync")

    assert told == [True]
    assert not ledger.slot_sync.healthy


def test_a_failed_sync_makes_the_ledger_unhealthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing new is begun; the rows of what has begun are still committed, for the recorder may have lost them."""
    failures: list[BaseException] = []
    with opened(tmp_path, durability="power", on_failure=failures.append) as ledger, LoopThread() as loop:
        slot = ledger.recorder.claim(sample_open(1))
        assert ledger.slot_sync is not None
        monkeypatch.setattr(ledger.slot_sync, "_make_durable", failing_sync)
        told: list[bool] = []
        loop.loop.call_soon_threadsafe(ledger.slot_sync.wait, told.append)
        until(lambda: told, "the failure")
        assert (told, ledger.writer.healthy, len(failures)) == ([False], False, 1)

        ledger.writer.append(ledger.recorder.finish(slot, sample_entry(1)), slot)
        assert ledger.writer.flush(WAIT_S)
        assert ledger.recorder.in_use == 0

    assert LedgerReader(database_path(tmp_path)).page(LedgerFilter(), 10).entries == [sample_entry(1)]


def failing_sync(_descriptor: int) -> None:
    """A disk that is broken."""
    raise OSError(5, "Input/output error")


def test_another_workers_recorder_is_not_left_behind(tmp_path: Path) -> None:
    """A directory that served as another worker before is recovered whole."""
    opened(tmp_path).close()
    recorder = FlightRecorder(recorder_path(tmp_path, 3), 16, 3)
    recorder.claim(sample_open(1))
    recorder.close()

    with opened(tmp_path) as ledger:
        assert [recovery.interrupted for recovery in ledger.recoveries] == [1]


def test_a_new_key_is_heard_of(tmp_path: Path) -> None:
    """Another connection adds one; the callback comes, and the ring then has it."""
    told = threading.Event()
    key = mint_key(bytes(range(RANDOM_BYTES)))
    with opened(tmp_path) as ledger:
        ledger.on_keys_changed = told.set
        add_key(ledger.database, KeyRecord(key_id_of(key.public_id), key.digest, "o", "a", 1, None, ""))
        assert told.wait(WAIT_S)
        assert ledger.keys().authenticate(key.text.encode()).owner == "o"
        assert ledger.on_keys_changed == told.set


def test_the_heartbeat_has_the_counters(tmp_path: Path) -> None:
    """What is counted is published, and the end is told."""
    with opened(tmp_path, worker=2) as ledger:
        ledger.read_counters = lambda: {"ok": 1}
        ledger.writer.announce("serving")
        assert ledger.writer.flush(WAIT_S)
        (beat,) = read_workers(ledger.database)
        assert (beat.worker, beat.state, beat.counters) == (2, "serving", {"ok": 1})
        assert ledger.read_counters() == {"ok": 1}
    (beat,) = read_workers(database_path(tmp_path))

    assert beat.state == "stopped"
