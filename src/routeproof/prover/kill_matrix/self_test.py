"""The record of the prover's own test: the kill matrix of one build, small enough to stand in every plan (R09)."""

from routeproof.evidence.canonical import decode, encode
from routeproof.evidence.plan import SelfTest

__all__ = ["SelfTest", "read_self_test", "write_self_test"]


def write_self_test(self_test: SelfTest) -> bytes:
    """As canonical JSON, so that equal matrices make equal files."""
    return encode(self_test)


def read_self_test(data: bytes) -> SelfTest:
    """Read what `write_self_test` wrote. Raises ValueError for anything else."""
    self_test = decode(data, SelfTest)
    if encode(self_test) != data:
        raise ValueError("the record of the self-test is not written canonically, so it was changed")
    return self_test
