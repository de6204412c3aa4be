"""Sets the rig up: cores, file limit, a folder for the run, the upstreams."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

import msgspec

from bench import programs
from bench.bodies import answer_body
from bench.certificates import make_certificate
from bench.children import ROOT, Children
from bench.errors import BenchError
from bench.loopback import free_ports, listens
from bench.nginx import nginx_argv, upstream_config
from bench.targets import Site
from bench.upstreams import Upstream, Upstreams

RESULTS: Final = ROOT / "bench-results"
PROGRAMS: Final = ["taskset", "openssl", "nginx", "wrk"]
START_TIMEOUT_S: Final = 15.0
FILES_BESIDE_STREAMS: Final = 512
"""What a process holds open besides two connections for each stream."""


class Cores(msgspec.Struct, frozen=True):
    """The target's core, and the one for load generator and upstreams."""

    target: int
    load: int

    @property
    def shared(self) -> bool:
        """True where there is only one, so that the load takes its time from the target."""
        return self.target == self.load


def choose_cores(allowed: set[int]) -> Cores:
    """The first two that may be used."""
    first, *others = sorted(allowed)
    return Cores(first, others[0] if others else first)


def streams_allowed(file_limit: int) -> int:
    """How many streams a proxy may hold open: two connections each."""
    return max(0, (file_limit - FILES_BESIDE_STREAMS) // 2)


def raise_file_limit() -> int:
    """Allow as many open files as this user may have; how many that is. Children inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class Rig(msgspec.Struct, frozen=True):
    """Everything that measuring needs besides the targets."""

    site: Site
    cores: Cores
    programs: dict[str, str]
    file_limit: int


@contextmanager
def set_up() -> Iterator[Rig]:
    """Set everything up, and take it all down again. Raises BenchError if something is missing."""
    found = programs.require(PROGRAMS)
    cores = choose_cores(os.sched_getaffinity(0))
    file_limit = raise_file_limit()
    RESULTS.mkdir(exist_ok=True)
    folder = Path(mkdtemp(prefix="work-", dir=RESULTS))
    children = Children(folder)
    try:
        # The load generator is this process and wrk, its child.
        os.sched_setaffinity(0, {cores.load})
        upstreams = _start_upstreams(children, cores.load, folder, found)
        yield Rig(Site(children, cores.target, folder, upstreams), cores, found, file_limit)
    finally:
        children.close()
        rmtree(folder, ignore_errors=True)


def _start_upstreams(children: Children, core: int, folder: Path, found: dict[str, str]) -> Upstreams:
    ports = dict(zip(Upstream, free_ports(len(Upstream)), strict=True))
    certificate = make_certificate(found["openssl"], folder)
    nginx_folder = folder / "nginx-upstream"
    nginx_folder.mkdir()
    config = upstream_config(ports[Upstream.JSON], ports[Upstream.TLS], certificate, answer_body())
    commands = {
        Upstream.JSON: nginx_argv(found["nginx"], nginx_folder, config),
        Upstream.STREAM: _module("bench.sse_upstream", ports[Upstream.STREAM]),
        Upstream.SINK: _module("bench.sink_upstream", ports[Upstream.SINK]),
    }
    for upstream, argv in commands.items():
        child = children.start(f"upstream-{upstream}", argv, core=core, cwd=ROOT)
        child.wait_ready(partial(listens, ports[upstream]), START_TIMEOUT_S)
    if not listens(ports[Upstream.TLS]):
        raise BenchError("nginx does not listen with TLS; install one that has it (Debian: nginx-light)")
    return Upstreams(ports, certificate.certificate)


def _module(name: str, port: int) -> list[str]:
    return [sys.executable, "-m", name, "--port", str(port)]
