"""The ledger's writer thread."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_entry, sample_open, sample_refusal

from routeproof.clock import FixedClock
from routeproof.errors import StoreError
from routeproof.ledger.entries import Entry
from routeproof.store import writer as writer_module
from routeproof.store.connecting import connect, open_current
from routeproof.store.fitting import pack_entry
from routeproof.store.recorder import FlightRecorder, recover
from routeproof.store.workers import read_workers
from routeproof.store.writer import LedgerWriter

WAIT_S = 10.0
Entries = Callable[[], list[Entry]]


class Slots:
    """Notes what is freed."""

    def __init__(self) -> None:
        self.freed: list[int] = []
        self.groups: list[list[int]] = []

    def free(self, slots: Sequence[int]) -> None:
        self.freed.extend(slots)
        self.groups.append(list(slots))


class Harness:
    """A writer, its slots and its failures."""

    def __init__(self, path: Path, group_interval_s: float = 0.0) -> None:
        self.slots = Slots()
        self.failures: list[BaseException] = []
        self.failed = threading.Event()
        self.writer = LedgerWriter(
            path,
            self.slots,
            "process",
            self.fail,
            worker=5,
            clock=FixedClock(START_NS),
            group_interval_s=group_interval_s,
        )

    def fail(self, error: BaseException) -> None:
        self.failures.append(error)
        self.failed.set()


@pytest.fixture
def harness(database: Path) -> Iterator[Harness]:
    """A writer that is closed in the end."""
    harness = Harness(database)
    yield harness
    harness.writer.close(WAIT_S)


def test_what_is_appended_is_committed(harness: Harness, all_entries: Entries) -> None:
    """With its attempts, in any number, and its slots are freed after it."""
    harness.writer.start()
    for number in range(50):
        harness.writer.append(pack_entry(sample_entry(number)), number)
    assert harness.writer.flush(WAIT_S)

    assert all_entries() == [sample_entry(number) for number in range(50)]
    assert harness.slots.freed == list(range(50))
    assert harness.writer.backlog == 0


def test_what_waits_together_is_committed_together(harness: Harness, all_entries: Entries) -> None:
    """One transaction for all that wait, however many they are."""
    statements: list[str] = []
    harness.writer._connection._connection.set_trace_callback(statements.append)
    for number in range(100):
        harness.writer.append(pack_entry(sample_entry(number)), number)
    assert harness.writer.backlog == 100
    harness.writer.start()
    assert harness.writer.flush(WAIT_S)

    beats = sum(text.startswith("INSERT INTO workers") for text in statements)
    assert statements.count("COMMIT") - beats == 1
    assert len(all_entries()) == 100


def test_no_commit_is_larger_than_its_bound(
    harness: Harness, all_entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has piled up is committed in parts, and whoever waits for all of it waits for the last."""
    monkeypatch.setattr(writer_module, "GROUP_MAX", 4)
    for number in range(10):
        harness.writer.append(pack_entry(sample_entry(number)), number)
    harness.writer.start()
    assert harness.writer.flush(WAIT_S)

    assert harness.slots.groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert all_entries() == [sample_entry(number) for number in range(10)]


def test_a_group_gathers_for_its_interval(database: Path, all_entries: Entries) -> None:
    """After a commit the next one waits for the interval, but for nobody who asks for it at once."""
    harness = Harness(database, group_interval_s=3_600.0)
    harness.writer.start()
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    assert harness.writer.flush(WAIT_S)
    harness.writer.append(pack_entry(sample_entry(2)), 2)
    assert harness.writer.backlog == 1
    assert all_entries() == [sample_entry(1)]

    assert harness.writer.flush(WAIT_S)
    assert all_entries() == [sample_entry(1), sample_entry(2)]
    harness.writer.append(pack_entry(sample_entry(3)), 3)
    assert harness.writer.close(WAIT_S)
    assert len(all_entries()) == 3


def test_a_row_wakes_the_sleeping_writer(harness: Harness, all_entries: Entries) -> None:
    """Nobody asks for a commit here: the rows come by themselves."""
    freed = threading.Event()
    free = harness.slots.free

    def free_and_tell(slots: Sequence[int]) -> None:
        free(slots)
        freed.set()

    harness.slots.free = free_and_tell  # type: ignore[method-assign]
    harness.writer.start()
    for number in range(20):
        freed.clear()
        harness.writer.append(pack_entry(sample_entry(number)), number)
        assert freed.wait(WAIT_S)

    assert len(all_entries()) == 20


