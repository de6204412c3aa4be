"""The signing key of this data directory: made once, never overwritten, read by its owner alone."""

from pathlib import Path
from typing import Final

from routeproof.errors import StoreError
from routeproof.evidence.dsse import Signer, signer_from_pem
from routeproof.store.private_files import read_whole, write_private

SIGNER_NAME: Final = "signer.pem"
SIGNER_BYTES_MAX: Final = 16 * 1024


def signer_path(data_dir: Path) -> Path:
    """Where the private key lies."""
    return data_dir / SIGNER_NAME


def write_signer(data_dir: Path, signer: Signer) -> Path:
    """Keep the private key. Raises StoreError where there is one already, or it can't be written."""
    path = signer_path(data_dir)
    try:
        write_private(path, signer.private_pem())
    except FileExistsError as error:
        raise StoreError(
            f"there is a signing key already ({path}); it is never overwritten, for evidence signed with it would "
            "no longer be trusted here: move it away first if that is what you want"
        ) from error
    return path


def read_signer(data_dir: Path) -> Signer | None:
    """The signer of this data directory, None where there is none.

    Raises StoreError where others may read the key, or the file holds none.
    """
    path = signer_path(data_dir)
    try:
        pem = read_whole(path, SIGNER_BYTES_MAX)
    except FileNotFoundError:
        return None
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise StoreError(f"others may read the signing key {path} (mode {mode:o}); `chmod 600` it, or make a new one")
    try:
        return signer_from_pem(pem)
    except ValueError as error:
        raise StoreError(f"{path} holds no signing key ({error}); put back what `signer init` wrote") from error
