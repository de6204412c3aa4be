"""Which addresses may be dialled: the table of destinations, and proof that no other is ever dialled."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.errors import UpstreamError, UpstreamKind
from routeproof.limits import Limits
from routeproof.net.egress import EgressPolicy
from routeproof.net.pool import Origin, OriginPool
from routeproof.net.tasks import Tasks
from routeproof.net.upstream import UpstreamConnection

PUBLIC = (
    "1.1.1.1", "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
    "169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.1.0.1", "192.167.255.255",
    "192.169.0.1", "198.17.255.255", "198.20.0.1", "203.0.114.1", "223.255.255.255", "2606:4700:4700::1111",
    "2001:4860:4860::8888", "2400:3200::1", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "64:ff9b::808:808",
)  # fmt: skip
PRIVATE = (
    "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.255", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "240.0.0.1", "255.255.255.254", "::1", "fc00::1",
    "fd34:5678::1", "fec0::1", "100::1", "2001:db8::1", "2001:1::1", "2001:20::1", "3fff::1", "5f00::1", "4000::1",
    "8000::1", "::2", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "64:ff9b:1::a00:1", "64:ff9b:1::808:808",
    "::ffff:0:127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:192.168.1.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::c0a8:101", "64:ff9b::6440:1",
)  # fmt: skip
NEVER = (
    "0.0.0.0", "0.1.2.3", "169.254.0.1", "169.254.169.254", "169.254.170.2", "224.0.0.1", "239.255.255.255",
    "255.255.255.255", "168.63.129.16", "100.100.100.200", "::", "fe80::1", "fe80::1%eth0", "fe80::a9fe:a9fe%2",
    "ff02::1", "ff0e::1", "fd00:ec2::254", "fd20:ce::254", "::ffff:0.0.0.0", "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b::0.0.0.0", "2002:7f00:1::",
    "2002:a9fe:a9fe::", "2002:808:808::1", "2002:a00:1::1", "2001:0:a9fe:a9fe::1", "2001::5601:5601",
)  # fmt: skip
NO_ADDRESS = (
    "", " ", "localhost", "example.test", "127.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001",
    "127.0.0.01", "1.1.1.1 ", "1.1.1.1%25", "8.8.8.8%lo", "8.8.8.8%00", "8.8.8.8\x00", "8.8.8.8.", "[::1]", "::1%",
    "1.1.1", "1.1.1.1.1", "user@8.8.8.8", "8.8.8.8:443", "8.8.8.8/32", "\u0661.1.1.1", "\u2460.1.1.1",
    "fe80::1%a%b", "g::1", "::ffff:1.2.3.256",
)  # fmt: skip

STRICT = EgressPolicy()
PLAIN = EgressPolicy(allow_plain=True)
LAN = EgressPolicy(allow_networks=(ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd12::/16")))
PLAIN_LAN = EgressPolicy(allow_plain=True, allow_networks=LAN.allow_networks)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_dialled(address: str) -> None:
    """Also those just outside a private network, and those that NAT64 or a mapped form wraps."""
    assert all(policy.permits(address) for policy in (STRICT, PLAIN, LAN, PLAIN_LAN))


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_need_a_permission(address: str) -> None:
    """Loopback, private, shared, documentation, reserved, and whatever wraps one of them."""
    assert not STRICT.permits(address)
    assert PLAIN.permits(address)
    assert not LAN.permits(address)
    assert not PLAIN_LAN.permits(address)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_its_kind_need_more_than_a_general_permission(address: str) -> None:
    """Link-local, multicast, unspecified, tunnels and clouds' own services: only where their network is named."""
    assert not any(policy.permits(address) for policy in (STRICT, PLAIN, LAN, PLAIN_LAN))
    everything = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    assert EgressPolicy(allow_networks=everything).permits(address)


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_address_may_not_be_dialled(address: str) -> None:
    """A judged address is dialled as it stands, so it must be one: no name, no other spelling, no zone on IPv4."""
    everything = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    assert not any(policy.permits(address) for policy in (STRICT, PLAIN, EgressPolicy(allow_networks=everything)))


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("10.1.0.0", True),
        ("10.1.255.255", True),
        ("10.0.255.255", False),
        ("10.2.0.0", False),
        ("fd12::1", True),
        ("fd13::1", False),
        ("::ffff:10.1.0.1", False),
        ("64:ff9b::10.1.0.1", False),
        ("127.0.0.1", False),
        ("192.168.0.1", False),
    ],
)
def test_named_networks_are_permitted_and_no_others(address: str, permitted: bool) -> None:
    """`allow_plain` beside them adds nothing, and what wraps an address of theirs is not one."""
    assert LAN.permits(address) is permitted
    assert PLAIN_LAN.permits(address) is permitted


