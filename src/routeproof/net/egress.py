"""Which addresses may be dialled: the destination is the operator's, and so is every exception.

A name is resolved once, each address it gives is judged, and the judged address is the one that is dialled; a
resolver that answers differently the second time gains nothing. Refused by default: whatever is not globally
routable (loopback, private, link-local and the metadata services in it, carrier-grade NAT, multicast, unspecified,
reserved), also when written inside an IPv6 address (v4-mapped, 6to4, NAT64, Teredo).
"""

import ipaddress
from collections.abc import Iterable, Sequence

import msgspec

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 2.5.5.1, deprecated


class EgressPolicy(msgspec.Struct, frozen=True):
    """What one provider may be reached at."""

    allow_plain: bool = False
    """Plain http and private addresses are allowed, because the operator said so."""
    allow_networks: tuple[IPNetwork, ...] = ()
    """Narrower: only these private networks."""

    def permits(self, address: str) -> bool:
        """Whether a resolved address may be dialled."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if any(ip in network for network in self.allow_networks if network.version == ip.version):
            return True
        if self.allow_plain and not self.allow_networks:
            return not (ip.is_multicast or ip.is_unspecified)
        return all(_is_public(candidate) for candidate in _embedded(ip))

    def permitted(self, addresses: Iterable[str]) -> Sequence[str]:
        """Those of the resolved addresses that may be dialled, in order, each once."""
        return tuple(dict.fromkeys(address for address in addresses if self.permits(address)))


def _is_public(ip: IPAddress) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _embedded(ip: IPAddress) -> list[IPAddress]:
    """The address and every IPv4 address that it stands for."""
    found: list[IPAddress] = [ip]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return [ip.ipv4_mapped]
        if ip.sixtofour is not None:
            found.append(ip.sixtofour)
        if ip.teredo is not None:
            found.extend(ip.teredo)
        if ip in _NAT64 or ip in _NAT64_LOCAL or ip in _V4_COMPATIBLE:
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
            # NAT64's own prefix is global by definition; what decides is the address behind it.
            found = [embedded] if ip in _NAT64 else [ip, embedded]
    return found
