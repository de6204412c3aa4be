"""The flight recorder: what it notes, and what is left of it at whatever instant its process dies."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_open

from routeproof.errors import Overloaded, StoreError
from routeproof.ledger.entries import Entry, OpenExchange
from routeproof.store.recorder import FlightRecorder, clear, recover
from routeproof.store.slot_file import (
    make_slot_file,
    open_slot_file,
    slots_offset,
)

SLOTS = 8
BASE = slots_offset(SLOTS)
A_OFFSET = 0

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
counts = st.none() | st.integers(0, 2**53)


def new_recorder(path: Path, slots: int = SLOTS) -> FlightRecorder:
    return FlightRecorder(path, slots, 0)


def abandoned(recorder: FlightRecorder) -> None:
    """What a kill leaves: the file as it is."""
    recorder.close()


def test_an_abandoned_claim_is_found_open(recorder_file: Path) -> None:
    """Killed after the claim: the exchange is in flight, just as it was noted."""
    recorder = new_recorder(recorder_file)
    recorder.claim(sample_open(1))
    abandoned(recorder)

    found = recover(recorder_file)
    assert (found.open, found.finished, found.damaged) == ([sample_open(1)], [], 0)


def test_an_abandoned_failover_is_found_with_its_last_route(recorder_file: Path) -> None:
    """Killed after any number of updates: the newest one counts."""
    recorder = new_recorder(recorder_file)
    routes = ["a/1"]
    slot = recorder.claim(sample_open(1, list(routes)))
    for route in ("b/2", "c/3", "d/4"):
        routes.append(route)
        recorder.update(slot, sample_open(1, list(routes)))
        assert recover(recorder_file).open == [sample_open(1, list(routes))]
    abandoned(recorder)


@pytest.mark.parametrize("updates", [0, 1, 2])
def test_an_abandoned_end_is_found_finished(recorder_file: Path, updates: int) -> None:
    """Killed between the outcome and its commit: the entry is found exactly as it was."""
    recorder = new_recorder(recorder_file)
    slot = recorder.claim(sample_open(1))
    for _ in range(updates):
        recorder.update(slot, sample_open(1, ["a/1", "b/2"]))
    recorder.finish(slot, sample_entry(1))
    abandoned(recorder)

    found = recover(recorder_file)
    assert (found.open, found.finished) == ([], [sample_entry(1)])


def test_a_freed_slot_leaves_nothing(recorder_file: Path) -> None:
    """Killed after the commit and the freeing: there is nothing to recover."""
    recorder = new_recorder(recorder_file)
    slot = recorder.claim(sample_open(1))
    recorder.finish(slot, sample_entry(1))
    recorder.free([slot])
    abandoned(recorder)

    found = recover(recorder_file)
    assert (found.open, found.finished, found.damaged) == ([], [], 0)


def test_slots_are_told_apart(recorder_file: Path) -> None:
    """Of exchanges in every state, each is found in its own."""
    recorder = new_recorder(recorder_file)
    slots = [recorder.claim(sample_open(number)) for number in range(6)]
    recorder.update(slots[1], sample_open(1, ["a/1", "b/2"]))
    for number in (2, 3, 4):
        recorder.finish(slots[number], sample_entry(number))
    recorder.free([slots[4]])
    abandoned(recorder)

    found = recover(recorder_file)
    assert found.open == [sample_open(0), sample_open(1, ["a/1", "b/2"]), sample_open(5)]
    assert found.finished == [sample_entry(2), sample_entry(3)]


def test_reading_changes_nothing(recorder_file: Path) -> None:
    """Recovery may itself be killed: what it read is there for the next one."""
    recorder = new_recorder(recorder_file)
    recorder.claim(sample_open(1))
    abandoned(recorder)

    assert recover(recorder_file) == recover(recorder_file)


def test_when_all_slots_are_taken_the_next_is_refused(recorder_file: Path) -> None:
    """Nothing is dispatched unrecorded; a freed slot is there for the next again."""
    recorder = new_recorder(recorder_file)
    slots = [recorder.claim(sample_open(number)) for number in range(SLOTS)]
    with pytest.raises(Overloaded):
        recorder.claim(sample_open(99))
    assert (sorted(slots), recorder.in_use) == (list(range(SLOTS)), SLOTS)

    recorder.finish(slots[3], sample_entry(3))
    recorder.free([slots[3]])
    assert recorder.claim(sample_open(100)) == slots[3]
    recorder.close()


def test_few_slots_serve_few_exchanges(recorder_file: Path) -> None:
    """One exchange at a time uses one slot, however many there are: pages stay untouched."""
    recorder = new_recorder(recorder_file)
    used = set()
    for number in range(100):
        slot = recorder.claim(sample_open(number))
        recorder.finish(slot, sample_entry(number))
        recorder.free([slot])
        used.add(slot)
    recorder.close()

    assert used == {0}


def test_only_a_finished_slot_can_be_freed(recorder_file: Path) -> None:
    """To free one in flight would lose an exchange: it stops the caller instead."""
    recorder = new_recorder(recorder_file)
    slot = recorder.claim(sample_open(1))
    with pytest.raises(AssertionError):
        recorder.free([slot])
    assert recover(recorder_file).open == [sample_open(1)]
    recorder.close()


def test_a_free_slot_cannot_be_updated(recorder_file: Path) -> None:
    """A note without a claim is a fault of the caller."""
    recorder = new_recorder(recorder_file)
    with pytest.raises(AssertionError):
        recorder.update(0, sample_open(1))
    recorder.close()


def test_what_was_not_recovered_is_not_overwritten(recorder_file: Path) -> None:
    """A recorder won't start over exchanges of an earlier run, until they are cleared."""
    recorder = new_recorder(recorder_file)
    recorder.claim(sample_open(1))
    abandoned(recorder)

    with pytest.raises(StoreError, match="1 exchanges of an earlier run; recover them first"):
        new_recorder(recorder_file)
    clear(recorder_file)
    new_recorder(recorder_file).close()
    assert recover(recorder_file).open == []


