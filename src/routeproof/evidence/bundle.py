"""Evidence as one file: the signed envelope, the public keys, and all observations."""

from collections.abc import Iterable

from routeproof.evidence.canonical import Record, decode, encode
from routeproof.evidence.dsse import Envelope
from routeproof.evidence.observations import Observation

FORMAT = "routeproof-evidence/1"
BUNDLE_BYTES_MAX = 512 * 1024 * 1024


class Bundle(Record, frozen=True, kw_only=True):
    """What `evidence export` writes. The plan and the results are in the envelope's payload."""

    format: str = FORMAT
    envelope: Envelope
    keys: tuple[bytes, ...]
    """The public keys of its signatures: whoever trusts a key id needs nothing else."""
    observations: tuple[Observation, ...]


def write_bundle(envelope: Envelope, keys: Iterable[bytes], observations: Iterable[Observation]) -> bytes:
    """The file's bytes: canonical, so that equal evidence makes equal files."""
    return encode(Bundle(envelope=envelope, keys=tuple(keys), observations=tuple(observations)))


def read_bundle(data: bytes) -> Bundle:
    """Read a file. Raises ValueError, saying what is wrong, where it is not exactly what `write_bundle` writes."""
    if len(data) > BUNDLE_BYTES_MAX:
        raise ValueError(f"{len(data)} bytes; evidence has at most {BUNDLE_BYTES_MAX}")
    bundle = decode(data, Bundle)
    if bundle.format != FORMAT:
        raise ValueError(f"its format is {bundle.format!r}; this version reads {FORMAT!r}")
    if encode(bundle) != data:
        raise ValueError("it is not written canonically, so it was changed after it was exported")
    return bundle
