"""What a configuration says, as frozen values: checked, with every default and every secret filled in."""

import ipaddress
from pathlib import Path
from typing import Literal

import msgspec

from routeproof.catalog.alias_policy import AliasRule
from routeproof.catalog.staleness import StalenessPolicies
from routeproof.config.key_places import KeyPlace
from routeproof.config.lint_codes import LintCode
from routeproof.evidence.expiry import EVIDENCE_DAYS, MUTABLE_ALIAS_DAYS
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


class SignerPlace(msgspec.Struct, frozen=True):
    """Where a signing key is; it is read when something is to be signed, for serving needs none."""

    kind: Literal["env", "file"]
    place: str
    """The variable's name, or an absolute path."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}"


class EvidenceSettings(msgspec.Struct, frozen=True):
    """`[evidence]`: who signs it, whose is believed, what is kept, and for how long it counts."""

    signer: SignerPlace | None = None
    """None: the one that `routeproof signer init` made."""
    trusted: tuple[str, ...] = ()
    """Key ids of other signers that are believed."""
    keep_bodies: bool = True
    """False keeps digests, sizes and times alone: then no verdict can be reached again."""
    expires_after_days: int = EVIDENCE_DAYS
    expires_after_days_mutable_alias: int = MUTABLE_ALIAS_DAYS
    """For a name that the provider may point at another model."""


class Settings(msgspec.Struct, frozen=True):
    """A whole configuration."""

    server: ServerSettings
    providers: dict[str, ProviderSettings]
    models: dict[str, ModelSettings]
    limits: Limits
    source_path: Path
    aliases: dict[RouteName, AliasRule] = {}
    """`[aliases.ROUTE]`: what to do with model names that others replace; names without a rule follow the facts."""
    staleness: StalenessPolicies = StalenessPolicies()
    lint_ignored: frozenset[LintCode] = frozenset()
    """`[lint]`: what `routeproof lint` finds and does not tell."""
    key_places: dict[str, KeyPlace] = {}
    """Where each provider's key is kept, by the provider's name."""
    evidence: EvidenceSettings = EvidenceSettings()
