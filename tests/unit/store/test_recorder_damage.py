"""What is left of the flight recorder when a store is cut short, or power is lost."""

from pathlib import Path

import pytest
from tests.support.sample_entries import sample_entry, sample_open

from routeproof.store import recorder as recorder_module
from routeproof.store.recorder import FlightRecorder, recover
from routeproof.store.slot_file import B_OFFSET, FINISHED_OFFSET, SLOT_BYTES, slots_offset

SLOTS = 8
BASE = slots_offset(SLOTS)
A_OFFSET = 0
WHOLE = 10_000
"""More bytes than any record has."""


class Killed(Exception):
    """Stands for SIGKILL at one instant."""


class TornMap:
    """A mapping that dies in the middle of its n-th store, which leaves only its first bytes."""

    def __init__(self, inner: object, store: int, bytes_kept: int) -> None:
        self._inner = inner
        self._left = store
        self._bytes_kept = bytes_kept

    def __len__(self) -> int:
        return len(self._inner)  # type: ignore[arg-type]

    def __getitem__(self, key: int) -> int:
        return self._inner[key]  # type: ignore[index, no-any-return]

    def __setitem__(self, key: int | slice, value: int | bytes) -> None:
        self._left -= 1
        if self._left:
            self._inner[key] = value  # type: ignore[index]
            return
        if isinstance(key, slice) and isinstance(value, bytes):
            kept = min(self._bytes_kept, len(value))
            self._inner[key.start : key.start + kept] = value[:kept]  # type: ignore[index]
        raise Killed


def new_recorder(path: Path) -> FlightRecorder:
    return FlightRecorder(path, SLOTS, 0)


def abandoned(recorder: FlightRecorder) -> None:
    """What a kill leaves: the file as it is."""
    recorder.close()


@pytest.mark.parametrize("bytes_kept", [0, 1, 2, 5, 6, 7, 60, WHOLE])
class TestKilledInTheMiddle:
    """A kill within a store leaves what was whole before it."""

    def test_of_a_claim(self, recorder_file: Path, bytes_kept: int) -> None:
        """Nothing was dispatched, so there is nothing to find, and an older exchange's note does not come back."""
        recorder = new_recorder(recorder_file)
        slot = recorder.claim(sample_open(1))
        recorder.finish(slot, sample_entry(1))
        recorder.free([slot])
        recorder._map = TornMap(recorder._map, 1, bytes_kept)  # type: ignore[assignment]
        with pytest.raises(Killed):
            recorder.claim(sample_open(2))

        found = recover(recorder_file)
        assert (found.open, found.finished, found.damaged) == ([], [], 0)

    @pytest.mark.parametrize("store", [1, 2])
    @pytest.mark.parametrize("updates", [0, 1, 2])
    def test_of_an_update(self, recorder_file: Path, bytes_kept: int, store: int, updates: int) -> None:
        """The note from before the failover stands until the new one is whole, with its state byte or without."""
        recorder = new_recorder(recorder_file)
        routes = ["a/1"]
        slot = recorder.claim(sample_open(1, list(routes)))
        for number in range(updates):
            routes.append(f"b/{number}")
            recorder.update(slot, sample_open(1, list(routes)))
        recorder._map = TornMap(recorder._map, store, bytes_kept)  # type: ignore[assignment]
        with pytest.raises(Killed):
            recorder.update(slot, sample_open(1, [*routes, "c/3"]))

        whole = store == 2 or bytes_kept == WHOLE
        assert recover(recorder_file).open == [sample_open(1, [*routes, "c/3"] if whole else routes)]

    @pytest.mark.parametrize("store", [1, 2])
    @pytest.mark.parametrize("updates", [0, 1, 2])
    def test_of_a_finish(self, recorder_file: Path, bytes_kept: int, store: int, updates: int) -> None:
        """The exchange is still in flight, with the routes it had."""
        recorder = new_recorder(recorder_file)
        routes = ["a/1"]
        slot = recorder.claim(sample_open(1, list(routes)))
        for number in range(updates):
            routes.append(f"b/{number}")
            recorder.update(slot, sample_open(1, list(routes)))
        recorder._map = TornMap(recorder._map, store, bytes_kept)  # type: ignore[assignment]
        with pytest.raises(Killed):
            recorder.finish(slot, sample_entry(1))

        found = recover(recorder_file)
        assert (found.open, found.finished) == ([sample_open(1, routes)], [])

    def test_of_freeing(self, recorder_file: Path, bytes_kept: int) -> None:
        """What was not freed yet is found finished, which is what it is."""
        recorder = new_recorder(recorder_file)
        slots = [recorder.claim(sample_open(number)) for number in range(3)]
        for number, slot in enumerate(slots):
            recorder.finish(slot, sample_entry(number))
        recorder._map = TornMap(recorder._map, 2, bytes_kept)  # type: ignore[assignment]
        with pytest.raises(Killed):
            recorder.free(slots)

        assert recover(recorder_file).finished == [sample_entry(1), sample_entry(2)]