def test_an_empty_file_of_another_size_is_made_anew(recorder_file: Path) -> None:
    """The setting may change between two runs."""
    make_slot_file(recorder_file, 4, 0).close()
    new_recorder(recorder_file, 16).close()

    file = open_slot_file(recorder_file)
    assert file is not None
    assert file.slots == 16
    file.close()


def test_without_a_file_there_is_nothing_to_recover_or_clear(recorder_file: Path) -> None:
    """A first start."""
    clear(recorder_file)

    assert recover(recorder_file).open == []


def test_a_long_record_is_cut_to_its_slot(recorder_file: Path) -> None:
    """Texts of any length are taken, and the neighbouring slot is not touched."""
    recorder = new_recorder(recorder_file)
    slots = [recorder.claim(sample_open(number, ["a/1"], model_asked="m" * 5_000)) for number in (1, 2)]
    recorder.update(slots[0], sample_open(1, ["a/" + "1" * 5_000]))
    recorder.finish(slots[0], sample_entry(1, [sample_attempt(sample_id(1), usage_raw="u" * 5_000)]))
    abandoned(recorder)

    found = recover(recorder_file)
    assert [(entry.exchange.id, entry.exchange.cost_nanousd) for entry in found.finished] == [(sample_id(1), 6_150)]
    assert [opened.id for opened in found.open] == [sample_id(2)]


def test_an_amount_that_cannot_be_encoded_does_not_fail(recorder_file: Path) -> None:
    """The entry is changed too, so that the same row is noted and committed."""
    recorder = new_recorder(recorder_file)
    entry = sample_entry(1, cost_nanousd=None, cost_bound_nanousd=2**90)
    recorder.finish(recorder.claim(sample_open(1)), entry)
    abandoned(recorder)

    assert entry.exchange.cost_bound_nanousd is None
    assert recover(recorder_file).finished == [entry]


def test_two_threads_share_the_slots(recorder_file: Path) -> None:
    """One claims and finishes, the other frees, as in production: every slot comes back exactly once."""
    recorder = new_recorder(recorder_file)
    handed: list[int] = []
    rounds = 300
    freed = 0
    ready = threading.Semaphore(0)

    def writer() -> None:
        nonlocal freed
        while freed < rounds:
            ready.acquire()
            recorder.free([handed[freed]])
            freed += 1

    thread = threading.Thread(target=writer)
    thread.start()
    number = 0
    while number < rounds:
        try:
            slot = recorder.claim(sample_open(number))
        except Overloaded:
            continue
        recorder.finish(slot, sample_entry(number))
        handed.append(slot)
        ready.release()
        number += 1
    thread.join()

    assert sorted(recorder._free) == list(range(SLOTS))
    recorder.close()


@given(
    st.builds(
        OpenExchange,
        *[st.integers(0, 2**62)] * 2,
        *[texts] * 4,
        st.none() | texts,
        st.integers(0, 1),
        st.integers(0, 2**40),
        counts,
        st.lists(texts, min_size=1, max_size=3),
    )
)
def test_every_open_exchange_that_fits_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, opened: OpenExchange
) -> None:
    """What is noted is found, field for field."""
    path = tmp_path_factory.mktemp("slots") / "recorder"
    recorder = new_recorder(path, 1)
    recorder.claim(opened)
    abandoned(recorder)

    assert recover(path).open == [opened]


@given(st.lists(st.tuples(texts, counts, counts, st.none() | texts), max_size=2), counts, texts)
def test_every_entry_that_fits_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    attempts: list[tuple[str, int | None, int | None, str | None]],
    bound: int | None,
    model: str,
) -> None:
    """The same for outcomes."""
    rows = [
        sample_attempt(sample_id(1), ordinal, route=route, input_tokens=tokens, cost_nanousd=cost, usage_raw=raw)
        for ordinal, (route, tokens, cost, raw) in enumerate(attempts, 1)
    ]
    entry = sample_entry(1, rows, cost_bound_nanousd=bound, model_asked=model)
    path = tmp_path_factory.mktemp("slots") / "recorder"
    recorder = new_recorder(path, 1)
    recorder.finish(recorder.claim(sample_open(1)), entry)
    abandoned(recorder)

    found: list[Entry] = recover(path).finished
    assert found == [entry]
