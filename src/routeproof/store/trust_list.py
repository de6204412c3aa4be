"""The signers whose evidence is believed here, besides those that the configuration names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from routeproof.errors import StoreError
from routeproof.store.private_files import read_whole, write_private

TRUST_LIST_NAME: Final = "trusted-signers.json"
TRUST_LIST_BYTES_MAX: Final = 1024 * 1024


class TrustedSigner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One that somebody decided to trust."""

    key_id: str
    since: str
    """RFC 3339."""
    note: str = ""
    """Whose it is, in the words of whoever added it."""


def trust_list_path(data_dir: Path) -> Path:
    """Where the list lies."""
    return data_dir / TRUST_LIST_NAME


def read_trust_list(data_dir: Path) -> list[TrustedSigner]:
    """Every trusted signer, the oldest first; empty where nobody was ever added. Raises StoreError."""
    path = trust_list_path(data_dir)
    try:
        return msgspec.json.decode(read_whole(path, TRUST_LIST_BYTES_MAX), type=list[TrustedSigner])
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise StoreError(
            f"{path} can't be read ({error}); correct it, or remove it and trust the signers anew"
        ) from error


def write_trust_list(data_dir: Path, signers: Sequence[TrustedSigner]) -> None:
    """Put this list in the place of the one that is there. Raises StoreError."""
    data = msgspec.json.format(msgspec.json.encode(list(signers)), indent=2)
    write_private(trust_list_path(data_dir), data + b"\n", overwrite=True)
