"""The nginx configurations."""

from pathlib import Path

import pytest
from bench.bodies import answer_body
from bench.certificates import Certificate
from bench.nginx import Proxied, proxy_config, upstream_config
from bench.upstreams import Upstream, Upstreams

UPSTREAMS = Upstreams(dict(zip(Upstream, (9001, 9443, 9002, 9003), strict=True)), Path("/run/ca.crt"))
CERTIFICATE = Certificate(Path("/run/ca.crt"), Path("/run/ca.key"))


def test_the_upstream_answers_plain_and_with_tls() -> None:
    """With the same body."""
    config = upstream_config(9001, 9443, CERTIFICATE, answer_body())

    assert "listen 127.0.0.1:9001;" in config
    assert "listen 127.0.0.1:9443 ssl;" in config
    assert f"return 200 '{answer_body().decode()}';" in config


@pytest.mark.parametrize("answer", [b'{"a":"it\'s"}', b'{"a":"$b"}', b'{"a":"\\n"}'])
def test_an_answer_that_nginx_would_interpret_is_refused(answer: bytes) -> None:
    """It would not arrive as it is."""
    with pytest.raises(ValueError, match="may not hold"):
        upstream_config(9001, 9443, CERTIFICATE, answer)


def test_each_upstream_has_a_port_of_the_proxy() -> None:
    """With kept connections to it."""
    config = proxy_config([Proxied(8001, Upstream.JSON)], UPSTREAMS)

    assert "server 127.0.0.1:9001;" in config
    assert "listen 127.0.0.1:8001;" in config
    assert "proxy_pass http://json/v1/;" in config
    assert "proxy_buffering off;" not in config


def test_streams_are_not_buffered() -> None:
    """Events have to pass as they come."""
    assert "proxy_buffering off;" in proxy_config([Proxied(8001, Upstream.STREAM)], UPSTREAMS)


def test_a_tls_upstream_is_verified() -> None:
    """As the gateway does it."""
    config = proxy_config([Proxied(8001, Upstream.TLS)], UPSTREAMS)

    assert "proxy_pass https://json-tls/v1/;" in config
    assert "proxy_ssl_verify on;" in config
    assert "proxy_ssl_trusted_certificate /run/ca.crt;" in config
