"""The list of signers that somebody decided to believe."""

from pathlib import Path

import pytest
from tests.support.sample_evidence import SIGNER, STRANGER

from routeproof.errors import StoreError
from routeproof.store.trust_list import TrustedSigner, read_trust_list, trust_list_path, write_trust_list

LIST = [
    TrustedSigner(SIGNER.key_id, "2026-11-24T12:00:00.000Z", "ours"),
    TrustedSigner(STRANGER.key_id, "2026-11-25T12:00:00.000Z"),
]


def test_a_list_comes_back(tmp_path: Path) -> None:
    """In its order, replaced as a whole; empty where there was never one."""
    assert read_trust_list(tmp_path) == []

    write_trust_list(tmp_path, LIST[:1])
    write_trust_list(tmp_path, LIST)

    assert read_trust_list(tmp_path) == LIST
    assert trust_list_path(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", ["", "{}", '[{"key_id": 7, "since": ""}]', '[{"key_id": "a", "since": "", "x": 1}]']
)
def test_a_broken_list_is_named(tmp_path: Path, content: str) -> None:
    """Nobody is believed by a list that can't be read."""
    trust_list_path(tmp_path).write_text(content)

    with pytest.raises(StoreError, match=r"trusted-signers\.json can't be read"):
        read_trust_list(tmp_path)