def test_what_is_permitted_keeps_its_order() -> None:
    """The resolver's order is kept, and nothing is dialled twice."""
    answers = ["10.0.0.1", "8.8.8.8", "::1", "1.1.1.1", "8.8.8.8", "nonsense"]
    assert STRICT.permitted(answers) == ("8.8.8.8", "1.1.1.1")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.sampled_from(["{}", "::ffff:{}", "64:ff9b::{}"]))
def test_nothing_that_python_calls_private_is_public_to_us(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address, form: str
) -> None:
    """Our own list is at least as strict as the standard library's, in every form of an address."""
    text = form.format(ip) if ip.version == 4 else str(ip)
    if STRICT.permits(text):
        assert ip.is_global or (
            ip.version == 6 and (ip.ipv4_mapped is not None or ip in ipaddress.ip_network("64:ff9b::/96"))
        )
        assert not (ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified)


class Dialler:
    """A pool to one origin whose resolver answers as told and whose dials are noted, and never leave the process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, policy: EgressPolicy, *answers: Sequence[str]) -> None:
        loop = asyncio.get_running_loop()
        self.dialled: list[str] = []
        self.names: list[str | None] = []
        self.resolved = 0
        self._answers = answers
        monkeypatch.setattr(loop, "create_connection", self._dial)
        monkeypatch.setattr(loop, "getaddrinfo", self._no_second_look)
        self.failures: list[BaseException] = []
        self._tasks = Tasks(lambda _name, error: self.failures.append(error))
        self._pool = OriginPool(
            Origin("provider.test", 443, tls=False),
            limits=Limits(),
            connect_timeout_s=5.0,
            egress=policy,
            tls=None,
            tasks=self._tasks,
            resolver=self._resolve,
        )

    async def connect(self) -> UpstreamError:
        """Ask for a connection; returns why there is none."""
        answer: asyncio.Future[UpstreamError] = asyncio.get_running_loop().create_future()

        def ready(connection: UpstreamConnection | None, error: UpstreamError | None) -> None:
            assert connection is None
            assert error is not None
            answer.set_result(error)

        self._pool.take(ready)
        return await answer

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("provider.test", 443)
        self.resolved += 1
        return self._answers[min(self.resolved, len(self._answers)) - 1]

    async def _dial(
        self, _factory: object, host: str, port: int, *, server_hostname: str | None, **_options: object
    ) -> Never:
        self.dialled.append(host)
        self.names.append(server_hostname)
        raise ConnectionRefusedError(111, "Connection refused")

    async def _no_second_look(self, *_args: object, **_options: object) -> Never:
        raise AssertionError("a judged address was resolved again")


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER, *NO_ADDRESS])
def test_a_denied_address_is_never_dialled(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Neither alone nor next to a public one, which is still dialled."""

    async def scene() -> None:
        alone = Dialler(monkeypatch, STRICT, [address])
        assert (await alone.connect()).kind is UpstreamKind.EGRESS_DENIED
        assert alone.dialled == []

        beside = Dialler(monkeypatch, STRICT, [address, "8.8.8.8", address])
        assert (await beside.connect()).kind is UpstreamKind.CONNECT_FAILED
        assert beside.dialled == ["8.8.8.8"]

    asyncio.run(scene())


def test_a_resolver_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each dial resolves once and judges what it will dial: the second answer is judged as the first was."""

    async def scene() -> None:
        dialler = Dialler(monkeypatch, STRICT, ["8.8.8.8"], ["169.254.169.254"], ["127.0.0.1", "1.1.1.1"])
        kinds = [(await dialler.connect()).kind for _ in range(3)]

        assert kinds == [UpstreamKind.CONNECT_FAILED, UpstreamKind.EGRESS_DENIED, UpstreamKind.CONNECT_FAILED]
        assert dialler.dialled == ["8.8.8.8", "1.1.1.1"]
        assert dialler.resolved == 3

    asyncio.run(scene())


def test_spellings_of_loopback_are_the_resolvers_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a name in decimal, octal or hexadecimal resolves to is judged like any address."""
    flags = socket.AI_NUMERICHOST
    for spelling in ("2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1"):
        resolved = [str(row[4][0]) for row in socket.getaddrinfo(spelling, 80, type=socket.SOCK_STREAM, flags=flags)]
        assert resolved == ["127.0.0.1"]
        assert STRICT.permitted(resolved) == ()
