"""Other gateways to compare with, installed by the benchmark itself and configured to do no more than relay."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar, Final

from bench import proc, programs
from bench.bodies import UPSTREAM_MODEL
from bench.children import Child
from bench.errors import PeerError
from bench.loopback import answers_ok, free_ports
from bench.targets import Call, ProcessTarget, Site
from bench.upstreams import Upstream

LITELLM: Final = "litellm[proxy]==1.108.0"
PORTKEY: Final = "@portkey-ai/gateway@1.15.2"
INSTALL_TIMEOUT_S: Final = 1_200
START_TIMEOUT_S: Final = 180.0
_LITELLM_KEY: Final = "sk-bench-litellm"


class LiteLLM(ProcessTarget):
    """LiteLLM's proxy with a master key and no database."""

    name: ClassVar[str] = "litellm"
    is_peer: ClassVar[bool] = True

    def __init__(self, site: Site, home: Path) -> None:
        super().__init__(site)
        self._home = home
        self._port = 0

    def launch(self, folder: Path) -> Child:
        """One model for each upstream."""
        install_litellm(self._home)
        (self._port,) = free_ports(1)
        config = folder / "litellm.json"
        config.write_text(json.dumps(self._config()))
        argv = [str(self._home / "bin" / "litellm"), "--config", str(config), "--host", "127.0.0.1"]
        environ = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "SSL_CERT_FILE": str(self.site.upstreams.ca_file),
        }
        return self.site.children.start(
            self.name,
            [*argv, "--port", str(self._port), "--telemetry", "False"],
            core=self.site.core,
            environ=environ,
            cwd=folder,
        )

    def wait_ready(self, child: Child) -> None:
        """As its liveness page says."""
        child.wait_ready(lambda: answers_ok(self._port, "/health/liveliness"), START_TIMEOUT_S)

    def call(self, upstream: Upstream) -> Call:
        """The model that leads to the upstream."""
        headers = {"Authorization": f"Bearer {_LITELLM_KEY}"}
        return Call(port=self._port, model=f"ds-flash-{upstream}", headers=headers)

    def pids(self) -> list[int]:
        """All of its processes."""
        return proc.tree_of(self.child.pid)

    def _config(self) -> dict[str, object]:
        models = [
            {
                "model_name": f"ds-flash-{upstream}",
                "litellm_params": {
                    "model": f"openai/{UPSTREAM_MODEL}",
                    "api_base": self.site.upstreams.base_url(upstream),
                    "api_key": "none",
                },
            }
            for upstream in Upstream
        ]
        # JSON is YAML too.
        return {"model_list": models, "general_settings": {"master_key": _LITELLM_KEY}}


class Portkey(ProcessTarget):
    """Portkey's open gateway; it is told in each request where to go."""

    name: ClassVar[str] = "portkey"
    is_peer: ClassVar[bool] = True

    def __init__(self, site: Site, home: Path) -> None:
        super().__init__(site)
        self._home = home
        self._port = 0

    def launch(self, folder: Path) -> Child:
        """On a free port, without its console."""
        install_portkey(self._home)
        (self._port,) = free_ports(1)
        server = self._home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
        argv = [str(programs.find("node")), str(server), f"--port={self._port}", "--headless"]
        environ = {
            "NODE_ENV": "production",
            "NODE_EXTRA_CA_CERTS": str(self.site.upstreams.ca_file),
            "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost",
        }
        return self.site.children.start(self.name, argv, core=self.site.core, environ=environ, cwd=folder)

    def wait_ready(self, child: Child) -> None:
        """As its greeting says."""
        child.wait_ready(lambda: answers_ok(self._port, "/"), START_TIMEOUT_S)

    def call(self, upstream: Upstream) -> Call:
        """The upstream's address in its headers."""
        headers = {
            "Authorization": "Bearer none",
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": self.site.upstreams.base_url(upstream),
        }
        return Call(port=self._port, model=UPSTREAM_MODEL, headers=headers)

    def pids(self) -> list[int]:
        """All of its processes."""
        return proc.tree_of(self.child.pid)


def install_litellm(home: Path) -> None:
    """Into a virtual environment of its own, once. Raises PeerError with the reason."""
    if _is_installed(home, LITELLM):
        return
    _command("LiteLLM", [sys.executable, "-m", "venv", "--clear", str(home)])
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _command("LiteLLM", [*pip, LITELLM])
    _note_installed(home, LITELLM)


def install_portkey(home: Path) -> None:
    """Into a folder of its own, once. Raises PeerError with the reason."""
    npm = programs.find("npm")
    if npm is None or programs.find("node") is None:
        raise PeerError("Portkey needs node and npm; install with: sudo apt-get install nodejs npm")
    if _is_installed(home, PORTKEY):
        return
    home.mkdir(parents=True, exist_ok=True)
    _command("Portkey", [npm, "install", "--prefix", str(home), "--no-audit", "--no-fund", PORTKEY])
    _note_installed(home, PORTKEY)


def _is_installed(home: Path, requirement: str) -> bool:
    note = home / "installed"
    return note.is_file() and note.read_text() == requirement


def _note_installed(home: Path, requirement: str) -> None:
    (home / "installed").write_text(requirement)


def _command(name: str, argv: list[str]) -> None:
    try:
        run = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_TIMEOUT_S,
            # Every core may help: only the running peer is held to one.
            preexec_fn=lambda: os.sched_setaffinity(0, range(os.cpu_count() or 1)),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(f"{name} can't be installed: {error}") from error
    if run.returncode != 0:
        raise PeerError(f"{name} can't be installed: {_last_line(run.stderr or run.stdout)}")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it says nothing"
