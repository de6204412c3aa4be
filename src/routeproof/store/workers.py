"""The workers' heartbeats: what the data plane tells of itself, and how the admin plane reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from routeproof.store.connecting import open_current
from routeproof.store.driver import driver

_WRITE: Final = (
    "INSERT INTO workers (worker_id, pid, started_ns, beat_ns, state, counters) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (worker_id) DO UPDATE SET pid = excluded.pid, started_ns = excluded.started_ns, "
    "beat_ns = excluded.beat_ns, state = excluded.state, counters = excluded.counters"
)
_READ: Final = "SELECT worker_id, pid, started_ns, beat_ns, state, counters FROM workers ORDER BY worker_id"
_decode_counters = msgspec.json.Decoder(dict[str, int]).decode


class WorkerBeat(msgspec.Struct, frozen=True):
    """One worker's last heartbeat."""

    worker: int
    pid: int
    started_ns: int
    beat_ns: int
    state: str
    """`starting`, `serving`, `draining` or `stopped`."""
    counters: Mapping[str, int]


def write_beat(connection: driver.Connection, beat: WorkerBeat) -> None:
    """Put this heartbeat in place of the worker's last one. Raises driver.Error."""
    counters = msgspec.json.encode(beat.counters).decode()
    connection.execute(_WRITE, (beat.worker, beat.pid, beat.started_ns, beat.beat_ns, beat.state, counters))


def read_workers(path: Path) -> list[WorkerBeat]:
    """Every worker's last heartbeat, by worker. Raises StoreError."""
    with open_current(path, read_only=True) as connection:
        return [
            WorkerBeat(worker, pid, started_ns, beat_ns, state, _decode_counters(counters))
            for worker, pid, started_ns, beat_ns, state, counters in connection.execute(_READ)
        ]
