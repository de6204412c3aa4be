"""The certificate that a listener shows: loaded whole, and changed while it serves."""

import os
import ssl
from pathlib import Path

from routeproof.errors import OperatorError


class ServerTls:
    """One TLS context for a listener's life, and the one whose certificate new connections are shown."""

    def __init__(self, first: ssl.SSLContext) -> None:
        # Loading another pair into a context that is in use takes two steps, and when the second fails no handshake
        # succeeds any more. So each pair has a context of its own, and a handshake takes the one that is shown then.
        self.context = first
        self._shown = first
        first.sni_callback = self._choose  # OpenSSL calls it in every handshake, also where the client names no host

    def show(self, context: ssl.SSLContext) -> None:
        """Show that context's certificate from the next handshake on; connections that are open stay as they are."""
        self._shown = context

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._shown


def load_certificate(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server's context with that chain and its key (PEM both). Raises OperatorError where they can't be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, _no_passphrase)
    except OSError as error:
        raise OperatorError(
            f"the certificate {certificate} with the key {key} can't be used ({_reason(error)}); "
            "correct server.tls_cert and server.tls_key"
        ) from error
    return context


def _no_passphrase() -> str:
    """Else OpenSSL would ask for one at the terminal, and nobody would be served meanwhile."""
    return ""


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    return os.strerror(error.errno) if error.errno is not None else str(error)
