"""kill -9 while the ledger's tables are made anew: the next start finds the old schema or the new one, whole."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.old_ledgers import died_before_0004, make_old_ledger
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id
from tests.support.tracing import injecting, needs_strace

from routeproof.store.connecting import connect, read_revision
from routeproof.store.migrating import ensure_schema

pytestmark = needs_strace()

EXCHANGES = 4_000
"""With two attempts each they outgrow SQLite's page cache, so that pages go to the journal long before the commit."""
NEVER = 65_535
"""The last place that strace takes; the migration makes fewer calls."""


class State(NamedTuple):
    """Everything that a migration may change."""

    revision: str | None
    schema: list[tuple[str, str, str | None]]
    exchanges: list[tuple[object, ...]]
    attempts: list[tuple[object, ...]]
    integrity: tuple[str]


class Ledgers(NamedTuple):
    """One ledger before and after, and the calls that the migration makes."""

    path: Path
    old: State
    new: State
    calls: dict[str, int]


def look(database: Path) -> State:
    """What the next start finds."""
    connection = connect(database)
    state = State(
        read_revision(connection),
        connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall(),
        connection.execute("SELECT * FROM exchanges ORDER BY id").fetchall(),
        connection.execute("SELECT * FROM attempts ORDER BY exchange_id, ordinal").fetchall(),
        connection.execute("PRAGMA integrity_check").fetchone(),
    )
    connection.close()
    return state


def migrate(database: Path, fault: str) -> int:
    """What a start does first, under strace; returns how it ended. The calls are in `strace` beside it."""
    command = [*injecting(fault, log=database.with_name("strace")), sys.executable, "-P", "-m"]
    return subprocess.run([*command, "routeproof.store.migrating", str(database)], check=False).returncode


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Ledgers:
    """A ledger whose every third exchange died with its process."""
    path = tmp_path_factory.mktemp("old") / "routeproof.db"
    entries = [
        sample_entry(number, [sample_attempt(sample_id(number), ordinal) for ordinal in (1, 2)])
        if number % 3
        else died_before_0004(number)
        for number in range(EXCHANGES)
    ]
    make_old_ledger(path, "0003", entries)
    calls = {}
    for call in ("pwrite64", "fsync"):
        copy = path.with_name(f"{call}.db")
        shutil.copy(path, copy)
        assert migrate(copy, f"{call}:signal=SIGKILL:when={NEVER}") == 0
        calls[call] = path.with_name("strace").read_text().count(f"{call}(")
    return Ledgers(path, look(path), look(copy), calls)


@pytest.mark.parametrize(
    ("call", "percent", "revisions"),
    [
        *[("pwrite64", percent, {"0003"}) for percent in (0, 10, 40)],
        *[("pwrite64", percent, {"0003", "0004"}) for percent in (60, 70)],  # around the commit
        *[("pwrite64", percent, {"0004"}) for percent in (90, 100)],
        *[("fsync", percent, {"0003", "0004"}) for percent in (50, 60)],
        ("fsync", 100, {"0004"}),
    ],
)
def test_killed_in_the_midst_of_it(
    ledgers: Ledgers, tmp_path: Path, call: str, percent: int, revisions: set[str]
) -> None:
    """While rows are copied, at the commit, and while the journal goes into the file; then the next start ends it."""
    database = tmp_path / "routeproof.db"
    shutil.copy(ledgers.path, database)
    place = max(1, ledgers.calls[call] * percent // 100)
    assert migrate(database, f"{call}:signal=SIGKILL:when={place}") == -signal.SIGKILL
    journal_bytes = database.with_name("routeproof.db-wal").stat().st_size
    found = look(database)
    ensure_schema(database)

    assert journal_bytes or percent == 0
    assert found in (ledgers.old, ledgers.new)
    assert found.revision in revisions
    assert look(database) == ledgers.new


def test_the_two_states_differ_in_what_was_unknown(ledgers: Ledgers) -> None:
    """Else a kill could not show anything: every third exchange's second attempt."""
    unknown = [row[3] for row in ledgers.new.attempts].count(None)

    assert (ledgers.old.revision, ledgers.new.revision, ledgers.new.integrity) == ("0003", "0004", ("ok",))
    assert unknown == len(range(0, EXCHANGES, 3))
    assert len(ledgers.new.attempts) == len(ledgers.old.attempts) == 2 * EXCHANGES
