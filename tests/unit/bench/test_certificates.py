"""The certificate of the local upstream with TLS."""

import shutil
import ssl
from pathlib import Path

import pytest
from bench.certificates import Certificate, make_certificate
from bench.errors import BenchError

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")


def shake_hands(made: Certificate, server_name: str) -> None:
    """A verified handshake in memory. Raises SSLCertVerificationError if the client refuses."""
    client_context = ssl.create_default_context(cafile=str(made.certificate))
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(made.certificate, made.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=server_name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)


@needs_openssl
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_strict_client_that_trusts_it_accepts_it(name: str, tmp_path: Path) -> None:
    """By either name of this machine."""
    shake_hands(make_certificate(str(OPENSSL), tmp_path), name)


@needs_openssl
def test_another_name_is_refused(tmp_path: Path) -> None:
    """So that verifying is part of what is measured."""
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(make_certificate(str(OPENSSL), tmp_path), "example.com")


def test_a_failing_command_is_told(tmp_path: Path) -> None:
    """With its own words."""
    failing = tmp_path / "openssl"
    failing.write_text("#!/bin/sh\necho 'unknown option' >&2\nexit 1\n")
    failing.chmod(0o755)

    with pytest.raises(BenchError, match="unknown option"):
        make_certificate(str(failing), tmp_path)
