"""TLS on both sides: clients are served over it, providers are believed only with a certificate that is theirs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.certificates import Certificate, make_certificate
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

DEEPSEEK = "deepseek/deepseek-flash"
HEALTH = request("GET", "/healthz")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificates are."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Certificate:
    """The gateway's own, and the providers'."""
    return make_certificate(folder, "right")


@pytest.fixture(scope="module")
def secure(certificate: Certificate) -> Iterator[RunningGateway]:
    """A gateway that listens with TLS."""
    lines = f'tls_cert = "{certificate.certificate}"\ntls_key = "{certificate.key}"'
    with RunningGateway(server=lines, limits="header_deadline_s = 0.3") as running:
        yield running


def test_answers_over_tls(secure: RunningGateway, certificate: Certificate) -> None:
    """Plain answers, streams and kept connections work as they do without."""
    with RawClient(secure.port, tls=certificate.client_context()) as client:
        plain = client.ask(chat(secure.key, model=DEEPSEEK))
        stream = client.ask(chat(secure.key, model=DEEPSEEK, stream=True))
        large = client.ask(chat(secure.key, "[[sim:bytes=3000000]]", model=DEEPSEEK))
        refused = client.ask(b"BAD\r\n\r\n")
        assert client.rest() == b""

    assert (plain.status, stream.status, stream.events[-1]) == (200, 200, b"[DONE]")
    assert len(large.text.encode()) == 3_000_000
    assert refused.status == 400


def test_a_client_that_does_not_trust_the_certificate(secure: RunningGateway, folder: Path) -> None:
    """Its handshake fails; the gateway serves on."""
    other = make_certificate(folder, "other")
    with pytest.raises(OSError, match="certificate verify failed"):
        RawClient(secure.port, tls=other.client_context())


def test_plain_http_on_the_tls_port(secure: RunningGateway, certificate: Certificate) -> None:
    """It gets no answer, and does no harm."""
    with RawClient(secure.port) as client, pytest.raises(ConnectionError):
        client.ask(HEALTH)
    assert ask(secure.port, HEALTH, tls=certificate.client_context()).status == 200


def test_a_handshake_has_a_deadline(secure: RunningGateway) -> None:
    """Who connects and then says nothing, or only begins, is not waited for longer than for a head."""
    for begins in (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        with RawClient(secure.port) as client:
            client.send(begins)
            client.rest()
            assert client.ended is not None


def test_a_client_that_leaves_over_tls(secure: RunningGateway, certificate: Certificate) -> None:
    """It is noticed as it is without: the provider is let go, and the row says `cancelled`."""
    before = len(secure.ledger.entries)
    with RawClient(secure.port, tls=certificate.client_context()) as client:
        client.send(chat(secure.key, "[[sim:stall_mid_stream]]", model=DEEPSEEK, stream=True))
        client.head()
    entry = secure.ledger.wait(before + 1)[before]
    until(lambda: secure.simulator.server("deepseek").seen[-1].client_gone, "the provider's end")

    assert entry.exchange.outcome == "cancelled"


def test_a_stream_that_breaks_off_over_tls(secure: RunningGateway, certificate: Certificate) -> None:
    """The error event arrives, and the end of the framing does not."""
    text = "[[sim:cut_mid_event]][[sim:event_interval_ms=4]]"
    answer = ask(secure.port, chat(secure.key, text, model=DEEPSEEK, stream=True), tls=certificate.client_context())

    assert not answer.complete
    assert answer.error_event is not None
    assert answer.error_event["code"] == "upstream_truncated"


def behind_tls(certificate: Certificate, *, trusts: Path | None) -> RunningGateway:
    """A gateway whose providers speak TLS, and whom it believes by these certificates, or by the system's."""
    lines = f'ca_file = "{trusts}"' if trusts is not None else ""
    names = ("deepseek", "qwen", "newapi")
    return RunningGateway(provider_tls=certificate.server_context(), provider_lines=dict.fromkeys(names, lines))


def test_a_provider_over_tls(certificate: Certificate) -> None:
    """With the operator's own authority a provider is reached, its connection kept, its streams relayed."""
    with behind_tls(certificate, trusts=certificate.certificate) as gateway:
        plain = ask(gateway.port, chat(gateway.key, model=DEEPSEEK))
        stream = ask(gateway.port, chat(gateway.key, model=DEEPSEEK, stream=True))
        assert gateway.simulator.base_url("deepseek").startswith("https://")
        assert gateway.simulator.server("deepseek").log.connections_opened == 1

    assert (plain.status, stream.status, stream.events[-1]) == (200, 200, b"[DONE]")


@pytest.mark.parametrize("authority", ["the system's", "another's"])
def test_a_provider_whose_certificate_is_not_trusted(certificate: Certificate, folder: Path, authority: str) -> None:
    """Nothing is sent to it, our key least of all."""
    trusts = None if authority == "the system's" else make_certificate(folder, "another").certificate
    with behind_tls(certificate, trusts=trusts) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model=DEEPSEEK))
        row = gateway.ledger.entry(answer.fields["x-request-id"])
        assert gateway.simulator.server("deepseek").log.total == 0

    assert (answer.status, answer.error["code"]) == (502, "upstream_connect_failed")
    assert "certificate is not valid" in answer.error["message"]
    assert (row.attempts[0].cost_nanousd, row.attempts[0].cost_note) == (0, "not_sent")


def test_a_provider_whose_certificate_is_for_somebody_else(folder: Path) -> None:
    """A trusted signature is not enough: the name must be the one that was dialled."""
    elsewhere = make_certificate(folder, "elsewhere", host="elsewhere.test", address="127.0.0.2")
    with behind_tls(elsewhere, trusts=elsewhere.certificate) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model=DEEPSEEK))
        assert gateway.simulator.server("deepseek").log.total == 0

    assert answer.error["code"] == "upstream_connect_failed"
    assert "IP address mismatch" in answer.error["message"]


def test_a_provider_that_never_finishes_its_handshake(certificate: Certificate) -> None:
    """Connecting includes the handshake, and so does its deadline."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mute = f'[providers.mute]\ndialect = "openai"\nbase_url = "https://127.0.0.1:{port}/v1"\n'
        more = f'{mute}allow_plain = true\napi_key = "none"\nca_file = "{certificate.certificate}"\n'
        with RunningGateway(more=more, limits="connect_timeout_s = 0.1") as gateway:
            answer = ask(gateway.port, chat(gateway.key, model="mute/any"))

    assert (answer.status, answer.error["code"]) == (504, "upstream_connect_timeout")
