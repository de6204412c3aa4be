"""A folder to serve from, and simulated providers in a process of their own that outlives the gateway."""

import json
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.program import Running, Serving

from routeproof.operations.keys import create_key
from routeproof.store.data_dir import database_path, recorder_path
from routeproof.store.slot_file import open_slot_file

PROVIDER_CANARY, PROMPT_CANARY = "pk-provider-canary-7f3a", "prompt-canary-51c9"
MODELS = """
[models."deepseek"]
routes = ["deepseek/deepseek-flash"]
[models."qwen"]
routes = ["qwen/qwen-plus"]
[models."sturdy"]
routes = ["busy/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]
"""
_PROVIDERS = {"deepseek": "deepseek", "qwen": "qwen", "busy": "deepseek"}
_FAULTS = {"busy": '[[providers.busy.faults]]\nfault = "status_503"\n'}


class Site:
    """Use as a context manager. Nothing that any of its gateways wrote to stderr may hold a key or a prompt."""

    environ: Mapping[str, str] = {"PROVIDER_KEY": PROVIDER_CANARY}

    def __init__(
        self, folder: Path, *, latency: str = "", server: str = "", limits: Mapping[str, float] | None = None
    ) -> None:
        """`latency` are lines of each provider, `server` of that table; `limits` by name."""
        self.folder = folder
        self.data_dir = folder / "routeproof-data"
        self.record = folder / "seen.jsonl"
        self.config = folder / "routeproof.toml"
        self._server, self._limits = server, {"recorder_slots": 512, "drain_accept_s": 0, **(limits or {})}
        self._read_to = 0
        providers = "".join(
            f'[providers.{name}]\nkind = "{kind}"\nkeys = ["{PROVIDER_CANARY}"]\n{latency}\n{_FAULTS.get(name, "")}'
            for name, kind in _PROVIDERS.items()
        )
        script = folder / "script.toml"
        script.write_text(f"seed = 7\nrecord = {json.dumps(str(self.record))}\n{providers}")
        self._simulator = Running(folder, "simulate", "--script", str(script), "--json")
        self._gateways: list[Serving] = []

    def __enter__(self) -> Self:
        assert self._simulator.process.stdout is not None
        listening = json.loads(self._simulator.process.stdout.readline())["providers"]
        self._urls = {row["name"]: row["base_url"] for row in listening}
        self.configure()
        self.key = create_key(self.data_dir, owner="owner-1", account="account-1", name="held").key
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for gateway in self._gateways:
            gateway.__exit__(kind, error, trace)
        self._simulator.__exit__(kind, error, trace)
        for canary in (PROVIDER_CANARY, PROMPT_CANARY, self.key):
            assert not [path.name for path in self.folder.glob("stderr-*") if canary in path.read_text()]

    def configure(self, models: str = MODELS, *, port: int = 0, admin_port: int = 0, **limits: float) -> None:
        """Write the configuration, with these limits in place of the site's own; 0 is any free port."""
        server = (
            f'[server]\nlisten = "127.0.0.1:{port}"\nadmin_listen = "127.0.0.1:{admin_port}"\n'
            f'log_style = "json"\n{self._server}\n'
        )
        tables = "".join(self._provider(name, kind) for name, kind in _PROVIDERS.items())
        lines = "".join(f"{name} = {value}\n" for name, value in {**self._limits, **limits}.items())
        self.config.write_text(f"{server}{tables}{models}[limits]\n{lines}")

    def serve(self, *, under: Sequence[str] = (), tls: ssl.SSLContext | None = None) -> Serving:
        """Start a gateway; it is killed with the site at the latest. `tls` is whom to trust where it serves https."""
        gateway = Serving(self.folder, environ=self.environ, under=under, tls=tls)
        self._gateways.append(gateway)
        return gateway

    @property
    def database(self) -> Path:
        """The ledger's."""
        return database_path(self.data_dir)

    def in_recorder(self) -> int:
        """Exchanges that the flight recorder holds."""
        file = open_slot_file(recorder_path(self.data_dir, 0))
        assert file is not None
        try:
            return file.occupied()
        finally:
            file.close()

    def seen(self) -> list[dict[str, str]]:
        """What the providers have been sent since the last call: one record for each request."""
        with self.record.open("rb") as file:
            file.seek(self._read_to)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read_to += sum(map(len, whole))
        return [json.loads(line) for line in whole]

    def _provider(self, name: str, kind: str) -> str:
        region = 'region = "singapore"\n' if kind == "qwen" else ""
        return (
            f'[providers.{name}]\ndialect = "{kind}"\nbase_url = "{self._urls[name]}"\n{region}'
            'allow_plain = true\napi_key = "env:PROVIDER_KEY"\n'
        )
