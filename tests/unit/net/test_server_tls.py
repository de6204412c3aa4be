"""The listener's certificate."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from tests.support.certificates import Certificate, make_certificate

from routeproof.errors import OperatorError
from routeproof.net.server_tls import ServerTls, load_certificate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificates are."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def first(folder: Path) -> Certificate:
    """The one that is served with at first."""
    return make_certificate(folder, "first")


@pytest.fixture(scope="module")
def second(folder: Path) -> Certificate:
    """The one after it."""
    return make_certificate(folder, "second")


class Handshake:
    """One client and one server in memory, neither of which has said anything yet."""

    def __init__(self, server: ServerTls, client: ssl.SSLContext, host: str | None = "localhost") -> None:
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        client.check_hostname = host is not None
        self.server = server.context.wrap_bio(to_server, to_client, server_side=True)
        self.client = client.wrap_bio(to_client, to_server, server_hostname=host)

    def shake(self) -> bytes:
        """Complete the handshake; returns the certificate that the client was shown."""
        for side in (self.client, self.server) * 3:  # TLS 1.2 takes turns so often
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        shown = self.client.getpeercert(binary_form=True)
        assert shown is not None
        return shown


def der(certificate: Certificate) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.certificate.read_text())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("host", ["localhost", None])
def test_another_certificate_is_shown_from_the_next_handshake_on(
    first: Certificate, second: Certificate, host: str | None, version: ssl.TLSVersion
) -> None:
    """To clients that name the host and to those that do not; the protocol stays HTTP/1.1."""
    tls = ServerTls(load_certificate(first.certificate, first.key))
    before = Handshake(tls, first.client_context(), host).shake()
    tls.show(load_certificate(second.certificate, second.key))
    trusting = second.client_context()
    trusting.maximum_version = trusting.minimum_version = version
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    handshake = Handshake(tls, trusting, host)

    assert (before, handshake.shake()) == (der(first), der(second))
    assert handshake.client.selected_alpn_protocol() == "http/1.1"


def test_who_trusts_the_old_one_alone_is_told(first: Certificate, second: Certificate) -> None:
    """Nothing of the old pair is shown any more."""
    tls = ServerTls(load_certificate(first.certificate, first.key))
    tls.show(load_certificate(second.certificate, second.key))

    with pytest.raises(ssl.SSLCertVerificationError):
        Handshake(tls, first.client_context()).shake()


def test_an_open_connection_goes_on(first: Certificate, second: Certificate) -> None:
    """What was agreed under the old certificate holds."""
    tls = ServerTls(load_certificate(first.certificate, first.key))
    handshake = Handshake(tls, first.client_context())
    handshake.shake()
    tls.show(load_certificate(second.certificate, second.key))
    handshake.client.write(b"still here")
    heard = handshake.server.read(100)
    handshake.server.write(b"so am I")

    assert (heard, handshake.client.read(100)) == (b"still here", b"so am I")


def test_old_versions_of_the_protocol_are_refused(first: Certificate) -> None:
    """Below TLS 1.2 there is no handshake."""
    context = load_certificate(first.certificate, first.key)

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_pair_that_does_not_belong_together(first: Certificate, second: Certificate) -> None:
    """The message names both files and the settings."""
    with pytest.raises(OperatorError, match=r"first\.pem with the key .*second\.key.*KEY_VALUES_MISMATCH.*tls_cert"):
        load_certificate(first.certificate, second.key)


@pytest.mark.parametrize("broken", ["certificate", "key"])
@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", None])
def test_a_file_that_is_no_pem(first: Certificate, tmp_path: Path, broken: str, text: str | None) -> None:
    """Empty, damaged or gone: each says so, and neither is half loaded."""
    pair = Certificate(tmp_path / "server.pem", tmp_path / "server.key")
    shutil.copy(first.certificate, pair.certificate)
    shutil.copy(first.key, pair.key)
    file: Path = getattr(pair, broken)
    file.unlink() if text is None else file.write_text(text)

    with pytest.raises(OperatorError, match=r"can't be used \(.+\); correct server\.tls_cert"):
        load_certificate(pair.certificate, pair.key)


def test_a_key_behind_a_passphrase_is_refused(first: Certificate, tmp_path: Path) -> None:
    """Nobody is asked for it: a gateway that waits at a terminal serves nobody."""
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkcs8", "-topk8", "-in", str(first.key), "-out", str(locked), "-passout", "pass:secret"]
    subprocess.run(command, check=True, capture_output=True)

    with pytest.raises(OperatorError, match=r"locked\.key can't be used"):
        load_certificate(first.certificate, locked)
