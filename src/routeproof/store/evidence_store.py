"""Evidence on disk: one file each under `evidence/` of the data directory, named for the digest of what was signed.

The folder is its own index. A file's name is checked against its content whenever it is read.
"""

import re
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from routeproof.errors import StoreError
from routeproof.evidence.bundle import BUNDLE_BYTES_MAX
from routeproof.evidence.canonical import decode
from routeproof.evidence.dsse import Envelope
from routeproof.evidence.statement import Statement, evidence_digest
from routeproof.evidence.verification import read_statement
from routeproof.store.private_files import read_whole, write_private

EVIDENCE_FOLDER: Final = "evidence"

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PREFIX: Final = re.compile(r"[0-9a-f]{4,64}")


class _Sealed(msgspec.Struct):
    """A bundle without its observations: most of a file is skipped, not read."""

    envelope: Envelope


class Stored(NamedTuple):
    """One file of evidence, by what was signed."""

    digest: str
    path: Path
    statement: Statement
    signers: tuple[str, ...]
    """The key ids of its signatures, not yet verified."""


class Listing(NamedTuple):
    """What the store holds."""

    stored: list[Stored]
    problems: list[str]
    """One for each file that can't be read."""


def evidence_path(data_dir: Path, digest: str) -> Path:
    """Where evidence of this digest lies."""
    return data_dir / EVIDENCE_FOLDER / f"{digest}.json"


def keep_evidence(data_dir: Path, bundle: bytes) -> Stored:
    """Store a bundle; the same one again changes nothing. Raises StoreError, also where it is no bundle."""
    stored = sealed_in(bundle, data_dir / EVIDENCE_FOLDER)
    path = evidence_path(data_dir, stored.digest)
    try:
        write_private(path, bundle)
    except FileExistsError:
        if read_whole(path, BUNDLE_BYTES_MAX) != bundle:
            raise StoreError(
                f"{path} holds the same statement with other signatures or observations; move it away first"
            ) from None
    return stored._replace(path=path)


def read_stored(path: Path) -> Stored:
    """What was signed in a file of the store. Raises StoreError where it is missing, damaged or misnamed."""
    stored = sealed_in(read_bundle_file(path), path)
    if stored.digest != path.stem:
        raise StoreError(f"{path} holds evidence {stored.digest}; it was renamed or changed: remove it")
    return stored


def read_bundle_file(path: Path) -> bytes:
    """A file of evidence, wherever it lies. Raises StoreError."""
    try:
        return read_whole(path, BUNDLE_BYTES_MAX)
    except FileNotFoundError as error:
        raise StoreError(f"there is no file {path}; `routeproof evidence list` shows what there is") from error


def sealed_in(data: bytes, path: Path) -> Stored:
    """What was signed in a bundle; `path` names it. Raises StoreError where it can't be read. Nothing is verified."""
    try:
        envelope = decode(data, _Sealed).envelope
        statement = read_statement(envelope)
    except ValueError as error:
        raise StoreError(f"{path} is no evidence that this version can read ({error})") from error
    signers = tuple(signature.keyid for signature in envelope.signatures)
    return Stored(evidence_digest(envelope), path, statement, signers)


def list_evidence(data_dir: Path) -> Listing:
    """All evidence that is kept, the newest run first."""
    stored: list[Stored] = []
    problems: list[str] = []
    for path in _paths(data_dir):
        try:
            stored.append(read_stored(path))
        except StoreError as error:
            problems.append(error.message)
    newest_first = sorted(stored, key=lambda one: (one.statement.predicate.run.ended, one.digest), reverse=True)
    return Listing(newest_first, problems)


def find_evidence(data_dir: Path, reference: str) -> Stored:
    """By its digest or the beginning of it, or by a route's name: then its newest. Raises StoreError."""
    if _PREFIX.fullmatch(reference):
        paths = [path for path in _paths(data_dir) if path.stem.startswith(reference)]
        if len(paths) == 1:
            return read_stored(paths[0])
        if paths:
            raise StoreError(f"{reference!r} begins {len(paths)} digests; write more of the one that you mean")
    for one in list_evidence(data_dir).stored:
        if one.statement.predicate.plan.route.name == reference:
            return one
    raise StoreError(
        f"there is no evidence {reference!r}; `routeproof evidence list` shows what there is, "
        "`routeproof prove` makes some"
    )


def _paths(data_dir: Path) -> list[Path]:
    return sorted(path for path in (data_dir / EVIDENCE_FOLDER).glob("*.json") if _DIGEST.fullmatch(path.stem))
