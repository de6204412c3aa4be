"""Routeproof as a target: a configuration, a key, and the `serve` command, with everything on that is on by default."""

import json
import subprocess
from pathlib import Path
from typing import ClassVar

from bench import proc
from bench.bodies import UPSTREAM_MODEL
from bench.children import Child
from bench.errors import BenchError
from bench.loopback import answers_ok, free_ports
from bench.targets import START_TIMEOUT_S, Call, ProcessTarget, Site
from bench.upstreams import Upstream, Upstreams

MODELS = {
    Upstream.JSON: "ds-flash",
    Upstream.TLS: "ds-flash-tls",
    Upstream.STREAM: "ds-flash-stream",
    Upstream.SINK: "ds-flash-sink",
}
"""The public model that leads to each upstream."""

_PROVIDERS = {
    Upstream.JSON: "local",
    Upstream.TLS: "local-tls",
    Upstream.STREAM: "local-stream",
    Upstream.SINK: "local-sink",
}
_COMMAND_TIMEOUT_S = 60


def gateway_config(port: int, admin_port: int, upstreams: Upstreams) -> str:
    """A `routeproof.toml` with one provider and one model for each upstream.

    Only two bounds differ from their defaults: enough upstream connections for all streams, and no waiting at
    the end of the run.
    """
    providers = "".join(_provider(upstream, upstreams) for upstream in Upstream)
    models = "".join(_model(upstream) for upstream in Upstream)
    return f"""\
[server]
listen = "127.0.0.1:{port}"
admin_listen = "127.0.0.1:{admin_port}"
data_dir = "data"

[limits]
upstream_connections_max = 8192
drain_accept_s = 0
{providers}{models}"""


def _provider(upstream: Upstream, upstreams: Upstreams) -> str:
    ca_file = f'ca_file = "{upstreams.ca_file}"\n' if upstream is Upstream.TLS else ""
    return f"""
[providers.{_PROVIDERS[upstream]}]
dialect = "deepseek"
base_url = "{upstreams.base_url(upstream)}"
allow_plain = true
api_key = "none"
{ca_file}"""


def _model(upstream: Upstream) -> str:
    route = f"{_PROVIDERS[upstream]}/{UPSTREAM_MODEL}"
    return f"""
[models."{MODELS[upstream]}"]
routes = ["{route}"]
"""


class OwnGateway(ProcessTarget):
    """`routeproof serve` with a key, metering and rows; its admin plane is a child process and counts apart."""

    name: ClassVar[str] = "routeproof"

    def __init__(self, site: Site, command: Path) -> None:
        super().__init__(site)
        self._command = command
        self._port = 0
        self._key = ""

    def launch(self, folder: Path) -> Child:
        """A new data folder, a new key."""
        self._port, admin_port = free_ports(2)
        config = folder / "routeproof.toml"
        config.write_text(gateway_config(self._port, admin_port, self.site.upstreams))
        self._key = self._make_key(config)
        argv = [str(self._command), "serve", "--config", str(config)]
        return self.site.children.start(self.name, argv, core=self.site.core, cwd=folder)

    def wait_ready(self, child: Child) -> None:
        """As the data plane says."""
        child.wait_ready(lambda: answers_ok(self._port, "/readyz"), START_TIMEOUT_S)

    def call(self, upstream: Upstream) -> Call:
        """The model that leads to the upstream, with the key."""
        return Call(port=self._port, model=MODELS[upstream], headers={"Authorization": f"Bearer {self._key}"})

    def pids_beside(self) -> list[int]:
        """The admin plane."""
        return proc.children_of(self.child.pid)

    def _make_key(self, config: Path) -> str:
        who = ["--owner", "bench", "--account", "bench"]
        argv = [str(self._command), "keys", "create", *who, "--json", "--config", str(config)]
        run = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=_COMMAND_TIMEOUT_S, cwd=config.parent
        )
        if run.returncode != 0:
            raise BenchError(f"`routeproof keys create` failed:\n{run.stderr.strip()}")
        try:
            key: str = json.loads(run.stdout)["key"]
        except (ValueError, KeyError) as error:
            # What it printed may hold the key, so it is not shown.
            raise BenchError("`routeproof keys create --json` printed no JSON object with `key`") from error
        return key
