"""Records have one way of being written."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_evidence import PLAN, observations_of, statement_of

from routeproof.evidence.canonical import decode, digest_of, encode
from routeproof.evidence.observations import Observation, Read
from routeproof.evidence.plan import Plan
from routeproof.evidence.statement import Statement


def rfc_8785(text: bytes) -> bytes:
    """The same JSON as RFC 8785 has it, by another writer; for integers and ASCII names."""
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("record", [PLAN, observations_of(PLAN)[0], statement_of()])
def test_records_are_written_canonically_and_read_back(record: Plan | Observation | Statement) -> None:
    """As another implementation of RFC 8785 would."""
    written = encode(record)

    assert written == rfc_8785(written)
    assert decode(written, type(record)) == record
    assert digest_of(record) == hashlib.sha256(written).hexdigest()


@given(st.text())
def test_any_text_is_written_as_rfc_8785_has_it(text: str) -> None:
    """Controls, quotes, and what lies beyond ASCII."""
    written = encode({"text": text})

    assert written == rfc_8785(written)


@given(st.integers(0, 2**53), st.binary())
def test_bytes_survive(at_ns: int, data: bytes) -> None:
    """Whatever they are."""
    assert decode(encode(Read(at_ns, data)), Read) == Read(at_ns, data)


@pytest.mark.parametrize("text", [b"[" * 100_000, b"{}", b'{"unknown":1}', b"\xff"])
def test_what_is_no_such_record_is_refused(text: bytes) -> None:
    """Too deep, too little, unknown names, no UTF-8."""
    with pytest.raises(ValueError):
        decode(text, Plan)
