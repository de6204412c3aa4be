"""`init` and `config check`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.certificates import make_certificate
from typer.testing import Result

from routeproof.config.starter import STARTER, STARTER_VARIABLES

Command = Callable[..., Result]


def test_init_writes_the_starter_and_says_what_is_next(command: Command, home: Path) -> None:
    """The way from nothing to a running gateway."""
    result = command("init")

    assert result.exit_code == 0
    assert (home / "routeproof.toml").read_text() == STARTER
    assert "routeproof config check\n" in result.stdout
    assert all(name in result.stdout for name in STARTER_VARIABLES)


def test_init_overwrites_only_when_told_to(command: Command, home: Path) -> None:
    """An operator's file is not lost."""
    path = home / "routeproof.toml"
    path.write_text("mine")

    refused = command("init")
    assert refused.exit_code == 1
    assert "error: routeproof.toml is there already" in refused.stderr
    assert path.read_text() == "mine"

    assert command("init", "--force").exit_code == 0
    assert path.read_text() == STARTER


def test_init_shows_the_path_in_what_is_next(command: Command) -> None:
    """The lines can be copied as they are."""
    assert "routeproof serve --config 'my gateway.toml'" in command("init", "-c", "my gateway.toml").stdout


def test_init_says_why_it_can_not_write(command: Command) -> None:
    """A folder that is not there."""
    result = command("init", "-c", "absent/routeproof.toml")

    assert result.exit_code == 1
    assert "can't be written (No such file or directory)" in result.stderr


def test_init_for_machines(command: Command) -> None:
    """Path and variables as one JSON object."""
    assert json.loads(command("init", "--json").stdout) == {
        "path": "routeproof.toml",
        "variables": list(STARTER_VARIABLES),
    }


def test_the_starter_passes_the_check_once_its_variables_are_set(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `init` says."""
    command("init")
    for name in STARTER_VARIABLES:
        monkeypatch.setenv(name, "sk-starter")

    result = command("config", "check")

    assert (result.exit_code, result.stdout) == (0, "routeproof.toml is in order: 2 providers, 1 models.\n")


def test_check_shows_every_mistake(command: Command, home: Path) -> None:
    """On stderr, one a line, exit code 2."""
    command("init")
    result = command("config", "check")

    assert (result.exit_code, result.stdout) == (2, "")
    assert all(name in result.stderr for name in STARTER_VARIABLES)
    assert result.stderr.endswith("2 mistakes in the configuration; nothing was done.\n")


def test_check_for_machines(command: Command, configured: Path) -> None:
    """The same exit codes, with the mistakes as a list."""
    good = command("config", "check", "--json")
    (configured / "routeproof.toml").write_text("listen = 1")
    bad = command("config", "check", "--json")

    assert (good.exit_code, json.loads(good.stdout)) == (
        0,
        {"ok": True, "path": "routeproof.toml", "problems": []},
    )
    assert bad.exit_code == 2
    assert json.loads(bad.stdout)["problems"][-1].startswith("routeproof.toml: listen: there is no such setting")


def test_a_line_is_never_wrapped_in_a_pipe(command: Command, configured: Path) -> None:
    """However long a name is, it can be searched for."""
    name = "N" * 120
    path = configured / "routeproof.toml"
    path.write_text(path.read_text().replace("P_KEY", name))

    assert f"the environment variable {name} is not set" in command("config", "check").stderr.splitlines()[0]


def test_check_reads_the_facts_files_too(command: Command, configured: Path) -> None:
    """A configuration whose prices can't be read is not in order."""
    (configured / "prices.toml").write_text("prices = 3")
    path = configured / "routeproof.toml"
    path.write_text(path.read_text().replace("[server]", '[server]\nfacts = ["prices.toml"]'))

    plain, for_machines = command("config", "check"), command("config", "check", "--json")

    assert (plain.exit_code, for_machines.exit_code) == (2, 2)
    assert "prices.toml" in plain.stderr
    assert "in the facts files; nothing was done." in plain.stderr
    assert not json.loads(for_machines.stdout)["ok"]


def test_check_knows_the_families_of_prices(command: Command, configured: Path) -> None:
    """A family without facts is a mistake of the configuration."""
    path = configured / "routeproof.toml"
    path.write_text(path.read_text().replace("[models.m]", 'prices = "depseek"\n[models.m]'))

    assert "did you mean 'deepseek'?" in command("config", "check").stderr


def with_certificate(folder: Path, certificate: Path, key: Path) -> None:
    path = folder / "routeproof.toml"
    named = f'[server]\ntls_cert = "{certificate}"\ntls_key = "{key}"'
    path.write_text(path.read_text().replace("[server]", named))


def test_check_loads_the_certificate(command: Command, configured: Path) -> None:
    """A pair that belongs together is in order, and so it is to `doctor`."""
    pair = make_certificate(configured, "server")
    with_certificate(configured, pair.certificate, pair.key)

    assert command("config", "check").exit_code == 0
    assert "config       ok" in command("doctor").stdout


def test_check_sees_a_certificate_with_the_key_of_another(command: Command, configured: Path) -> None:
    """Not at the start or the reload alone: both files and the settings are named, to machines and to `doctor` too."""
    pair, other = make_certificate(configured, "server"), make_certificate(configured, "other")
    with_certificate(configured, pair.certificate, other.key)
    plain, for_machines = command("config", "check"), command("config", "check", "--json")
    examined = command("doctor").stdout

    assert (plain.exit_code, plain.stdout, for_machines.exit_code) == (2, "", 2)
    (problem,) = json.loads(for_machines.stdout)["problems"]
    assert problem == (
        f"routeproof.toml: the certificate {pair.certificate} with the key {other.key} can't be used "
        "(KEY_VALUES_MISMATCH); correct server.tls_cert and server.tls_key"
    )
    assert problem in plain.stderr
    assert f"FAIL  {problem}" in examined
    assert str(configured / "data") in examined  # the rest is looked at as configured


@pytest.mark.parametrize("missing", ["certificate", "key"])
def test_check_names_a_file_of_the_pair_that_is_not_there(command: Command, configured: Path, missing: str) -> None:
    """The setting, what was looked for, and what to do."""
    pair = make_certificate(configured, "server")
    with_certificate(configured, pair.certificate, pair.key)
    gone: Path = getattr(pair, missing)
    gone.unlink()
    result = command("config", "check")

    assert result.exit_code == 2
    setting = "tls_cert" if missing == "certificate" else "tls_key"
    assert f"server.{setting}" in result.stderr
    assert f"(looked for {gone}); correct the path" in result.stderr
