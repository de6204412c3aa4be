"""Where the providers of the benchmark listen."""

from enum import StrEnum
from pathlib import Path

import msgspec


class Upstream(StrEnum):
    """A provider, by how it answers."""

    JSON = "json"
    """One fixed answer."""
    TLS = "json-tls"
    """The same over TLS."""
    STREAM = "stream"
    """Events at a steady rate until the client goes."""
    SINK = "sink"
    """Reads the whole body first; for large ones."""


class Upstreams(msgspec.Struct, frozen=True):
    """The ports of all providers, and the authority of the one with TLS."""

    ports: dict[Upstream, int]
    ca_file: Path

    def base_url(self, upstream: Upstream) -> str:
        """What a gateway is configured with."""
        scheme = "https" if upstream is Upstream.TLS else "http"
        return f"{scheme}://127.0.0.1:{self.ports[upstream]}/v1"
