"""What the address of a provider says: where it leads, and whose region and plan it belongs to."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from routeproof.catalog.kinds import Facts, RegionFact
from routeproof.config.settings import ProviderSettings
from routeproof.dialects.addresses import DEEPSEEK_BASE_URL, OPENAI_BASE_URL

# RFC 6761, RFC 6762 and RFC 8375, ICANN's .internal, and what clusters and home routers call their own.
LOCAL_ENDINGS: Final = ("localhost", "local", "internal", "home.arpa", "lan", "svc", "test", "example", "invalid")
"""Domains that are nowhere on the internet."""
_HOSTED: Final = frozenset(urlsplit(url).hostname for url in (OPENAI_BASE_URL, DEEPSEEK_BASE_URL))
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def host_of(provider: ProviderSettings) -> str:
    """The host of its base URL, in lower case."""
    return urlsplit(provider.base_url).hostname or ""


def origin_of(provider: ProviderSettings) -> tuple[str, str, int]:
    """Scheme, host and port of its base URL."""
    parts = urlsplit(provider.base_url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def is_public(host: str) -> bool:
    """Whether a host is out on the internet, as far as its name or address tells; names are not resolved."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        labels = host.rstrip(".")
        return "." in labels and not any(labels.endswith(f".{ending}") for ending in LOCAL_ENDINGS)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def wants_key(provider: ProviderSettings, facts: Facts, at_ns: int) -> bool:
    """Whether the host is that of a hosted API, which answers nobody without a key."""
    return host_of(provider) in _HOSTED or place_of(provider, facts, at_ns) is not None


def places_of(provider: ProviderSettings, facts: Facts, at_ns: int) -> list[RegionFact]:
    """Where the provider's family has hosts, by the facts in force."""
    return [fact for fact in facts.regions if fact.subject.family == provider.dialect and fact.in_force(at_ns)]


def place_of(provider: ProviderSettings, facts: Facts, at_ns: int) -> RegionFact | None:
    """The region and plan that the host belongs to; None where no fact knows it."""
    places, host = places_of(provider, facts, at_ns), host_of(provider)
    shared = (place for place in places if place.shared_host == host)
    # A plan's host may look like a workspace's: whole names first.
    return next(shared, None) or next(_of_workspace(places, host), None)


def _of_workspace(places: Iterable[RegionFact], host: str) -> Iterator[RegionFact]:
    for place in places:
        _, found, zone = (place.workspace_host or "").partition("{workspace}")
        if found and host.endswith(zone):
            yield place
