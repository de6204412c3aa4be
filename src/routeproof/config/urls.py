"""Addresses in a configuration: where to listen, and which base URLs and networks may be dialled."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from routeproof.config.settings import IPNetwork, ListenAddress

PORT_MAX: Final = 65_535

_HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_LINK_LOCAL: Final = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))
_PREFIX_MIN: Final = {4: 8, 6: 7}


def parse_listen(text: str) -> ListenAddress:
    """Read 'host:port' or '[IPv6]:port'. Raises ValueError with the remedy."""
    host, _, port = text.rpartition(":")
    if not host:
        raise ValueError("names no host or no port; write it as '127.0.0.1:8400'")
    if ":" in host and not host.startswith("["):
        raise ValueError("is ambiguous; write an IPv6 address in brackets, as '[::1]:8400'")
    if not _is_host(host):
        raise ValueError("has no valid host; write an address such as '127.0.0.1', '0.0.0.0' or '[::1]'")
    if _PORT.fullmatch(port) is None or int(port) > PORT_MAX:
        raise ValueError(f"has no valid port; use a number from 1 to {PORT_MAX}, or 0 for any free one")
    return ListenAddress(host.strip("[]"), int(port))


def parse_base_url(text: str, allow_plain: bool, allow_networks: tuple[IPNetwork, ...]) -> str:
    """Check a provider's base URL and give it without trailing slashes.

    Raises ValueError with the remedy and without the URL, which may hold a credential in any of its parts.
    """
    if not text.isascii() or " " in text or "\\" in text:
        raise ValueError("may hold only ASCII characters, no blanks and no backslashes")
    parts = _split(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("is no address of an API; write it as 'https://host/v1'")
    if "@" in parts.netloc:
        raise ValueError("holds credentials; put the key into `api_key`")
    if "?" in text or "#" in text:
        raise ValueError("has a query or a fragment; end it with the path, such as '/v1'")
    if parts.scheme == "http" and not allow_plain:
        raise ValueError("is plain http; use https, or set `allow_plain = true` if the network is trusted")
    _check_host(parts.hostname, allow_plain, allow_networks)
    return text.rstrip("/")


def parse_network(text: str) -> IPNetwork:
    """Read a network that may be dialled. Raises ValueError with the remedy."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError("is no network; write it as '10.1.0.0/16' or 'fd00::/8', host bits zero") from error
    if network.prefixlen < _PREFIX_MIN[network.version]:
        raise ValueError(f"is too wide; use /{_PREFIX_MIN[network.version]} or narrower")
    if any(network.version == local.version and network.overlaps(local) for local in _LINK_LOCAL):
        raise ValueError("holds link-local addresses, where clouds keep their metadata; name the network you need")
    return network


def _is_host(text: str) -> bool:
    if not text.startswith("["):
        return _HOST.fullmatch(text) is not None
    try:
        ipaddress.IPv6Address(text[1:-1] if text.endswith("]") else "")
    except ValueError:
        return False
    return True


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError("has no valid host or port; write it as 'https://host:443/v1'") from error
    if port == 0:
        raise ValueError("has no valid port; use a number from 1 to 65535")
    return parts


def _check_host(host: str, allow_plain: bool, allow_networks: tuple[IPNetwork, ...]) -> None:
    """Early word on addresses that would be denied when they are dialled."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _HOST.fullmatch(host) is None:
            raise ValueError("has no valid host; write it as 'https://host/v1'") from None
        private = host.lower() == "localhost"
        named = bool(allow_networks)
    else:
        private = not address.is_global
        named = any(address in network for network in allow_networks if network.version == address.version)
    if private and not named and (allow_networks or not allow_plain):
        raise ValueError("is a private address; name its network in `allow_networks`, or set `allow_plain = true`")
