"""What a configuration says, as frozen values: checked, with every default and every secret filled in."""

import ipaddress
from pathlib import Path
from typing import Literal

import msgspec

from routeproof.ids import RouteName
from routeproof.limits import Limits
from routeproof.secret import Secret

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Durability = Literal["process", "power"]
OnDisconnect = Literal["close", "drain"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogStyle = Literal["auto", "json", "text"]


class ListenAddress(msgspec.Struct, frozen=True):
    """Where a server listens. Port 0 takes any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class ServerSettings(msgspec.Struct, frozen=True):
    """`[server]`: this gateway itself. Paths are absolute."""

    data_dir: Path
    """The database and the flight recorder live here."""
    listen: ListenAddress = ListenAddress("127.0.0.1", 8400)
    """The data plane."""
    admin_listen: ListenAddress = ListenAddress("127.0.0.1", 8401)
    """The admin plane: health and metrics."""
    direct_routes: bool = False
    """Clients may name a route as `model`."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    durability: Durability = "process"
    facts: tuple[Path, ...] = ()
    """Facts files besides those that come with the package; a later one wins."""
    log_level: LogLevel = "info"
    log_style: LogStyle = "auto"
    """`auto` writes text to a terminal and one JSON object a line to anything else."""


class ProviderSettings(msgspec.Struct, frozen=True):
    """`[providers.NAME]`: one account at one upstream API."""

    name: str
    dialect: str
    base_url: str
    """Without a trailing slash."""
    api_key: Secret | None
    """None where the configuration says "none"."""
    region: str | None = None
    workspace: str | None = None
    prices: str | None = None
    """The family whose price facts apply; None where no family's do."""
    allow_plain: bool = False
    """Plain http, and private addresses, are allowed."""
    allow_networks: tuple[IPNetwork, ...] = ()
    """The private networks that may be dialled; with `allow_plain`, no others."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    map_foreign_controls: bool = False
    on_disconnect: OnDisconnect = "close"
    connect_timeout_s: float = Limits().connect_timeout_s
    first_byte_timeout_s: float = Limits().first_byte_timeout_s
    idle_event_timeout_s: float = Limits().idle_event_timeout_s
    total_timeout_s: float = Limits().total_timeout_s


class WeightedRoute(msgspec.Struct, frozen=True):
    """A route and its share of a model's requests, relative to the other weights."""

    route: RouteName
    weight: int = 1


class ModelSettings(msgspec.Struct, frozen=True):
    """`[models.NAME]`: what clients may send as `model`, and where it goes."""

    name: str
    routes: tuple[WeightedRoute, ...]
    fallbacks: tuple[RouteName, ...] = ()
    """Tried in order, before the first byte."""
    rollback: RouteName | None = None
    """Recorded on each row."""


class Settings(msgspec.Struct, frozen=True):
    """A whole configuration."""

    server: ServerSettings
    providers: dict[str, ProviderSettings]
    models: dict[str, ModelSettings]
    limits: Limits
    source_path: Path
