"""`signer`: made once, shown without its secret."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from routeproof.store.signer_file import read_signer, signer_path

Command = Callable[..., Result]


def test_init_makes_a_signer_where_the_configuration_says(command: Command, configured: Path) -> None:
    """For its owner alone, and shows what others need to trust it."""
    result = command("signer", "init")
    made = read_signer(configured / "data")

    assert result.exit_code == 0
    assert made is not None
    assert signer_path(configured / "data").stat().st_mode & 0o777 == 0o600
    assert f"key id       {made.key_id}" in result.stdout
    assert made.public_pem().decode() in result.stdout + "\n"
    assert "PRIVATE" not in result.output


def test_init_never_overwrites(command: Command, configured: Path) -> None:
    """The exit code says so, and the key stays."""
    command("signer", "init")
    before = signer_path(configured / "data").read_bytes()
    result = command("signer", "init")

    assert result.exit_code == 1
    assert "never overwritten" in result.stderr
    assert signer_path(configured / "data").read_bytes() == before


def test_a_configuration_is_not_needed(command: Command, home: Path) -> None:
    """Then it lies in the default data directory."""
    made = json.loads(command("signer", "init", "--json").stdout)
    shown = json.loads(command("signer", "show", "--json").stdout)

    assert made == shown
    assert made["place"] == f"file:{home / 'routeproof-data' / 'signer.pem'}"
    assert sorted(made) == ["key_id", "place", "public_key"]


def test_show_before_init_says_how_to_begin(command: Command, home: Path) -> None:
    """There is none to show."""
    result = command("signer", "show")

    assert result.exit_code == 1
    assert "signer init" in result.stderr


def test_a_given_signer_is_shown(command: Command, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its place, never by what is there."""
    command("signer", "init")
    pem = signer_path(configured / "data").read_text()
    monkeypatch.setenv("SIGNER", pem)
    config = configured / "routeproof.toml"
    config.write_text(config.read_text() + '[evidence]\nsigner = "env:SIGNER"\n')
    result = command("signer", "show")

    assert result.exit_code == 0
    assert "private key  env:SIGNER" in result.stdout
    assert pem.split("\n")[1] not in result.output
