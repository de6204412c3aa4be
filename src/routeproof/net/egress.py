"""Which addresses may be dialled: the destination is the operator's, and so is every exception.

A name is resolved once, each address it gives is judged, and the judged address is the one that is dialled; a
resolver that answers differently the second time gains nothing. Refused by default: whatever is not globally
routable (loopback, private, link-local and the metadata services in it, carrier-grade NAT, multicast, unspecified,
reserved), also when an IPv6 address only wraps it (v4-mapped, NAT64; 6to4 and Teredo are refused as a whole).
"""

import ipaddress
from collections.abc import Iterable, Sequence

import msgspec

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[IPNetwork, ...]:
    return tuple(map(ipaddress.ip_network, texts))


# Spelled out, because what `ipaddress` calls global changed between releases of Python. IANA's registries of
# special-purpose addresses: all that is not globally reachable, and the deprecated relays of 6to4 (RFC 7526).
_NOT_GLOBAL_V4 = _networks(
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_GLOBAL_V6 = _networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052

# Never by a general permission, only where a network is named: link-local, multicast, unspecified, the tunnels that
# may wrap any of these (Teredo, 6to4), and services that clouds answer at other addresses (Azure's WireServer, and
# the metadata of Alibaba Cloud, AWS and Google Cloud).
_NEVER = _networks(
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "::/128", "fe80::/10", "ff00::/8",
    "2001::/32", "2002::/16", "168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128",
)  # fmt: skip


class EgressPolicy(msgspec.Struct, frozen=True):
    """What one provider may be reached at."""

    allow_plain: bool = False
    """Plain http and private addresses are allowed, because the operator said so; `_NEVER` is not among them."""
    allow_networks: tuple[IPNetwork, ...] = ()
    """Narrower: of what is not public only these networks, and all of them."""

    def permits(self, address: str) -> bool:
        """Whether a resolved address may be dialled; what is no address may not."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        if _within(ip, self.allow_networks):
            return True
        ip = _unwrapped(ip)
        if _within(ip, _NEVER):
            return False
        return _is_public(ip) or (self.allow_plain and not self.allow_networks)

    def permitted(self, addresses: Iterable[str]) -> Sequence[str]:
        """Those of the resolved addresses that may be dialled, in order, each once."""
        return tuple(dict.fromkeys(address for address in addresses if self.permits(address)))


def _within(ip: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    return any(ip in network for network in networks)


def _is_public(ip: IPAddress) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return not _within(ip, _NOT_GLOBAL_V4)
    return ip in _GLOBAL_V6 and not _within(ip, _NOT_GLOBAL_V6)


def _unwrapped(ip: IPAddress) -> IPAddress:
    """The address that is reached in the end: an IPv4 address inside an IPv6 one is what decides."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
