"""`serve`, `demo` and `simulate` hand over to the runtime."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]


def test_serve_hands_over_the_checked_settings(command: Command, configured: Path, runtime: Any) -> None:
    """The exit code is the runtime's."""
    runtime.code = 3
    result = command("serve")

    assert result.exit_code == 3
    ((name, settings),) = runtime.calls
    assert name == "serve"
    assert settings.server.data_dir == configured / "data"


@pytest.mark.parametrize("by", ["option", "short", "variable"])
def test_the_configuration_can_be_named(
    command: Command, configured: Path, runtime: Any, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """By option, or by variable for those who run it as a service."""
    other = configured / "routeproof.toml"
    other.rename(configured / "other.toml")
    if by == "variable":
        monkeypatch.setenv("ROUTEPROOF_CONFIG", "other.toml")
    arguments = {"option": ["--config", "other.toml"], "short": ["-c", "other.toml"], "variable": []}[by]

    assert command("serve", *arguments).exit_code == 0
    assert runtime.calls[0][1].source_path == Path("other.toml")


def test_serve_starts_nothing_with_a_mistake_in_the_configuration(
    command: Command, configured: Path, runtime: Any
) -> None:
    """Exit code 2, and every mistake on stderr."""
    (configured / "routeproof.toml").write_text("[serve]\n[limits]\nretries_max = -1")
    result = command("serve")

    assert (result.exit_code, runtime.calls) == (2, [])
    assert "did you mean 'server'?" in result.stderr
    assert "limits.retries_max" in result.stderr
    assert "4 mistakes in the configuration" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "once", "as_json"),
    [
        (["--once"], True, False),
        (["--stay"], False, False),
        (["--once", "--json"], True, True),
        (["--stay", "--json"], False, True),
    ],
)
def test_demo_needs_no_configuration(
    command: Command, runtime: Any, arguments: list[str], once: bool, as_json: bool
) -> None:
    """Its options are passed on."""
    runtime.code = 1

    assert command("demo", *arguments).exit_code == 1
    assert runtime.calls == [("demo", once, as_json, None)]


@pytest.mark.parametrize(
    ("stdin", "stdout", "once"),
    [(True, True, False), (False, True, True), (True, False, True), (None, True, True)],
)
def test_demo_stays_up_on_a_terminal_only(
    command: Command,
    runtime: Any,
    monkeypatch: pytest.MonkeyPatch,
    stdin: bool | None,
    stdout: bool,
    once: bool,
) -> None:
    """A script, which has no terminal at one end or the other, must not hang."""
    streams = [None if tty is None else SimpleNamespace(isatty=lambda tty=tty: tty) for tty in (stdin, stdout)]
    monkeypatch.setattr("routeproof.cli.demo.sys", SimpleNamespace(stdin=streams[0], stdout=streams[1]))

    assert command("demo").exit_code == 0
    assert runtime.calls == [("demo", once, False, None)]


def test_demo_passes_a_fault_on(command: Command, runtime: Any) -> None:
    """By its name."""
    assert command("demo", "--once", "--fault", "cut_mid_event").exit_code == 0
    assert runtime.calls == [("demo", True, False, "cut_mid_event")]


def test_simulate_needs_no_configuration(command: Command, runtime: Any) -> None:
    """By default: no script, loopback, any free ports."""
    assert command("simulate").exit_code == 0
    assert runtime.calls == [("simulate", None, None, "127.0.0.1", 0, False)]


def test_simulate_passes_its_options_on(command: Command, runtime: Any, home: Path) -> None:
    """A script that exists, an address, a first port."""
    (home / "script.toml").touch()
    result = command("simulate", "--script", "script.toml", "--host", "::1", "--port", "9000", "--json")

    assert result.exit_code == 0
    assert runtime.calls == [("simulate", Path("script.toml"), None, "::1", 9000, True)]


def test_simulate_passes_a_folder_of_recordings_on(command: Command, runtime: Any, home: Path) -> None:
    """One that exists."""
    (home / "recordings").mkdir()

    assert command("simulate", "--replay", "recordings").exit_code == 0
    assert runtime.calls == [("simulate", None, Path("recordings"), "127.0.0.1", 0, False)]


def test_simulate_plays_a_script_or_recordings(command: Command, runtime: Any, home: Path) -> None:
    """Both together are refused."""
    (home / "script.toml").touch()
    (home / "recordings").mkdir()
    result = command("simulate", "--script", "script.toml", "--replay", "recordings")

    assert (result.exit_code, runtime.calls) == (2, [])
    assert "give --script or --replay" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--script", "absent.toml"], ["--replay", "absent"], ["--port", "x"], ["--port", "70000"]]
)
def test_simulate_refuses_what_can_not_be(command: Command, runtime: Any, arguments: list[str]) -> None:
    """As a usage error that names the option."""
    result = command("simulate", *arguments)

    assert (result.exit_code, runtime.calls) == (2, [])
    assert arguments[0] in result.stderr
