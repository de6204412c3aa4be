"""The sync of the flight recorder's notes: who waits is told once it is on the disk, in groups, and never wrongly."""

import asyncio
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.held_sync import WAIT_S, HeldDisk, held_sync
from tests.support.loop_thread import LoopThread
from tests.support.waiting import until

from routeproof.errors import LedgerUnavailable, StoreError
from routeproof.store.slot_sync import SlotSync, SlotWait


class Harness:
    """A sync on a held disk, and what a loop was told."""

    def __init__(self, sync: SlotSync, disk: HeldDisk, loop: LoopThread, failures: list[BaseException]) -> None:
        self.sync = sync
        self.disk = disk
        self.loop = loop
        self.failures = failures
        self.told: list[tuple[str, bool]] = []

    def wait(self, *names: str) -> list[SlotWait]:
        """Begin to wait in one turn of the loop, under these names."""

        async def begin() -> list[SlotWait]:
            return [self.sync.wait(self.tell(name)) for name in names]

        return self.loop.run(begin())

    def cancel(self, wait: SlotWait) -> None:
        """Withdraw, on the loop."""

        async def withdraw() -> None:
            wait.cancel()

        self.loop.run(withdraw())

    def tell(self, name: str) -> Callable[[bool], None]:
        return lambda synced: self.told.append((name, synced))

    def until_told(self, count: int) -> list[tuple[str, bool]]:
        """What was told, once it is so much."""
        until(lambda: len(self.told) >= count, f"an answer for {count}")
        return list(self.told)


@pytest.fixture
def harness(recorder_file: Path) -> Iterator[Harness]:
    """Everything is ended at the end, and no callback has failed."""
    failures: list[BaseException] = []
    with LoopThread() as loop, held_sync(recorder_file, failures.append) as (sync, disk):
        yield Harness(sync, disk, loop, failures)
        assert not loop.faults


def test_nobody_is_told_before_the_sync_has_ended(harness: Harness) -> None:
    """Then they are told once, that it went well."""
    harness.wait("a")
    harness.disk.wait_begun(1)
    harness.loop.run(asyncio.sleep(0))
    assert harness.told == []

    harness.disk.let()
    assert harness.until_told(1) == [("a", True)]
    assert harness.disk.ended == 1


def test_who_waits_while_a_sync_runs_shares_the_next_one(harness: Harness) -> None:
    """However many they are: what they noted came too late for the one that runs, and one more is enough for all."""
    harness.wait("first")
    harness.disk.wait_begun(1)
    others = [f"other {number}" for number in range(100)]
    harness.wait(*others)
    harness.disk.let()
    assert harness.until_told(1) == [("first", True)]

    harness.disk.wait_begun(2)
    assert harness.told == [("first", True)]
    harness.disk.let()
    assert harness.until_told(101)[1:] == [(name, True) for name in others]
    assert harness.disk.begun == 2


def test_who_withdraws_is_not_told(harness: Harness) -> None:
    """Whether its sync has begun or not; the others are told, and a second withdrawal changes nothing."""
    running, _ = harness.wait("running", "kept")
    harness.disk.wait_begun(1)
    queued, _ = harness.wait("queued", "kept too")
    for wait in (running, queued, running):
        harness.cancel(wait)
    harness.disk.let(2)

    assert harness.until_told(2) == [("kept", True), ("kept too", True)]


def test_who_withdraws_leaves_the_queue_at_once(harness: Harness) -> None:
    """However long the disk takes, clients that come and go leave nothing behind, and no sync is made for them."""
    harness.wait("running")
    harness.disk.wait_begun(1)
    for wait in harness.wait(*("gone" for _ in range(50))):
        harness.cancel(wait)
    assert len(harness.sync._waiting) == 0

    harness.disk.let(2)
    harness.until_told(1)
    harness.sync.close(WAIT_S)
    assert harness.disk.begun == 1


def test_a_failed_sync_is_told_and_never_tried_again(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """Those of the group and those that came meanwhile; the failure is reported once, and the log says what to do."""
    harness.wait("in the group")
    harness.disk.wait_begun(1)
    harness.wait("behind it")
    harness.disk.break_down()

    assert harness.until_told(2) == [("in the group", False), ("behind it", False)]
    assert (harness.sync.healthy, harness.disk.begun) == (False, 1)
    assert [str(error) for error in harness.failures] == ["[Errno 5] Input/output error"]
    assert "can't be synced any more, restart to recover" in caplog.text
    with pytest.raises(LedgerUnavailable):
        harness.wait("too late")


def test_the_failure_is_reported_before_anyone_is_told(recorder_file: Path) -> None:
    """So that who asks anew because of it is refused already."""
    order: list[str] = []
    with LoopThread() as loop, held_sync(recorder_file, lambda _: order.append("reported")) as (sync, disk):
        harness = Harness(sync, disk, loop, [])
        disk.break_down()

        async def wait() -> None:
            done = asyncio.Event()
            sync.wait(lambda _: (order.append("told"), done.set()))  # type: ignore[func-returns-value]
            await done.wait()

        harness.loop.run(wait())

    assert order == ["reported", "told"]


def test_a_fault_in_one_callback_does_not_keep_the_others_waiting(recorder_file: Path) -> None:
    """The loop's handler hears of it, as of any other callback's."""
    with LoopThread() as loop, held_sync(recorder_file, pytest.fail) as (sync, disk):
        harness = Harness(sync, disk, loop, [])

        async def begin() -> None:
            sync.wait(lambda _: {}["missing"])
            sync.wait(harness.tell("sound"))

        loop.run(begin())
        disk.let()
        assert harness.until_told(1) == [("sound", True)]
        assert [type(fault["exception"]) for fault in loop.faults] == [KeyError]


def test_a_close_serves_those_who_still_wait(harness: Harness) -> None:
    """Then the thread ends, the descriptor is closed, and nobody can wait any more."""
    harness.wait("last")
    harness.disk.let()
    descriptor = harness.sync._descriptor
    harness.sync.close(WAIT_S)

    assert harness.until_told(1) == [("last", True)]
    assert not harness.sync._runner.is_alive()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    with pytest.raises(LedgerUnavailable):
        harness.wait("too late")


def test_a_loop_that_is_closed_is_told_nothing(recorder_file: Path) -> None:
    """The process stops while a sync runs: its exchanges have ended, and the thread ends in good order."""
    with held_sync(recorder_file, pytest.fail) as (sync, disk):
        with LoopThread() as loop:
            Harness(sync, disk, loop, []).wait("gone with the loop")
            disk.wait_begun(1)
        disk.let()
        sync.close(WAIT_S)

        assert not sync._runner.is_alive()


def test_the_file_and_its_name_are_on_the_disk_from_the_start(
    recorder_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note in a file that a loss of power unnames would be no note."""
    synced: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    recorder_file.touch()
    SlotSync(recorder_file, pytest.fail).close(WAIT_S)

    assert synced == ["file", "folder"]


def test_a_file_that_cannot_be_synced_stops_the_start(recorder_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saying which file, and leaving nothing open; so does one that is not there."""
    with pytest.raises(StoreError, match="flight-recorder-0"):
        SlotSync(recorder_file, pytest.fail)

    def failing(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    recorder_file.touch()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(StoreError, match="Input/output error"):
        SlotSync(recorder_file, pytest.fail)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
