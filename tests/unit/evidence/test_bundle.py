"""Evidence is one file, written in one way."""

import pytest
from tests.support.sample_evidence import PLAN, SIGNER, bundle_of, observations_of, statement_of

from routeproof.evidence.bundle import read_bundle, write_bundle
from routeproof.evidence.statement import seal


def test_a_bundle_is_read_back_as_it_was_written() -> None:
    """Envelope, keys and observations."""
    bundle = read_bundle(bundle_of())

    assert bundle.envelope == seal(statement_of(), SIGNER)
    assert bundle.keys == (SIGNER.public_key,)
    assert bundle.observations == observations_of(PLAN)
    assert write_bundle(bundle.envelope, bundle.keys, bundle.observations) == bundle_of()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"format":', b'"format" :', "canonically"),
        (b'"POST"', b'"\\u0050OST"', "canonically"),
        (b'"routeproof-evidence/1"', b'"other/1"', "its format is 'other/1'"),
        (b'"format":', b'"more":1,"format":', "unknown field"),
    ],
)
def test_another_way_of_writing_it_is_refused(old: bytes, new: bytes, said: str) -> None:
    """With what is wrong."""
    with pytest.raises(ValueError, match=said):
        read_bundle(bundle_of().replace(old, new, 1))


def test_a_bundle_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything of it is read."""
    data = bundle_of()
    monkeypatch.setattr("routeproof.evidence.bundle.BUNDLE_BYTES_MAX", len(data))
    read_bundle(data)
    monkeypatch.setattr("routeproof.evidence.bundle.BUNDLE_BYTES_MAX", len(data) - 1)
    with pytest.raises(ValueError, match=f"{len(data)} bytes; evidence has at most"):
        read_bundle(data)
