"""Heartbeats in the database."""

from pathlib import Path

from routeproof.store.connecting import open_current
from routeproof.store.workers import WorkerBeat, read_workers, write_beat


def beat(worker: int, beat_ns: int = 5) -> WorkerBeat:
    return WorkerBeat(worker, 4_242, 1, beat_ns, "serving", {"ok": 10, "in_flight": 2})


def test_each_worker_has_its_last_heartbeat(database: Path) -> None:
    """A new one takes the place of the old one; others keep theirs."""
    with open_current(database) as connection:
        for written in (beat(1), beat(0), beat(1, 9)):
            write_beat(connection, written)

    assert read_workers(database) == [beat(0), beat(1, 9)]


def test_before_any_worker_there_is_no_heartbeat(database: Path) -> None:
    """A gateway that never served is told from one that stopped."""
    assert read_workers(database) == []