def damage(path: Path, offset: int, slot: int = 0) -> None:
    """What a loss of power can do: one record's page is not of the age that the state says."""
    content = bytearray(path.read_bytes())
    content[BASE + slot * SLOT_BYTES + offset + 20] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damaged", "routes"), [((FINISHED_OFFSET,), ["a/1", "b/2"]), ((FINISHED_OFFSET, B_OFFSET), ["a/1"])]
)
def test_a_damaged_outcome_falls_back_to_the_note_before(
    recorder_file: Path, damaged: tuple[int, ...], routes: list[str]
) -> None:
    """A record that fails its checksum is not believed; an older one of the same exchange is."""
    recorder = new_recorder(recorder_file)
    slot = recorder.claim(sample_open(1, ["a/1"]))
    recorder.update(slot, sample_open(1, ["a/1", "b/2"]))
    recorder.finish(slot, sample_entry(1))
    abandoned(recorder)
    for offset in damaged:
        damage(recorder_file, offset)

    found = recover(recorder_file)
    assert (found.open, found.finished, found.damaged) == ([sample_open(1, routes)], [], 0)


def test_a_damaged_note_falls_back_to_the_other(recorder_file: Path) -> None:
    """Power was lost, and of two notes the newer one is not whole."""
    recorder = new_recorder(recorder_file)
    recorder.update(recorder.claim(sample_open(1, ["a/1"])), sample_open(1, ["a/1", "b/2"]))
    abandoned(recorder)
    damage(recorder_file, B_OFFSET)

    assert recover(recorder_file).open == [sample_open(1, ["a/1"])]


def test_an_older_exchanges_note_is_not_taken_for_this_ones(recorder_file: Path) -> None:
    """Of the notes that are whole, the newest exchange's counts: the slot had others before."""
    recorder = new_recorder(recorder_file)
    slot = recorder.claim(sample_open(1, ["a/1"]))
    recorder.update(slot, sample_open(1, ["a/1", "b/2"]))
    recorder.finish(slot, sample_entry(1))
    recorder.free([slot])
    assert recorder.claim(sample_open(2)) == slot
    recorder.finish(slot, sample_entry(2))
    abandoned(recorder)
    damage(recorder_file, FINISHED_OFFSET)

    assert recover(recorder_file).open == [sample_open(2)]


def test_a_slot_without_any_whole_record_is_counted(recorder_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is made up; the loss is counted and logged with the file's name."""
    recorder = new_recorder(recorder_file)
    recorder.claim(sample_open(1))
    recorder.claim(sample_open(2))
    abandoned(recorder)
    damage(recorder_file, A_OFFSET)

    found = recover(recorder_file)
    assert (found.open, found.damaged) == ([sample_open(2)], 1)
    assert str(recorder_file) in caplog.text


def test_a_whole_record_of_another_shape_is_damage(recorder_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checksum that is right does not make a record readable."""
    recorder = new_recorder(recorder_file)
    monkeypatch.setattr(recorder_module, "_encode", lambda _: b"\x93\x01\x02\x03")
    recorder.claim(sample_open(1))
    abandoned(recorder)

    assert recover(recorder_file).damaged == 1
