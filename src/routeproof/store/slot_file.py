"""The flight recorder's file: its layout, how it is made, and how it is opened after a crash.

    header, one page | one state byte a slot, rounded up to a page | slots of 2 KiB
    slot: open record A | open record B | finished record
    record: length (2 bytes), CRC-32 of the payload (4), payload (MessagePack)

Pages of a shared mapping outlive the process that wrote them. A record is written whole before the state byte that
makes it count, and never over the one that counts now: killed at any instruction, a process leaves either the older
or the newer state. The checksum is for the loss of power, after which pages may be of different ages.
"""

import mmap
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from routeproof.errors import StoreError

FREE: Final = 0
OPEN_A: Final = 1
OPEN_B: Final = 2
FINISHED: Final = 3

SLOT_BYTES: Final = 2048
OPEN_BYTES: Final = 416
B_OFFSET: Final = OPEN_BYTES
FINISHED_OFFSET: Final = 2 * OPEN_BYTES
RECORD_HEAD: Final = struct.Struct("<HI")
OPEN_PAYLOAD_MAX: Final = OPEN_BYTES - RECORD_HEAD.size
FINISHED_PAYLOAD_MAX: Final = SLOT_BYTES - FINISHED_OFFSET - RECORD_HEAD.size

PAGE: Final = 4096
STATES_OFFSET: Final = PAGE
SLOTS_MAX: Final = 1_048_576
_HEADER: Final = struct.Struct("<8sHHII")
_MAGIC: Final = b"RPFLIGHT"
_VERSION: Final = 1


def slots_offset(slots: int) -> int:
    """Where the first slot begins."""
    return STATES_OFFSET + -(-slots // PAGE) * PAGE


class SlotFile:
    """A mapped file of slots."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Map an open file; the descriptor is closed. Raises StoreError where its header is not ours."""
        self.path = path
        try:
            size = os.fstat(descriptor).st_size
            header = os.pread(descriptor, _HEADER.size, 0)
            if len(header) < _HEADER.size or header[: len(_MAGIC)] != _MAGIC:
                raise StoreError(f"{path} is no flight recorder; move it out of the data directory")
            _, version, worker, slot_bytes, slots = _HEADER.unpack(header)
            self.worker, self.slots = int(worker), int(slots)
            self.base = slots_offset(self.slots)
            if (version, slot_bytes, size) != (_VERSION, SLOT_BYTES, self.base + self.slots * SLOT_BYTES):
                raise StoreError(
                    f"{path} was written by another version, or is cut; let that version recover it, or move it away"
                )
            self.map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    def states(self) -> bytes:
        """Every slot's state."""
        return self.map[STATES_OFFSET : STATES_OFFSET + self.slots]

    def occupied(self) -> int:
        """Slots that are not free."""
        return self.slots - self.states().count(FREE)

    def record(self, slot: int, offset: int, payload_max: int) -> bytes | None:
        """The payload of one record of a slot; None where length or checksum is wrong."""
        at = self.base + slot * SLOT_BYTES + offset
        length, checksum = RECORD_HEAD.unpack_from(self.map, at)
        if not 0 < length <= payload_max:
            return None
        start = at + RECORD_HEAD.size
        payload = self.map[start : start + length]
        return payload if zlib.crc32(payload) == checksum else None

    def clear(self) -> None:
        """Make every slot free."""
        self.map[STATES_OFFSET : STATES_OFFSET + self.slots] = bytes(self.slots)

    def close(self) -> None:
        """Unmap it; what was written stays."""
        self.map.close()


def open_slot_file(path: Path) -> SlotFile | None:
    """Open what an earlier process left; None where there is nothing. Raises StoreError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"can't open {path} ({error.strerror}); make it readable and writable") from error
    return SlotFile(path, descriptor)


def make_slot_file(path: Path, slots: int, worker: int) -> SlotFile:
    """Make a file of free slots, in place of any that is there. Raises StoreError, naming the size it needs."""
    if not 0 < slots <= SLOTS_MAX:
        raise ValueError(f"{slots} slots are outside 1..{SLOTS_MAX}")
    # Under its name there is only ever a whole file, so that a crash in here leaves nothing to puzzle over.
    unfinished = path.with_name(f"{path.name}.new")
    size = slots_offset(slots) + slots * SLOT_BYTES
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            # Every byte is reserved now: on a full disk, a store into a hole would end the process with SIGBUS.
            os.posix_fallocate(descriptor, 0, size)
            os.pwrite(descriptor, _HEADER.pack(_MAGIC, _VERSION, worker, SLOT_BYTES, slots), 0)
            unfinished.replace(path)
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                unfinished.unlink()
            raise
    except OSError as error:
        raise StoreError(
            f"can't make {path} of {size} bytes ({error.strerror}); free some space, make its directory writable, "
            "or lower limits.recorder_slots"
        ) from error
    return SlotFile(path, descriptor)
