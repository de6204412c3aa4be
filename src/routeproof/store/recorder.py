"""The flight recorder: every exchange in flight, in a file that outlives a kill, and what is left of it after one.

`slot_file` has the layout and says why a record is never torn. `claim` and `finish` stand on the hot path and cost
well under a microsecond each; they belong to the event loop's thread, `free` to the ledger writer's.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from routeproof.errors import Overloaded, StoreError
from routeproof.ledger.entries import Entry, OpenExchange, PackedEntry, unpack_entry
from routeproof.native import plain_pack, write_record
from routeproof.store.fitting import fit_entry, fit_open, pack_entry
from routeproof.store.slot_file import (
    B_OFFSET,
    FINISHED,
    FINISHED_OFFSET,
    FINISHED_PAYLOAD_MAX,
    FREE,
    OPEN_A,
    OPEN_B,
    OPEN_PAYLOAD_MAX,
    SLOT_BYTES,
    STATES_OFFSET,
    SlotFile,
    make_slot_file,
    open_slot_file,
)

_log = logging.getLogger("routeproof.store.recorder")

_Record = TypeVar("_Record", Entry, OpenExchange)
_encode: Final = msgspec.msgpack.Encoder().encode
_decode_open: Final = msgspec.msgpack.Decoder(OpenExchange).decode
_pack: Final = pack_entry
_plain_pack: Final = plain_pack
_write: Final = write_record
# Own names for what the layout says: a Final of this module is read without a look-up.
_OPEN_MAX: Final = OPEN_PAYLOAD_MAX
_FINISHED_MAX: Final = FINISHED_PAYLOAD_MAX


class FlightRecorder:
    """One worker's slots."""

    def __init__(self, path: Path, slots: int, worker: int) -> None:
        """Take over the file, or make it. Raises StoreError where it can't, or holds what was not recovered."""
        file = open_slot_file(path)
        if file is not None and (occupied := file.occupied()):
            file.close()
            raise StoreError(f"{path} holds {occupied} exchanges of an earlier run; recover them first")
        if file is None or (file.slots, file.worker) != (slots, worker):
            if file is not None:
                file.close()
            file = make_slot_file(path, slots, worker)
        self._file = file
        self._map = file.map
        self._base = file.base
        # A stack: the slots freed last are claimed next, so that few pages are ever touched. Its `pop`, `append` and
        # `extend` are each one step under the interpreter's lock, so two threads share it without another one.
        self._free = list(range(slots - 1, -1, -1))
        self.slots = slots

    @property
    def in_use(self) -> int:
        """Slots claimed and not yet freed."""
        return self.slots - len(self._free)

    def claim(self, opened: OpenExchange) -> int:
        """Note an exchange before its dispatch; returns its slot. Raises Overloaded where none is free."""
        payload = _plain_pack(opened) or _encode(opened)
        if len(payload) > _OPEN_MAX:
            payload = fit_open(opened, _OPEN_MAX)
        try:
            slot = self._free.pop()
        except IndexError:
            raise Overloaded("Too many requests are in flight; try again shortly.") from None
        _write(self._map, self._base + slot * SLOT_BYTES, payload)
        self._map[STATES_OFFSET + slot] = OPEN_A
        return slot

    def update(self, slot: int, opened: OpenExchange) -> None:
        """Note a further attempt before its dispatch; until the last byte is there, the older note counts."""
        payload = _plain_pack(opened) or _encode(opened)
        if len(payload) > _OPEN_MAX:
            payload = fit_open(opened, _OPEN_MAX)
        state = self._map[STATES_OFFSET + slot]
        assert state in (OPEN_A, OPEN_B)
        to_b = state == OPEN_A
        _write(self._map, self._base + slot * SLOT_BYTES + (B_OFFSET if to_b else 0), payload)
        self._map[STATES_OFFSET + slot] = OPEN_B if to_b else OPEN_A

    def finish(self, slot: int, entry: Entry) -> PackedEntry:
        """Note the outcome; returns the entry packed, as the writer takes it.

        An amount that no 64 bits hold becomes unknown in the entry itself.
        """
        packed = _pack(entry)
        at = self._base + slot * SLOT_BYTES + FINISHED_OFFSET
        _write(self._map, at, packed if len(packed) <= _FINISHED_MAX else fit_entry(entry, _FINISHED_MAX))
        self._map[STATES_OFFSET + slot] = FINISHED
        return packed

    def free(self, slots: Sequence[int]) -> None:
        """Give back slots whose rows are committed. Called by the writer's thread."""
        states = self._map
        for slot in slots:
            assert states[STATES_OFFSET + slot] == FINISHED
            states[STATES_OFFSET + slot] = FREE
        self._free.extend(slots)

    def close(self) -> None:
        """Unmap the file; nothing may be noted after that. What was not freed waits for recovery."""
        self._file.close()


class Recovered(msgspec.Struct, frozen=True):
    """What an earlier process left in its flight recorder."""

    finished: list[Entry]
    """Ended, and perhaps not committed."""
    open: list[OpenExchange]
    """In flight when the process died."""
    damaged: int
    """Slots that can't be read; a loss of power can leave them, a kill can't."""


def recover(path: Path) -> Recovered:
    """Read what an earlier process left, and leave it there. Raises StoreError where the file is not a recorder's."""
    file = open_slot_file(path)
    if file is None:
        return Recovered([], [], 0)
    finished: list[Entry] = []
    still_open: list[OpenExchange] = []
    damaged = 0
    try:
        for slot, state in enumerate(file.states()):
            found = _read_slot(file, slot, state) if state != FREE else None
            if isinstance(found, Entry):
                finished.append(found)
            elif found is not None:
                still_open.append(found)
            elif state != FREE:
                damaged += 1
    finally:
        file.close()
    if damaged:
        _log.error("%s: %d slots can't be read; their exchanges are lost", path, damaged)
    return Recovered(finished, still_open, damaged)


def clear(path: Path) -> None:
    """Free every slot, once what they held is committed. Raises StoreError."""
    file = open_slot_file(path)
    if file is not None:
        file.clear()
        file.close()


def _read_slot(file: SlotFile, slot: int, state: int) -> Entry | OpenExchange | None:
    """What counts of a slot's records: the state says so where a kill left it, but not where power was lost.

    Then the state and each record may be of different ages, and a whole record that of an exchange before.
    """
    offsets = (B_OFFSET, 0) if state == OPEN_B else (0, B_OFFSET)
    notes = [_read(file, slot, offset, OPEN_PAYLOAD_MAX, _decode_open) for offset in offsets]
    note = _newer(*notes)
    if state == FINISHED:
        entry = _read(file, slot, FINISHED_OFFSET, FINISHED_PAYLOAD_MAX, unpack_entry)
        if entry is not None and (note is None or note.id <= entry.exchange.id):
            return entry
    return note


def _newer(note: OpenExchange | None, other: OpenExchange | None) -> OpenExchange | None:
    """The other note only where it shows itself that it is newer: ids grow, and so do the routes of an exchange."""
    if note is None or other is None:
        return note or other
    if other.id != note.id:
        return other if other.id > note.id else note
    goes_on = len(other.routes) > len(note.routes) and other.routes[: len(note.routes)] == note.routes
    return other if goes_on else note


def _read(
    file: SlotFile, slot: int, offset: int, payload_max: int, decode: Callable[[bytes], _Record]
) -> _Record | None:
    payload = file.record(slot, offset, payload_max)
    if payload is None:
        return None
    try:
        return decode(payload)
    except msgspec.DecodeError:
        return None
