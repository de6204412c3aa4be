"""Who signs evidence here, and whose evidence is believed."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Final

import msgspec

from routeproof.clock import Clock, SystemClock, format_instant
from routeproof.config.evidence import KEY_ID
from routeproof.config.settings import EvidenceSettings, SignerPlace
from routeproof.errors import OperatorError, StoreError
from routeproof.evidence.dsse import SEED_BYTES, Signer, signer_from_pem
from routeproof.store.private_files import read_whole
from routeproof.store.signer_file import SIGNER_BYTES_MAX, read_signer, signer_path, write_signer
from routeproof.store.trust_list import TrustedSigner, read_trust_list, write_trust_list

NOTE_CHARACTERS_MAX: Final = 200
_ONE_LINE: Final = re.compile(rb"[0-9A-Za-z+/=]{40,}")


class SignerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a signer."""

    key_id: str
    public_key: str
    """In PEM, for other tools."""
    place: str
    """Where the private key is: `file:PATH` or `env:NAME`."""


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """One signer that is believed here, and why."""

    key_id: str
    because: str
    """`own`, `configuration`, or `added`."""
    since: str | None = None
    note: str = ""


def init_signer(data_dir: Path, settings: EvidenceSettings) -> SignerInfo:
    """Make this data directory's signer. Raises OperatorError where there is one already, in whatever place."""
    if settings.signer is not None:
        raise OperatorError(
            f"evidence.signer names {settings.signer}, so a key here would never sign; remove that setting first"
        )
    signer = Signer(token_bytes(SEED_BYTES))
    return _info(signer, f"file:{write_signer(data_dir, signer)}")


def show_signer(data_dir: Path, settings: EvidenceSettings, environ: Mapping[str, str] = os.environ) -> SignerInfo:
    """The signer of this place. Raises OperatorError where there is none."""
    signer = signer_of(data_dir, settings, environ)
    if signer is None:
        raise OperatorError("there is no signing key yet; `routeproof signer init` makes one")
    return _info(signer, str(settings.signer or f"file:{signer_path(data_dir)}"))


def signer_of(data_dir: Path, settings: EvidenceSettings, environ: Mapping[str, str] = os.environ) -> Signer | None:
    """The signer that the configuration names, else that of the data directory, else None. Raises OperatorError."""
    if settings.signer is None:
        return read_signer(data_dir)
    return _signer_at(settings.signer, environ)


def ready_signer(data_dir: Path, settings: EvidenceSettings, environ: Mapping[str, str] = os.environ) -> Signer:
    """The signer of this place, made now where there is none. Raises OperatorError."""
    signer = signer_of(data_dir, settings, environ)
    if signer is None:
        signer = Signer(token_bytes(SEED_BYTES))
        write_signer(data_dir, signer)
    return signer


def trusted_signers(data_dir: Path, settings: EvidenceSettings, environ: Mapping[str, str] = os.environ) -> list[Trust]:
    """All whose evidence is believed: the own signer, those of the configuration, those that were added."""
    own = signer_of(data_dir, settings, environ)
    found = [] if own is None else [Trust(key_id=own.key_id, because="own")]
    found += [Trust(key_id=key_id, because="configuration") for key_id in settings.trusted]
    found += [
        Trust(key_id=one.key_id, because="added", since=one.since, note=one.note) for one in read_trust_list(data_dir)
    ]
    return found


def trust_signer(data_dir: Path, key_id: str, *, note: str = "", clock: Clock | None = None) -> TrustedSigner:
    """Believe a signer from now on; one that is believed already stays as it is. Raises OperatorError."""
    _check_key_id(key_id)
    if len(note) > NOTE_CHARACTERS_MAX or not (note.isprintable() or not note):
        raise OperatorError(f"a note is one line of at most {NOTE_CHARACTERS_MAX} characters; shorten it")
    listed = read_trust_list(data_dir)
    for one in listed:
        if one.key_id == key_id:
            return one
    since = format_instant((clock or SystemClock()).wall_ns())
    added = TrustedSigner(key_id=key_id, since=since, note=note)
    write_trust_list(data_dir, [*listed, added])
    return added


def distrust_signer(data_dir: Path, key_id: str) -> None:
    """Believe a signer no more. Raises OperatorError where it was never added."""
    listed = read_trust_list(data_dir)
    kept = [one for one in listed if one.key_id != key_id]
    if len(kept) == len(listed):
        raise OperatorError(f"{key_id!r} was never added; `routeproof evidence trust` lists who is trusted, and why")
    write_trust_list(data_dir, kept)


def _check_key_id(key_id: str) -> None:
    if KEY_ID.fullmatch(key_id) is None:
        raise OperatorError(
            "that is no key id (it is not shown); give the 64 hexadecimal digits that `routeproof signer show` prints"
        )


def _info(signer: Signer, place: str) -> SignerInfo:
    return SignerInfo(key_id=signer.key_id, public_key=signer.public_pem().decode(), place=place)


def _signer_at(place: SignerPlace, environ: Mapping[str, str]) -> Signer:
    try:
        return signer_from_pem(_as_pem(_text_at(place, environ)))
    except ValueError as error:
        raise OperatorError(
            f"{place} (evidence.signer) holds no signing key: {error}; put the PEM there that `routeproof signer init` "
            "writes, or its inner line alone"
        ) from error


def _text_at(place: SignerPlace, environ: Mapping[str, str]) -> bytes:
    if place.kind == "env":
        value = environ.get(place.place)
        if value is None:
            raise OperatorError(f"the environment variable {place.place} (evidence.signer) is not set; set it")
        return value.encode("utf-8", "replace")
    try:
        return read_whole(Path(place.place), SIGNER_BYTES_MAX)
    except FileNotFoundError as error:
        raise StoreError(f"there is no file {place.place} (evidence.signer); put the signing key there") from error


def _as_pem(text: bytes) -> bytes:
    """A variable often holds one line: then it is the PEM without its frame."""
    bare = text.strip()
    if _ONE_LINE.fullmatch(bare) is None:
        return text
    return b"-----BEGIN PRIVATE KEY-----\n%b\n-----END PRIVATE KEY-----\n" % bare