def test_slots_are_freed_only_after_the_commit(harness: Harness, database: Path) -> None:
    """While another holds the database, nothing is committed, so nothing is freed."""
    other = connect(database)
    other.execute("BEGIN IMMEDIATE")
    harness.writer.start()
    harness.writer.append(pack_entry(sample_entry(1)), 7)
    assert not harness.writer.flush(0.05)
    assert (harness.slots.freed, harness.writer.backlog) == ([], 1)
    other.execute("ROLLBACK")
    other.close()

    assert harness.writer.flush(WAIT_S)
    assert harness.slots.freed == [7]


def test_without_a_slot_nothing_is_freed(harness: Harness) -> None:
    """Refused requests have none."""
    harness.writer.start()
    harness.writer.append_refusal(sample_refusal(1))
    assert harness.writer.flush(WAIT_S)

    assert harness.slots.freed == []


def test_a_failed_commit_stops_the_writer_for_good(harness: Harness, all_entries: Entries) -> None:
    """It is told once, nothing is tried again, nothing more is taken, and no slot is freed."""
    harness.writer.start()
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    assert harness.writer.flush(WAIT_S)
    harness.writer.append(pack_entry(sample_entry(1)), 2)
    assert harness.failed.wait(WAIT_S)
    harness.writer.append(pack_entry(sample_entry(3)), 3)

    assert not harness.writer.healthy
    assert not harness.writer.flush(WAIT_S)
    assert not harness.writer.close(WAIT_S)
    assert all_entries() == [sample_entry(1)]
    assert harness.slots.freed == [1]
    (failure,) = harness.failures
    assert isinstance(failure, StoreError)


def test_a_full_disk_stops_the_writer(harness: Harness, database: Path) -> None:
    """An error of the disk is as final as any other: SQLite's own limit on pages stands for it."""
    harness.writer._connection._connection.execute("PRAGMA max_page_count = 1")
    harness.writer.start()
    for number in range(500):
        harness.writer.append(pack_entry(sample_entry(number)), number)

    assert harness.failed.wait(WAIT_S)
    assert "full" in str(harness.failures[0])
    assert not harness.writer.healthy


def test_who_waits_for_a_commit_is_told_of_its_failure(harness: Harness) -> None:
    """A flush ends when the writer does."""
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    harness.writer.append(pack_entry(sample_entry(1)), 2)
    results: list[bool] = []
    waiting = threading.Thread(target=lambda: results.append(harness.writer.flush(WAIT_S)))
    waiting.start()
    harness.writer.start()
    waiting.join()

    assert results == [False]


def test_closing_commits_what_waits(database: Path, all_entries: Entries) -> None:
    """And says that nothing is left; what comes after is not taken."""
    harness = Harness(database)
    harness.writer.start()
    for number in range(300):
        harness.writer.append(pack_entry(sample_entry(number)), number)
    assert harness.writer.close(WAIT_S)
    harness.writer.append(pack_entry(sample_entry(999)), 999)

    assert len(all_entries()) == 300
    assert len(harness.slots.freed) == 300
    assert not harness.writer.healthy
    assert not harness.failures


def test_closing_gives_up_in_time(database: Path, all_entries: Entries) -> None:
    """Where another holds the database, the rows are left to the flight recorder."""
    harness = Harness(database)
    other = connect(database)
    other.execute("BEGIN IMMEDIATE")
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    harness.writer.start()

    assert not harness.writer.close(0.05)
    assert harness.failed.wait(WAIT_S)
    other.close()
    assert (all_entries(), harness.slots.freed) == ([], [])


def test_a_writer_that_never_started_closes(database: Path) -> None:
    """Nothing hangs where a start failed half-way."""
    harness = Harness(database)

    assert harness.writer.close(WAIT_S)


