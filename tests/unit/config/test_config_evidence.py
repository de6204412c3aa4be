"""`[evidence]`: who signs, whose is believed, what is kept, for how long it counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from routeproof.config.evidence import read_evidence
from routeproof.config.problems import Problems
from routeproof.config.settings import EvidenceSettings, SignerPlace
from routeproof.config.table import Table
from routeproof.errors import ConfigError

FOLDER = Path("/etc/routeproof")
ID = "56" * 32


def read(**values: object) -> EvidenceSettings:
    """The settings of a table with these keys. Raises ConfigError."""
    problems = Problems("routeproof.toml")
    settings = read_evidence(Table(values, "evidence", problems), FOLDER)
    problems.raise_if_any()
    return settings


def test_an_empty_table_is_the_defaults() -> None:
    """Bodies are kept, and evidence counts for 30 days, or 7."""
    assert read() == EvidenceSettings(None, (), True, 30, 7)


def test_every_key_is_read() -> None:
    """A relative path starts at the configuration's folder."""
    settings = read(
        signer="file:keys/signer.pem",
        trusted=[ID],
        keep_bodies=False,
        expires_after_days=14,
        expires_after_days_mutable_alias=1,
    )

    assert settings == EvidenceSettings(SignerPlace("file", "/etc/routeproof/keys/signer.pem"), (ID,), False, 14, 1)
    assert read(signer="file:/run/signer").signer == SignerPlace("file", "/run/signer")
    assert read(signer="env:SIGNER").signer == SignerPlace("env", "SIGNER")


@pytest.mark.parametrize("value", ["sk-canary-123", "env:", "env:not a name", "file:", "file:a\nb", "none", 7])
def test_a_signer_is_a_reference(value: object) -> None:
    """What was written in its place is not shown: it may be the key."""
    with pytest.raises(ConfigError) as refusal:
        read(signer=value)

    (problem,) = refusal.value.problems
    assert problem.startswith("routeproof.toml: evidence.signer: a key may not be written here")
    assert "canary" not in problem


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda: {"trusted": [ID, "ab"]}, "evidence.trusted[1]: 'ab' is no key id"),
        (lambda: {"trusted": [ID.upper().replace("5", "A")]}, "evidence.trusted[0]"),
        (lambda: {"expires_after_days": 31}, "31 is not 1 to 30; evidence can be made to end sooner, not later"),
        (lambda: {"expires_after_days": 0}, "0 is not 1 to 30"),
        (lambda: {"expires_after_days_mutable_alias": 8}, "8 is not 1 to 7"),
        (lambda: {"expires_after_days": 1.5}, "a whole number"),
        (lambda: {"keep_bodies": "no"}, "true or false"),
        (lambda: {"signers": "env:X"}, "did you mean 'signer'?"),
    ],
)
def test_each_mistake_is_told(values: Callable[[], dict[str, object]], said: str) -> None:
    """With what is allowed."""
    with pytest.raises(ConfigError) as refusal:
        read(**values())

    assert said in "\n".join(refusal.value.problems)
