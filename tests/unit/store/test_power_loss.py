"""Power is lost: the pages of the flight recorder's file are of any ages since the last sync, and no synced note is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_entries import sample_entry, sample_id, sample_open

from routeproof.ledger.entries import OpenExchange
from routeproof.store.recorder import FlightRecorder, recover
from routeproof.store.slot_file import PAGE, STATES_OFFSET

SLOTS = 2
SECTOR = 512
"""The least that a disk writes whole."""
ACTS = ("claim", "update", "finish", "free", "sync")


class Machine:
    """A recorder, its file as it was after each act, and what was promised at the last sync."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recorder = FlightRecorder(path, SLOTS, 0)
        self.contents = [path.read_bytes()]
        self.synced: dict[int, OpenExchange] = {}
        """Exchanges by slot whose note is on the disk: they may have been dispatched."""
        self._noted: dict[int, OpenExchange] = {}
        self._finished: set[int] = set()
        self._exchanges = 0

    def act(self, what: str, slot: int) -> None:
        """Do it where it can be done, then look at the file."""
        noted = self._noted.get(slot)
        if what == "claim" and len(self._noted) < SLOTS:
            self._exchanges += 1
            opened = sample_open(self._exchanges, [f"a/{self._exchanges}"])
            self._noted[self.recorder.claim(opened)] = opened
        elif what == "sync":
            self.synced = dict(self._noted)
            self.contents = self.contents[-1:]
        elif noted is not None and what == "free" and slot in self._finished:
            self.recorder.free([slot])
            self._finished.discard(slot)
            del self._noted[slot]
            self.synced.pop(slot, None)  # its rows are on the disk: commits are synced too
        elif noted is not None and slot not in self._finished:
            self._change(what, slot, noted)
        self.contents.append(self.path.read_bytes())

    def _change(self, what: str, slot: int, noted: OpenExchange) -> None:
        if what == "update" and self.synced.get(slot) == noted:  # a failover comes after a dispatch, that after a sync
            opened = sample_open(0, [*noted.routes, f"b/{len(noted.routes)}"], id=noted.id)
            self.recorder.update(slot, opened)
            self._noted[slot] = opened
        elif what == "finish":
            self.recorder.finish(slot, sample_entry(0, [], id=noted.id))
            self._finished.add(slot)

    def lose_power(self, ages: st.DataObject) -> None:
        """Leave a file whose every sector is as it was after some act since the last sync."""
        self.recorder.close()
        left = bytearray(self.contents[-1])
        for at in range(0, len(left), SECTOR):
            versions = list(dict.fromkeys(content[at : at + SECTOR] for content in self.contents))
            left[at : at + SECTOR] = ages.draw(st.sampled_from(versions)) if len(versions) > 1 else versions[0]
        self.path.write_bytes(left)


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, SLOTS - 1)), max_size=24), st.data())
def test_no_synced_note_is_lost_whatever_reached_the_disk_after_it(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]], ages: st.DataObject
) -> None:
    """Each exchange that may have been dispatched and has no row is found: ended, or with every route it may be on."""
    machine = Machine(tmp_path_factory.mktemp("slots") / "recorder")
    for what, slot in acts:
        machine.act(what, slot)
    machine.lose_power(ages)

    found = recover(machine.path)
    ended = {entry.exchange.id for entry in found.finished}
    in_flight = {opened.id: opened.routes for opened in found.open}
    for note in machine.synced.values():
        assert note.id in ended or in_flight[note.id][: len(note.routes)] == note.routes


def of_ages(path: Path, states: bytes, slots: bytes) -> None:
    """A file whose states are of one age, its slots of another."""
    path.write_bytes(states[: STATES_OFFSET + PAGE] + slots[STATES_OFFSET + PAGE :])


def test_a_state_that_is_newer_than_the_note_does_not_bring_back_an_older_exchange(recorder_file: Path) -> None:
    """The state says the second note, and that one is still of the exchange before."""
    machine = Machine(recorder_file)
    for what in ("claim", "sync", "update", "finish", "free", "claim", "sync"):
        machine.act(what, 0)
    synced = machine.contents[-1]
    machine.act("update", 0)
    machine.recorder.close()
    of_ages(recorder_file, states=machine.contents[-1], slots=synced)

    assert [(opened.id, opened.routes) for opened in recover(recorder_file).open] == [(sample_id(2), ["a/2"])]


def test_a_state_that_is_newer_than_the_outcome_does_not_bring_back_an_older_one(recorder_file: Path) -> None:
    """The state says finished, and the outcome in the slot is still that of the exchange before."""
    machine = Machine(recorder_file)
    for what in ("claim", "finish", "free", "claim", "sync"):
        machine.act(what, 0)
    synced = machine.contents[-1]
    machine.act("finish", 0)
    machine.recorder.close()
    of_ages(recorder_file, states=machine.contents[-1], slots=synced)

    found = recover(recorder_file)
    assert ([opened.id for opened in found.open], found.finished) == ([sample_id(2)], [])


def test_a_state_that_is_newer_than_the_third_note_leaves_the_second(recorder_file: Path) -> None:
    """The third note takes the first one's place; the second route was dispatched and must not be forgotten."""
    machine = Machine(recorder_file)
    for what in ("claim", "sync", "update", "sync"):
        machine.act(what, 0)
    synced = machine.contents[-1]
    machine.act("update", 0)
    machine.recorder.close()
    of_ages(recorder_file, states=machine.contents[-1], slots=synced)

    assert [opened.routes for opened in recover(recorder_file).open] == [["a/1", "b/1"]]