def test_a_flood_of_refusals_is_bounded(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries without a slot are dropped and counted beyond a number; those with one are bounded by their slots."""
    monkeypatch.setattr(writer_module, "UNSLOTTED_MAX", 10)
    for number in range(15):
        harness.writer.append_refusal(sample_refusal(number))
    harness.writer.append(pack_entry(sample_entry(20)), 20)

    assert (harness.writer.backlog, harness.writer.shed) == (11, 5)


def test_a_change_by_another_connection_is_told(harness: Harness, database: Path) -> None:
    """Within half a second, on the writer's thread."""
    told = threading.Event()
    names: list[str] = []

    def on_change() -> None:
        names.append(threading.current_thread().name)
        told.set()

    harness.writer.on_external_change = on_change
    harness.writer.start()
    with open_current(database) as other:
        other.execute("INSERT INTO meta VALUES ('a', 'b')")

    assert told.wait(WAIT_S)
    assert names == ["ledger-writer"]


def test_a_change_before_anyone_listens_is_told_later(harness: Harness, database: Path) -> None:
    """Nothing that happened since the database was opened is missed, however late the listener comes."""
    looked = threading.Event()
    harness.writer.read_counters = lambda: looked.set() or {}  # type: ignore[func-returns-value]
    with open_current(database) as other:
        other.execute("INSERT INTO meta VALUES ('a', 'b')")
    harness.writer.start()
    assert looked.wait(WAIT_S)
    told = threading.Event()
    harness.writer.on_external_change = told.set

    assert told.wait(WAIT_S)


def test_own_commits_are_no_external_change(harness: Harness) -> None:
    """Rows and heartbeats of its own do not make the keys be read again."""
    told = threading.Event()
    beats = threading.Semaphore(0)
    harness.writer.on_external_change = told.set
    harness.writer.read_counters = lambda: beats.release() or {}  # type: ignore[func-returns-value]
    harness.writer.start()
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    for _ in range(2):
        assert beats.acquire(timeout=WAIT_S)

    assert not told.is_set()


def test_the_heartbeat_tells_state_and_counters(harness: Harness, database: Path) -> None:
    """A state that is announced is published at once; the end is published too."""
    harness.writer.read_counters = lambda: {"ok": 3, "in_flight": 1}
    harness.writer.start()
    harness.writer.announce("serving")
    assert harness.writer.flush(WAIT_S)
    (serving,) = read_workers(database)
    assert harness.writer.close(WAIT_S)
    (stopped,) = read_workers(database)

    assert (serving.worker, serving.state, serving.counters) == (5, "serving", {"ok": 3, "in_flight": 1})
    assert (serving.started_ns, serving.beat_ns) == (START_NS, START_NS)
    assert stopped.state == "stopped"


def test_a_callback_that_fails_does_not_stop_the_ledger(
    harness: Harness, database: Path, all_entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    """The heartbeat goes without counters, the change is told to nobody, and the log says both."""
    called = threading.Event()

    def broken_counters() -> dict[str, int]:
        raise RuntimeError("dictionary changed size during iteration")

    def broken_listener() -> None:
        called.set()
        raise RuntimeError("the loop is closed")

    harness.writer.read_counters = broken_counters
    harness.writer.on_external_change = broken_listener
    with open_current(database) as other:
        other.execute("INSERT INTO meta VALUES ('a', 'b')")
    harness.writer.start()
    assert called.wait(WAIT_S)
    harness.writer.append(pack_entry(sample_entry(1)), 1)
    assert harness.writer.flush(WAIT_S)

    assert read_workers(database)[0].counters == {}
    assert all_entries() == [sample_entry(1)]
    assert "dictionary changed size" in caplog.text
    assert "the loop is closed" in caplog.text


def test_with_the_flight_recorder_every_slot_comes_back(
    database: Path, recorder_file: Path, all_entries: Entries
) -> None:
    """The two together: after a clean end the recorder is empty and the ledger is whole."""
    recorder = FlightRecorder(recorder_file, 64, 0)
    failures: list[BaseException] = []
    writer = LedgerWriter(database, recorder, "process", failures.append, group_interval_s=0.0)
    writer.start()
    for number in range(500):
        while recorder.in_use >= 60:
            assert writer.flush(WAIT_S)
        slot = recorder.claim(sample_open(number))
        recorder.finish(slot, sample_entry(number))
        writer.append(pack_entry(sample_entry(number)), slot)
    assert writer.close(WAIT_S)
    recorder.close()

    assert not failures
    assert recover(recorder_file).finished == []
    assert all_entries() == [sample_entry(number) for number in range(500)]
