"""How the gateway itself is configured, given a key and started."""

import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.children import Children
from bench.errors import BenchError
from bench.own_gateway import MODELS, OwnGateway, gateway_config
from bench.targets import Site
from bench.upstreams import Upstream, Upstreams

from routeproof.config.loading import parse_settings

# Speaks as the command does: makes a key, or serves readiness and starts an admin process.
STAND_IN = """\
#!{python}
import http.server, json, subprocess, sys, tomllib
command, config = sys.argv[1], tomllib.load(open(sys.argv[sys.argv.index("--config") + 1], "rb"))
if command == "keys":
    print(json.dumps({{"id": "key_1", "key": "rp-stand-in"}}))
    sys.exit()
admin = subprocess.Popen(["sleep", "600"])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
host, _, port = config["server"]["listen"].rpartition(":")
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
"""


def upstreams(folder: Path) -> Upstreams:
    ca_file = folder / "ca.crt"
    ca_file.touch()
    return Upstreams(dict(zip(Upstream, (9001, 9443, 9002, 9003), strict=True)), ca_file)


def script(folder: Path, text: str) -> Path:
    path = folder / "routeproof"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    children = Children(tmp_path)
    yield Site(children, min(os.sched_getaffinity(0)), tmp_path, upstreams(tmp_path))
    children.close()


def test_the_configuration_is_one_that_the_gateway_takes(tmp_path: Path) -> None:
    """Each model leads to its upstream."""
    text = gateway_config(8400, 8401, upstreams(tmp_path))

    settings = parse_settings(text, tmp_path / "routeproof.toml", {})

    assert str(settings.server.listen) == "127.0.0.1:8400"
    for upstream, model in MODELS.items():
        (weighted,) = settings.models[model].routes
        provider = settings.providers[weighted.route.partition("/")[0]]
        assert provider.base_url == upstreams(tmp_path).base_url(upstream)
        assert (provider.dialect, provider.api_key) == ("deepseek", None)


def test_only_the_tls_upstream_has_an_authority_of_its_own(tmp_path: Path) -> None:
    """The others have nothing to verify."""
    providers = tomllib.loads(gateway_config(8400, 8401, upstreams(tmp_path)))["providers"]

    assert [name for name, provider in providers.items() if "ca_file" in provider] == ["local-tls"]


def test_it_is_started_with_a_key_and_its_admin_plane_counts_apart(site: Site, tmp_path: Path) -> None:
    """Only the data plane carries requests."""
    gateway = OwnGateway(site, script(tmp_path, STAND_IN.format(python=sys.executable)))

    gateway.start()

    assert gateway.call(Upstream.STREAM).headers == {"Authorization": "Bearer rp-stand-in"}
    assert gateway.call(Upstream.STREAM).model == "ds-flash-stream"
    assert gateway.pids() == [gateway.child.pid]
    assert len(gateway.pids_beside()) == 1


def test_a_failed_key_is_told_with_the_commands_words(site: Site, tmp_path: Path) -> None:
    """Nothing is started then."""
    failing = "#!/bin/sh\necho 'the database is locked' >&2\nexit 1\n"

    with pytest.raises(BenchError, match="the database is locked"):
        OwnGateway(site, script(tmp_path, failing)).start()


def test_what_keys_create_printed_is_never_shown(site: Site, tmp_path: Path) -> None:
    """It may hold the key."""
    odd = "#!/bin/sh\necho 'key: rp-secret'\n"

    with pytest.raises(BenchError) as caught:
        OwnGateway(site, script(tmp_path, odd)).start()

    assert "rp-secret" not in str(caught.value)


def test_a_target_that_was_not_started_says_so(site: Site, tmp_path: Path) -> None:
    """Rather than measure nothing."""
    with pytest.raises(BenchError, match="routeproof is not started"):
        OwnGateway(site, tmp_path / "routeproof").pids()
