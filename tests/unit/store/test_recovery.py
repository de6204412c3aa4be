"""Turning what a dead process left into rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_entry, sample_id, sample_open

from routeproof.errors import StoreError
from routeproof.ledger.audit import audit_entries
from routeproof.ledger.entries import Entry
from routeproof.store import recovery as recovery_module
from routeproof.store.connecting import connect, open_current
from routeproof.store.health import check_database
from routeproof.store.recorder import FlightRecorder, recover
from routeproof.store.recovery import interrupted_entry, recover_all, recover_exchanges
from routeproof.store.rows import insert_entries

BOUND = 777
Entries = Callable[[], list[Entry]]


def bound(_: object) -> int:
    return BOUND


@pytest.fixture
def left(recorder_file: Path) -> Path:
    """A recorder whose process died with exchanges 1 and 2 finished and 3 and 4 in flight."""
    recorder = FlightRecorder(recorder_file, 8, 0)
    slots = [recorder.claim(sample_open(number)) for number in (1, 2, 3, 4)]
    recorder.finish(slots[0], sample_entry(1))
    recorder.finish(slots[1], sample_entry(2))
    recorder.update(slots[3], sample_open(4, ["a/1", "b/2"]))
    recorder.close()
    return recorder_file


def commit(database: Path, entries: list[Entry]) -> None:
    connection = connect(database)
    insert_entries(connection, entries)
    connection.close()


def test_every_exchange_that_was_dispatched_gets_its_row(database: Path, left: Path, all_entries: Entries) -> None:
    """Finished ones exactly as they were, those in flight as interrupted with an upper bound; then all is free."""
    recovery = recover_exchanges(database, left, bound, START_NS)
    entries = all_entries()

    assert recovery is not None
    assert (recovery.finished, recovery.interrupted, recovery.already_committed, recovery.damaged) == (2, 2, 0, 0)
    assert entries[:2] == [sample_entry(1), sample_entry(2)]
    assert entries[2:] == [
        interrupted_entry(sample_open(3), BOUND),
        interrupted_entry(sample_open(4, ["a/1", "b/2"]), BOUND),
    ]
    assert audit_entries(entries) == []
    assert recover(left).open == []


def test_an_interrupted_exchange_says_what_is_known() -> None:
    """Who asked for what is; cost, usage and what was sent are not; the route in flight is the interrupted one."""
    entry = interrupted_entry(sample_open(4, ["a/1", "b/2"]), BOUND)
    row = entry.exchange

    assert (row.id, row.key_id, row.account, row.model_asked) == (
        sample_id(4),
        "key_abcdefghijkl",
        "research",
        "assistant",
    )
    assert (row.outcome, row.status, row.cost_nanousd, row.cost_bound_nanousd) == ("interrupted", None, None, BOUND)
    assert (row.request_bytes, row.response_bytes, row.duration_us, row.first_byte_us) == (2_048, None, None, None)
    assert [(attempt.route, attempt.outcome, attempt.provenance) for attempt in entry.attempts] == [
        ("a/1", "upstream_error", "unknown"),
        ("b/2", "interrupted", "unknown"),
    ]
    assert {attempt.cost_note for attempt in entry.attempts} == {"interrupted"}
    # The first starts with the exchange.
    assert [(attempt.started_us, attempt.duration_us) for attempt in entry.attempts] == [(0, None), (None, None)]


def test_a_note_that_may_lack_routes_tells_neither_start_nor_bound(
    database: Path, recorder_file: Path, all_entries: Entries
) -> None:
    """Names so long that the first route was cut: what is first in the note did not start with the exchange."""
    recorder = FlightRecorder(recorder_file, 8, 0)
    slot = recorder.claim(sample_open(1, ["a/" + "x" * 150]))
    recorder.update(slot, sample_open(1, ["a/" + "x" * 150, "b/" + "y" * 150, "c/" + "z" * 150]))
    recorder.close()
    recover_exchanges(database, recorder_file, bound, START_NS)
    (entry,) = all_entries()

    assert [attempt.route[0] for attempt in entry.attempts] == ["b", "c"]
    assert [attempt.started_us for attempt in entry.attempts] == [None, None]
    assert entry.exchange.cost_bound_nanousd is None


def test_names_that_were_cut_leave_start_and_bound_known(
    database: Path, recorder_file: Path, all_entries: Entries
) -> None:
    """As long as every route found room."""
    recorder = FlightRecorder(recorder_file, 8, 0)
    recorder.claim(sample_open(1, ["a/" + "x" * 150], key_owner="o" * 200, model_asked="m" * 200))
    recorder.close()
    recover_exchanges(database, recorder_file, bound, START_NS)
    (entry,) = all_entries()

    assert len(entry.exchange.model_asked or "") < 200
    assert (entry.attempts[0].started_us, entry.exchange.cost_bound_nanousd) == (0, BOUND)


def test_what_was_committed_before_the_kill_stays_as_it_is(database: Path, left: Path, all_entries: Entries) -> None:
    """The process died between commit and freeing: no row twice, none changed."""
    commit(database, [sample_entry(2)])
    recovery = recover_exchanges(database, left, bound, START_NS)

    assert recovery is not None
    assert (recovery.finished, recovery.already_committed) == (1, 1)
    assert [entry.exchange.id for entry in all_entries()] == [sample_id(number) for number in (1, 2, 3, 4)]
    assert all_entries()[1] == sample_entry(2)


def test_a_committed_row_wins_over_a_stale_note(database: Path, left: Path, all_entries: Entries) -> None:
    """A slot that says 'in flight' of an exchange whose row exists adds neither row nor attempt."""
    commit(database, [sample_entry(4)])
    recover_exchanges(database, left, bound, START_NS)

    assert all_entries()[3] == sample_entry(4)


def test_recovery_that_is_killed_before_freeing_can_run_again(
    database: Path, left: Path, all_entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are committed first: the second run finds them and only frees the slots."""

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recovery_module, "clear", killed)
        with pytest.raises(KeyboardInterrupt):
            recover_exchanges(database, left, bound, START_NS)
    first = all_entries()
    again = recover_exchanges(database, left, bound, START_NS)

    assert again is not None
    assert (again.finished, again.interrupted, again.already_committed) == (0, 0, 4)
    assert all_entries() == first
    assert recover_exchanges(database, left, bound, START_NS) is None


