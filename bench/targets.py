"""What is measured: how to start and stop it, how it is called, and whose CPU time and memory count."""

from pathlib import Path
from typing import ClassVar, Protocol

import msgspec

from bench import proc
from bench.bodies import UPSTREAM_MODEL
from bench.children import Child, Children
from bench.errors import BenchError
from bench.loopback import free_ports, listens
from bench.nginx import Proxied, nginx_argv, proxy_config
from bench.upstreams import Upstream, Upstreams

CHAT_PATH = "/v1/chat/completions"
START_TIMEOUT_S = 30.0


class Call(msgspec.Struct, frozen=True):
    """How to send a chat request through a target to one upstream."""

    port: int
    model: str
    headers: dict[str, str]
    path: str = CHAT_PATH


class Site(msgspec.Struct, frozen=True):
    """Where targets run: their core, their folder, their upstreams."""

    children: Children
    core: int
    folder: Path
    upstreams: Upstreams


class Target(Protocol):
    """Something that carries chat requests to the upstreams."""

    name: ClassVar[str]
    is_peer: ClassVar[bool]
    """Another gateway: measured in smaller sizes, and the run goes on if it fails."""

    def start(self) -> None:
        """Start afresh and return once it is ready. Raises BenchError or PeerError."""
        ...

    def stop(self) -> None:
        """Stop it, if it runs."""
        ...

    def call(self, upstream: Upstream) -> Call:
        """How to reach one upstream through it."""
        ...

    def pids(self) -> list[int]:
        """The processes that carry the requests."""
        ...

    def pids_beside(self) -> list[int]:
        """Its other processes, whose memory is shown apart."""
        ...


class ProcessTarget:
    """A target that is a process of its own; what they have in common."""

    name: ClassVar[str]
    is_peer: ClassVar[bool] = False

    def __init__(self, site: Site) -> None:
        self.site = site
        self._starts = 0
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The running process. Raises BenchError if it has ended."""
        if self._child is None:
            raise BenchError(f"{self.name} is not started")
        if self._child.has_ended():
            raise BenchError(f"{self.name} has ended; it wrote:\n{self._child.log_tail()}")
        return self._child

    def start(self) -> None:
        """Stop the old process; start a new one in a folder of its own."""
        self.stop()
        self._starts += 1
        folder = self.site.folder / f"{self.name}-{self._starts}"
        folder.mkdir(parents=True)
        self._child = self.launch(folder)
        self.wait_ready(self._child)

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._child is not None:
            self.site.children.stop(self._child)
            self._child = None

    def launch(self, folder: Path) -> Child:
        """Write what it needs into the folder and start it."""
        raise NotImplementedError

    def wait_ready(self, child: Child) -> None:
        """Return once it takes requests."""
        raise NotImplementedError

    def pids(self) -> list[int]:
        """The process itself."""
        return [self.child.pid]

    def pids_beside(self) -> list[int]:
        """None."""
        return []


class Direct:
    """No target: the load goes straight to the upstream, which is what latency is added to."""

    name: ClassVar[str] = "direct"
    is_peer: ClassVar[bool] = False

    def __init__(self, site: Site) -> None:
        self._upstreams = site.upstreams

    def start(self) -> None:
        """The upstreams run already."""

    def stop(self) -> None:
        """The upstreams go on."""

    def call(self, upstream: Upstream) -> Call:
        """The upstream's own port."""
        return Call(port=self._upstreams.ports[upstream], model=UPSTREAM_MODEL, headers={})

    def pids(self) -> list[int]:
        """None: nothing is between."""
        return []

    def pids_beside(self) -> list[int]:
        """None."""
        return []


class NginxProxy(ProcessTarget):
    """nginx as a plain reverse proxy: no keys, no usage, no ledger."""

    name: ClassVar[str] = "nginx"

    def __init__(self, site: Site, program: str) -> None:
        super().__init__(site)
        self._program = program
        self._ports: dict[Upstream, int] = {}

    def launch(self, folder: Path) -> Child:
        """One port for each upstream."""
        self._ports = dict(zip(Upstream, free_ports(len(Upstream)), strict=True))
        proxied = [Proxied(port, upstream) for upstream, port in self._ports.items()]
        argv = nginx_argv(self._program, folder, proxy_config(proxied, self.site.upstreams))
        return self.site.children.start("nginx-proxy", argv, core=self.site.core, cwd=folder)

    def wait_ready(self, child: Child) -> None:
        """Ready when the master listens and the worker is there."""
        port = self._ports[Upstream.JSON]
        child.wait_ready(lambda: listens(port) and bool(proc.children_of(child.pid)), START_TIMEOUT_S)

    def call(self, upstream: Upstream) -> Call:
        """The port that leads to the upstream."""
        return Call(port=self._ports[upstream], model=UPSTREAM_MODEL, headers={})

    def pids(self) -> list[int]:
        """The worker: the master carries nothing."""
        return proc.children_of(self.child.pid)
