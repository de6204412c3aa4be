"""The command line as a whole: help, versions, and how commands fail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from routeproof import __version__
from routeproof.cli.app import run
from routeproof.cli.commands import PLACES
from routeproof.errors import OperatorError, StoreError

Command = Callable[..., Result]


def test_help_lists_every_command(command: Command) -> None:
    """Each with one line that is not cut off."""
    result = command("--help")

    assert result.exit_code == 0
    listed = result.stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == list(PLACES)
    assert "..." not in listed


def test_no_command_shows_the_help(command: Command) -> None:
    """As a usage error."""
    result = command()

    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_version(command: Command) -> None:
    """The installed one."""
    assert command("--version").stdout == f"routeproof {__version__}\n"


def test_an_unknown_command_gets_a_suggestion(command: Command) -> None:
    """As a usage error on stderr."""
    result = command("sevre")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean 'serve'?" in result.stderr


@pytest.mark.parametrize("arguments", [["serve"], ["keys", "list"], ["log"], ["config", "check"]])
def test_a_missing_configuration_is_a_usage_error(command: Command, arguments: list[str]) -> None:
    """A message with the remedy on stderr, no traceback."""
    result = command(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "routeproof.toml: can't be read (No such file or directory); "
        "run `routeproof init` to write one, or name it with --config\n"
        "1 mistake in the configuration; nothing was done.\n"
    )


@pytest.mark.parametrize("error", [OperatorError("the port is taken; use another"), StoreError("no\x1b[2J disk")])
def test_an_operators_error_is_a_message(
    command: Command, configured: Path, runtime: Any, monkeypatch: pytest.MonkeyPatch, error: OperatorError
) -> None:
    """Exit code 1, one line on stderr that no escape sequence can leave, no traceback."""

    def fail(settings: object) -> int:
        raise error

    monkeypatch.setattr(runtime, "serve", fail)
    result = command("serve")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert "\x1b" not in result.stderr
    assert "Traceback" not in result.stderr


def test_run_gives_the_exit_code(configured: Path, runtime: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The entry point leaves exiting to its caller."""
    runtime.code = 7

    assert run(runtime, ["--version"]) == 0
    assert run(runtime, ["serve"]) == 7
    assert run(runtime, ["nonsense"]) == 2
    assert run(runtime, ["serve", "--config", "absent.toml"]) == 2
    assert "absent.toml" in capsys.readouterr().err
