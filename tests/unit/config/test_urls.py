"""Listen addresses, base URLs and networks."""

import ipaddress

import pytest

from routeproof.config.settings import ListenAddress
from routeproof.config.urls import parse_base_url, parse_listen, parse_network


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8400", "127.0.0.1", 8400),
        ("0.0.0.0:0", "0.0.0.0", 0),
        ("localhost:65535", "localhost", 65535),
        ("[::1]:8400", "::1", 8400),
        ("gateway.internal:80", "gateway.internal", 80),
    ],
)
def test_listen_addresses_are_read(text: str, host: str, port: int) -> None:
    """Host and port, IPv6 in brackets; and they are written back the same."""
    assert parse_listen(text) == ListenAddress(host, port)
    assert str(parse_listen(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "8400",
        ":8400",
        "localhost",
        "localhost:",
        "localhost:x",
        "localhost:65536",
        "localhost:-1",
        "localhost:8\u0664",
        "::1:8400",
        "[::1]",
        "[nope]:80",
        "[::1:80",
        "http://localhost:80",
        "-x:80",
        "a/b:80",
    ],
)
def test_other_listen_addresses_are_refused(text: str) -> None:
    """What a socket could not be bound to is told before one is opened."""
    with pytest.raises(ValueError, match=r"; (write|use) "):
        parse_listen(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://api.deepseek.com", "https://api.deepseek.com"),
        ("https://api.deepseek.com/", "https://api.deepseek.com"),
        ("https://host:8443/compatible-mode/v1//", "https://host:8443/compatible-mode/v1"),
        ("https://[2606:4700::1111]/v1", "https://[2606:4700::1111]/v1"),
    ],
)
def test_base_urls_lose_their_trailing_slashes(text: str, expected: str) -> None:
    """So that a path can be appended to each."""
    assert parse_base_url(text, False, ()) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("api.deepseek.com/v1", "no address of an API"),
        ("ftp://host/v1", "no address of an API"),
        ("https:///v1", "no address of an API"),
        ("https://user:pass@host/v1", "holds credentials"),
        ("https://user@host/v1", "holds credentials"),
        ("https://@host/v1", "holds credentials"),
        ("https://host/v1?key=x", "query or a fragment"),
        ("https://host/v1?", "query or a fragment"),
        ("https://host/v1#x", "query or a fragment"),
        ("https://host:0/v1", "no valid port"),
        ("https://host:99999/v1", "no valid host or port"),
        ("https://host:x/v1", "no valid host or port"),
        ("https://[::1/v1", "no valid host or port"),
        ("https://ho st/v1", "only ASCII"),
        ("https://h\u00f6st/v1", "only ASCII"),
        ("https://host\\@evil/v1", "only ASCII"),
        ("https://ho%41st/v1", "no valid host"),
        ("https://host;x/v1", "no valid host"),
        ("http://host/v1", "is plain http"),
        ("https://127.0.0.1/v1", "private address"),
        ("https://[::1]/v1", "private address"),
        ("https://169.254.169.254/v1", "private address"),
        ("https://localhost/v1", "private address"),
        ("https://10.0.0.1/v1", "private address"),
    ],
)
def test_other_base_urls_are_refused(text: str, why: str) -> None:
    """Each with its reason."""
    with pytest.raises(ValueError, match=why):
        parse_base_url(text, False, ())


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[fd00::1]/v1"])
def test_plain_and_private_addresses_need_the_operators_word(text: str) -> None:
    """`allow_plain` allows both."""
    assert parse_base_url(text, True, ()) == text


def test_named_networks_are_the_only_ones() -> None:
    """`allow_networks` narrows what `allow_plain` allows, and allows https to a private address by itself."""
    networks = (ipaddress.ip_network("10.1.0.0/16"),)

    assert parse_base_url("https://10.1.2.3/v1", False, networks) == "https://10.1.2.3/v1"
    with pytest.raises(ValueError, match="private address"):
        parse_base_url("http://10.2.2.3/v1", True, networks)


@pytest.mark.parametrize("text", ["10.1.0.0/16", "10.1.2.3", "fd00::/8", "127.0.0.0/8"])
def test_networks_are_read(text: str) -> None:
    """A network, or a single address."""
    assert parse_network(text) == ipaddress.ip_network(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.1.2.3/16", "is no network"),
        ("internal", "is no network"),
        ("0.0.0.0/0", "too wide"),
        ("::/0", "too wide"),
        ("169.254.169.254", "link-local"),
        ("169.0.0.0/8", "link-local"),
        ("fe80::/10", "link-local"),
    ],
)
def test_other_networks_are_refused(text: str, why: str) -> None:
    """No network that is all of them, and none that holds a cloud's metadata."""
    with pytest.raises(ValueError, match=why):
        parse_network(text)