def test_recovery_that_cannot_commit_frees_nothing(database: Path, left: Path) -> None:
    """A database that refuses keeps the recorder as it is."""
    with open_current(database) as connection:
        connection.execute("DROP TABLE attempts")
    with pytest.raises(StoreError, match="attempts"):
        recover_exchanges(database, left, bound, START_NS)

    assert len(recover(left).open) == 2
    with open_current(database) as connection:
        assert connection.execute("SELECT count(*) FROM exchanges").fetchone() == (0,)


def test_an_unknown_bound_stays_unknown(database: Path, left: Path, all_entries: Entries) -> None:
    """Where no bound can be told there is none in the row; it is not zero."""
    recover_exchanges(database, left, lambda _: None, START_NS)

    assert [entry.exchange.cost_bound_nanousd for entry in all_entries()[2:]] == [None, None]


def test_numbers_beyond_a_column_are_recovered_as_unknown(
    database: Path, recorder_file: Path, all_entries: Entries
) -> None:
    """A client may allow so many tokens that the bound is beyond 64 bits; the next start may not fail for that."""
    recorder = FlightRecorder(recorder_file, 8, 0)
    recorder.finish(recorder.claim(sample_open(1)), sample_entry(1, cost_nanousd=None, cost_bound_nanousd=2**63))
    recorder.claim(sample_open(2))
    recorder.close()

    recovery = recover_exchanges(database, recorder_file, lambda _: 2**53 * 1_100, START_NS)

    assert recovery is not None
    assert (recovery.finished, recovery.interrupted) == (1, 1)
    assert [entry.exchange.cost_bound_nanousd for entry in all_entries()] == [None, None]
    assert recover(recorder_file).finished == []


def test_a_clean_stop_leaves_nothing_to_do(database: Path, recorder_file: Path) -> None:
    """Neither an empty recorder nor a missing one makes a note of a recovery."""
    assert recover_all(database, [recorder_file], bound, START_NS) == []
    FlightRecorder(recorder_file, 8, 0).close()

    assert recover_all(database, [recorder_file], bound, START_NS) == []
    assert check_database(database).last_recovery is None


def test_every_workers_recorder_is_recovered(database: Path, left: Path, tmp_path: Path, all_entries: Entries) -> None:
    """A worker that is not started again leaves no exchange behind."""
    other = tmp_path / "flight-recorder-1"
    recorder = FlightRecorder(other, 8, 1)
    recorder.claim(sample_open(9))
    recorder.close()

    assert len(recover_all(database, [left, other], bound, START_NS)) == 2
    assert [entry.exchange.id for entry in all_entries()] == [sample_id(number) for number in (1, 2, 3, 4, 9)]


def test_the_last_recovery_is_remembered(database: Path, left: Path, caplog: pytest.LogCaptureFixture) -> None:
    """For the operator: in the database and in the log."""
    recovery = recover_exchanges(database, left, bound, START_NS)

    assert check_database(database).last_recovery == recovery
    assert recovery is not None
    assert recovery.at == "2026-09-21T14:13:20.000Z"
    assert "unclean stop" in caplog.text


def test_more_exchanges_than_one_look_up_takes(database: Path, recorder_file: Path, all_entries: Entries) -> None:
    """Thousands in flight are recovered as well as four."""
    recorder = FlightRecorder(recorder_file, 2_100, 0)
    for number in range(2_100):
        recorder.claim(sample_open(number))
    recorder.close()
    commit(database, [sample_entry(0), sample_entry(2_099)])
    recovery = recover_exchanges(database, recorder_file, bound, START_NS)

    assert recovery is not None
    assert (recovery.interrupted, recovery.already_committed) == (2_098, 2)
    assert len(all_entries()) == 2_100
