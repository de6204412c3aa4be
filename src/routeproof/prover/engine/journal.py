"""What a run has done so far, on disk: an interrupted run goes on from it with the same plan.

One folder a plan, named for its digest, with `plan.json` and `journal.jsonl`: a line before each request is sent, and
one with its observation, redacted, when it is over. A line that was torn off by a crash is dropped.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from routeproof.errors import StoreError
from routeproof.evidence.canonical import decode, encode
from routeproof.evidence.observations import Observation, ObservationKey
from routeproof.evidence.plan import Plan
from routeproof.store.held_file import HeldFile
from routeproof.store.private_files import read_whole, write_private

PROVER_FOLDER: Final = "prover"
PLAN_NAME: Final = "plan.json"
JOURNAL_NAME: Final = "journal.jsonl"
PLAN_BYTES_MAX: Final = 64 * 1024 * 1024


class Sending(msgspec.Struct, frozen=True, tag="sending"):
    """A request is about to be sent."""

    key: ObservationKey


class Kept(msgspec.Struct, frozen=True, tag="kept"):
    """A request is over."""

    observation: Observation


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The first request is about to be sent."""

    at: str
    """RFC 3339."""


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """Nothing of the plan is missing any more."""


Line = Started | Sending | Kept | Finished
_decode: Final = msgspec.json.Decoder(Line).decode


class Journal(HeldFile):
    """The journal of one plan's run; one process at a time may hold it."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Open it, or begin it. Raises StoreError where another process holds it, or it can't be read or written."""
        self._path = folder / JOURNAL_NAME
        self.started: str | None = None
        self.finished = False
        self.kept: dict[ObservationKey, Observation] = {}
        self.sent: list[ObservationKey] = []
        """Every request that was sent, again where it was sent again."""
        try:
            write_private(folder / PLAN_NAME, encode(plan), overwrite=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"can't open {self._path} ({error.strerror}); make its folder writable") from error
        self._lock()
        self._recall()

    def start(self, at: str) -> None:
        """Note when the run began, where that is not noted yet."""
        if self.started is None:
            self.started = at
            self._append(Started(at))

    def sending(self, key: ObservationKey) -> None:
        """Note a request before it is sent, so that a crash can't hide what it cost."""
        self._append(Sending(key))

    def keep(self, observation: Observation) -> None:
        """Note what came of a request; redacted."""
        self._append(Kept(observation))

    def finish(self) -> None:
        """Note that nothing is missing."""
        self._append(Finished())
        self.finished = True

    def _append(self, line: Line) -> None:
        data = msgspec.json.encode(line) + b"\n"
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            raise StoreError(f"can't write {self._path} ({error.strerror}); make room, then go on") from error

    def _lock(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise StoreError(f"another process runs this plan (it holds {self._path}); wait for it") from error

    def _recall(self) -> None:
        try:
            data = self._path.read_bytes()
            whole = data.rfind(b"\n") + 1
            if whole < len(data):
                os.ftruncate(self._fd, whole)
        except OSError as error:
            raise StoreError(f"can't read {self._path} ({error.strerror}); check its permissions") from error
        for line in self._lines(data[:whole]):
            if isinstance(line, Kept):
                self.kept[line.observation.key] = line.observation
            elif isinstance(line, Sending):
                self.sent.append(line.key)
            elif isinstance(line, Started):
                self.started = line.at
            else:
                self.finished = True

    def _lines(self, data: bytes) -> Iterator[Line]:
        for number, line in enumerate(data.splitlines(), 1):
            try:
                yield _decode(line)
            except ValueError as error:
                self.close()
                raise StoreError(
                    f"{self._path}:{number} can't be read ({error}); remove {self._path.parent} and begin anew"
                ) from error


def journal_folder(data_dir: Path, plan: Plan) -> Path:
    """Where the journal of a plan is."""
    return data_dir / PROVER_FOLDER / plan.digest


def unfinished_plans(data_dir: Path) -> Iterator[Plan]:
    """The plans of runs that were interrupted, the newest first. What can't be read is none. Raises StoreError."""
    found: list[Plan] = []
    for path in (data_dir / PROVER_FOLDER).glob(f"*/{PLAN_NAME}"):
        try:
            plan = decode(read_whole(path, PLAN_BYTES_MAX), Plan)
        except ValueError:  # of another version, whose plan this one could not carry out
            continue
        if not _is_finished(path.parent / JOURNAL_NAME):
            found.append(plan)
    return iter(sorted(found, key=lambda plan: plan.created, reverse=True))


def clear_finished(data_dir: Path) -> None:
    """Remove the journals of runs that were finished: their observations are in the evidence. Raises StoreError."""
    for path in (data_dir / PROVER_FOLDER).glob(f"*/{JOURNAL_NAME}"):
        if _is_finished(path):
            try:
                path.unlink()
                path.with_name(PLAN_NAME).unlink(missing_ok=True)
                path.parent.rmdir()
            except OSError as error:
                raise StoreError(f"can't remove {path} ({error.strerror}); remove {path.parent}") from error


def _is_finished(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 64))
            return file.read().endswith(_FINISHED)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"can't read {path} ({error.strerror}); check its permissions") from error


_FINISHED: Final = msgspec.json.encode(Finished()) + b"\n"
