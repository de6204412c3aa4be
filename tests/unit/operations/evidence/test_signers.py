"""Who signs evidence here, and whose evidence is believed."""

from pathlib import Path

import pytest
from tests.support.sample_evidence import NOW_NS, SIGNER, STRANGER

from routeproof.clock import FixedClock
from routeproof.config.settings import EvidenceSettings, SignerPlace
from routeproof.errors import OperatorError
from routeproof.evidence.dsse import signer_from_pem
from routeproof.operations.evidence.signers import (
    NOTE_CHARACTERS_MAX,
    distrust_signer,
    init_signer,
    ready_signer,
    show_signer,
    signer_of,
    trust_signer,
    trusted_signers,
)
from routeproof.store.signer_file import read_signer, signer_path

RULES = EvidenceSettings()
PEM = SIGNER.private_pem().decode()
INNER = PEM.split("\n")[1]


def test_init_makes_a_signer_once(tmp_path: Path) -> None:
    """The second time it is refused, and the first key stays."""
    made = init_signer(tmp_path, RULES)
    with pytest.raises(OperatorError, match="never overwritten"):
        init_signer(tmp_path, RULES)

    assert show_signer(tmp_path, RULES) == made
    assert made.place == f"file:{signer_path(tmp_path)}"
    assert "PRIVATE" not in made.public_key


def test_a_signer_is_made_when_it_is_first_needed(tmp_path: Path) -> None:
    """And is the same from then on; before that there is none to show."""
    with pytest.raises(OperatorError, match="signer init"):
        show_signer(tmp_path, RULES)
    first = ready_signer(tmp_path, RULES)

    assert ready_signer(tmp_path, RULES).key_id == first.key_id == show_signer(tmp_path, RULES).key_id


@pytest.mark.parametrize("text", [PEM, f"  {PEM}\n", INNER, f"{INNER}\n"], ids=["pem", "blanks", "inner", "line"])
@pytest.mark.parametrize("kind", ["env", "file"])
def test_a_signer_may_be_given(tmp_path: Path, text: str, kind: str) -> None:
    """By a variable or a file, as PEM or as its inner line; then the data directory's own does not sign."""
    (tmp_path / "key").write_text(text)
    place = SignerPlace("env", "SIGNER") if kind == "env" else SignerPlace("file", str(tmp_path / "key"))
    rules = EvidenceSettings(signer=place)
    found = signer_of(tmp_path, rules, {"SIGNER": text})

    assert found is not None
    assert found.key_id == SIGNER.key_id
    assert show_signer(tmp_path, rules, {"SIGNER": text}).place == str(place)
    assert read_signer(tmp_path) is None
    with pytest.raises(OperatorError, match=r"evidence\.signer names"):
        init_signer(tmp_path, rules)


@pytest.mark.parametrize(
    ("place", "environ", "said"),
    [
        (SignerPlace("env", "SIGNER"), {}, "SIGNER .* is not set"),
        (SignerPlace("env", "SIGNER"), {"SIGNER": "canary-7Qx"}, "holds no signing key"),
        (SignerPlace("env", "SIGNER"), {"SIGNER": INNER[:-8] + "AAAAAAAA" + "A" * 40}, "holds no signing key"),
        (SignerPlace("file", "/nonexistent/signer"), {}, "there is no file"),
    ],
)
def test_what_is_wrong_with_a_given_signer_is_told(
    tmp_path: Path, place: SignerPlace, environ: dict[str, str], said: str
) -> None:
    """Never what is in it."""
    with pytest.raises(OperatorError, match=said) as refusal:
        signer_of(tmp_path, EvidenceSettings(signer=place), environ)

    assert "canary" not in refusal.value.message


def test_trust_has_three_reasons(tmp_path: Path) -> None:
    """The own signer, the configuration, and what was added here, with its note and its day."""
    own = ready_signer(tmp_path, RULES)
    rules = EvidenceSettings(trusted=(STRANGER.key_id,))
    trust_signer(tmp_path, SIGNER.key_id, note="platform", clock=FixedClock(NOW_NS))
    trust_signer(tmp_path, SIGNER.key_id, note="a second time")
    found = trusted_signers(tmp_path, rules)

    assert [(one.key_id, one.because, one.note) for one in found] == [
        (own.key_id, "own", ""),
        (STRANGER.key_id, "configuration", ""),
        (SIGNER.key_id, "added", "platform"),
    ]
    assert found[2].since == "2026-11-25T00:00:00.000Z"

    distrust_signer(tmp_path, SIGNER.key_id)

    assert [one.because for one in trusted_signers(tmp_path, rules)] == ["own", "configuration"]
    with pytest.raises(OperatorError, match="never added"):
        distrust_signer(tmp_path, SIGNER.key_id)


@pytest.mark.parametrize(
    ("key_id", "note"),
    [
        ("canary-7Qx", ""),
        (SIGNER.key_id.upper(), ""),
        (SIGNER.key_id, "two\nlines"),
        (SIGNER.key_id, "x" * (NOTE_CHARACTERS_MAX + 1)),
    ],
)
def test_only_key_ids_and_short_notes_are_taken(tmp_path: Path, key_id: str, note: str) -> None:
    """A key that was pasted in place of its id is not shown again."""
    with pytest.raises(OperatorError) as refusal:
        trust_signer(tmp_path, key_id, note=note)

    assert "canary" not in refusal.value.message
    assert trusted_signers(tmp_path, RULES) == []


def test_a_note_may_be_as_long_as_it_may(tmp_path: Path) -> None:
    """And no longer."""
    assert trust_signer(tmp_path, SIGNER.key_id, note="x" * NOTE_CHARACTERS_MAX).note == "x" * NOTE_CHARACTERS_MAX


def test_what_init_writes_can_be_given_elsewhere(tmp_path: Path) -> None:
    """The file is the PEM that other places take."""
    made = init_signer(tmp_path, RULES)

    assert signer_from_pem(signer_path(tmp_path).read_bytes()).key_id == made.key_id
