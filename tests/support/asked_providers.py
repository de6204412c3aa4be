"""Simulated providers on real sockets, a configuration that names them, and the command line to ask about them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.support.loop_thread import LoopThread
from typer.testing import CliRunner, Result

from routeproof.cli.app import build_app
from routeproof.clock import parse_instant
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

AT = "2026-11-18T05:00:00Z"
"""An off-peak hour at which the names and prices of autumn 2026 apply."""
KEYS = {"deepseek": "sk-canary-deepseek-7Qx", "qwen": "sk-canary-qwen-9Zw", "newapi": "sk-canary-newapi-3Kp"}


class AskedProviders:
    """Use as a context manager. No command's output may hold a key.

    `changes` are settings of simulated providers, `lines` of configured ones, both by kind.
    """

    def __init__(
        self,
        folder: Path,
        *,
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        lines: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._changes = changes or {}
        self._lines = lines or {}
        self._loop = LoopThread()
        self._environ = {f"{kind.upper()}_KEY": key for kind, key in KEYS.items()}
        self.config = folder / "routeproof.toml"
        self.simulator: RunningSimulator

    def __enter__(self) -> Self:
        self._loop.__enter__()
        settings = SimulatorSettings(providers=tuple(self._provider(kind) for kind in Kind))
        self.simulator = self._loop.run(start_simulator(settings))
        tables = "".join(self._table(kind.value) for kind in Kind)
        route = '[models."m"]\nroutes = ["deepseek/deepseek-flash"]\n'
        self.config.write_text(f'[server]\ndata_dir = "data"\n{tables}{route}')
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self.simulator.stop())
        self._loop.__exit__()
        assert not self._loop.faults, self._loop.faults

    def site(self) -> str:
        """The gateway's address as a person would name it."""
        return self.simulator.base_url("newapi").removesuffix("/v1")

    def command(self, *arguments: str) -> Result:
        """One command line with the configuration and the keys."""
        words = [*arguments, "--config", str(self.config), "--at", AT]
        result = CliRunner().invoke(build_app(), words, env=self._environ, prog_name="routeproof")
        for key in KEYS.values():
            assert key not in result.output
            assert key[-4:] not in result.output
        return result

    def told(self, *arguments: str) -> tuple[int, list[Any]]:
        """The exit code and the JSON lines of one command line."""
        result = self.command(*arguments, "--json")
        return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]

    def set_key(self, kind: str, key: str) -> None:
        """Configure another key than the one that the provider takes."""
        self._environ[f"{kind.upper()}_KEY"] = key

    def _provider(self, kind: Kind) -> ProviderSettings:
        own: dict[str, Any] = {"keys": (KEYS[kind.value],), "as_of_ns": parse_instant(AT)}
        return ProviderSettings(name=kind.value, kind=kind, **{**own, **self._changes.get(kind.value, {})})

    def _table(self, kind: str) -> str:
        region = 'region = "singapore"\n' if kind == "qwen" else ""
        return (
            f'[providers.{kind}]\ndialect = "{kind}"\nbase_url = "{self.simulator.base_url(kind)}"\n{region}'
            f'allow_plain = true\napi_key = "env:{kind.upper()}_KEY"\n{self._lines.get(kind, "")}'
        )
