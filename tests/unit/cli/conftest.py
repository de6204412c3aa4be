"""A command line whose long-running parts only note what they were asked."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from routeproof.cli.app import build_app
from routeproof.config.settings import Settings

CONFIG = """
[server]
data_dir = "data"
[providers.p]
dialect = "openai"
api_key = "env:P_KEY"
[models.m]
routes = ["p/x"]
"""


class NotingRuntime:
    """Stands in for the wiring."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.code = 0

    def serve(self, settings: Settings) -> int:
        """Note the settings."""
        self.calls.append(("serve", settings))
        return self.code

    def simulate(self, script: Path | None, replay: Path | None, *, host: str, port: int, as_json: bool) -> int:
        """Note the options."""
        self.calls.append(("simulate", script, replay, host, port, as_json))
        return self.code

    def demo(self, *, once: bool, as_json: bool, fault: str | None) -> int:
        """Note the options."""
        self.calls.append(("demo", once, as_json, fault))
        return self.code


@pytest.fixture
def runtime() -> NotingRuntime:
    """A runtime that has not been asked for anything."""
    return NotingRuntime()


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """The root logger as it was: commands set it up for a process of their own."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no variables that commands look at."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ROUTEPROOF_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def configured(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a valid `routeproof.toml`."""
    monkeypatch.setenv("P_KEY", "canary-7Qx")
    (home / "routeproof.toml").write_text(CONFIG)
    return home


@pytest.fixture
def command(runtime: NotingRuntime, home: Path) -> Callable[..., Result]:
    """Runs one command line in the working folder."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(build_app(), list(arguments), obj=runtime, prog_name="routeproof")

    return invoke
