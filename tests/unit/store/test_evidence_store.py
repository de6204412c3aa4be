"""Evidence on disk: named for what was signed, and checked against its name."""

from pathlib import Path

import pytest
from tests.support.sample_evidence import PLAN, SIGNER, STRANGER, bundle_of, observations_of, statement_of

from routeproof.errors import StoreError
from routeproof.evidence.statement import evidence_digest, seal
from routeproof.store.evidence_store import evidence_path, find_evidence, keep_evidence, list_evidence, read_stored

BUNDLE = bundle_of()
DIGEST = evidence_digest(seal(statement_of(), SIGNER))


def failing() -> bytes:
    """Evidence of another run, which ended like the first."""
    seen = observations_of(PLAN, b'{"model":"deepseek-chat","ok":false}')
    return bundle_of(statement_of(observations=seen), seen)


def test_evidence_is_kept_under_its_digest(tmp_path: Path) -> None:
    """For its owner alone; keeping it again changes nothing."""
    stored = keep_evidence(tmp_path, BUNDLE)

    assert keep_evidence(tmp_path, BUNDLE) == stored
    assert stored.path == evidence_path(tmp_path, DIGEST)
    assert stored.path.stat().st_mode & 0o777 == 0o600
    assert stored.path.read_bytes() == BUNDLE
    assert (stored.digest, stored.statement, stored.signers) == (DIGEST, statement_of(), (SIGNER.key_id,))
    assert read_stored(stored.path) == stored


def test_the_same_statement_is_not_replaced_by_another_file(tmp_path: Path) -> None:
    """Re-signed by somebody else it has the same digest, and the first one stays."""
    keep_evidence(tmp_path, BUNDLE)
    with pytest.raises(StoreError, match="other signatures"):
        keep_evidence(tmp_path, bundle_of(signer=STRANGER))

    assert evidence_path(tmp_path, DIGEST).read_bytes() == BUNDLE


@pytest.mark.parametrize("data", [b"", b"{}", b'{"envelope": 1}', BUNDLE[:-100], b"\xff"])
def test_what_is_no_evidence_is_not_kept(tmp_path: Path, data: bytes) -> None:
    """And nothing is left of it."""
    with pytest.raises(StoreError, match="no evidence that this version can read"):
        keep_evidence(tmp_path, data)

    assert list(tmp_path.iterdir()) == []


def test_a_renamed_file_is_refused(tmp_path: Path) -> None:
    """A name is a promise about the content."""
    stored = keep_evidence(tmp_path, BUNDLE)
    moved = stored.path.rename(evidence_path(tmp_path, "0" * 64))

    with pytest.raises(StoreError, match="renamed or changed"):
        read_stored(moved)


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    """The rest is listed, and the damage told; what is no evidence by its name is left alone."""
    good, bad = keep_evidence(tmp_path, BUNDLE), keep_evidence(tmp_path, failing())
    bad.path.write_bytes(bad.path.read_bytes()[:-50])
    (good.path.parent / "notes.json").write_text("{}")
    listing = list_evidence(tmp_path)

    assert [one.digest for one in listing.stored] == [good.digest]
    assert len(listing.problems) == 1
    assert bad.digest in listing.problems[0]


def test_evidence_is_found_by_digest_beginning_and_route(tmp_path: Path) -> None:
    """Where a beginning fits several, more of it is asked for."""
    stored = keep_evidence(tmp_path, BUNDLE)

    assert find_evidence(tmp_path, DIGEST) == stored
    assert find_evidence(tmp_path, DIGEST[:4]) == stored
    assert find_evidence(tmp_path, PLAN.route.name) == stored
    for unknown in (DIGEST[:3], "0" * 64, "deepseek/other", "../" + DIGEST):
        with pytest.raises(StoreError, match="evidence list"):
            find_evidence(tmp_path, unknown)

    evidence_path(tmp_path, DIGEST[:4] + "f" * 60).write_bytes(b"{}")
    with pytest.raises(StoreError, match="begins 2 digests"):
        find_evidence(tmp_path, DIGEST[:4])


def test_nothing_is_listed_where_nothing_was_kept(tmp_path: Path) -> None:
    """Not even an error."""
    assert list_evidence(tmp_path / "absent") == ([], [])
