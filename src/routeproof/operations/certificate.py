"""Looks at the certificate that the gateway would serve with, before it does."""

from routeproof.config.settings import Settings
from routeproof.errors import ConfigError, OperatorError
from routeproof.net.server_tls import load_certificate


def require_usable_certificate(settings: Settings) -> None:
    """Load the listener's certificate and key, where it has them. Raises ConfigError where a start could not."""
    server = settings.server
    if server.tls_cert is None or server.tls_key is None:
        return
    try:
        load_certificate(server.tls_cert, server.tls_key)
    except OperatorError as error:
        raise ConfigError([f"{settings.source_path}: {error.message}"]) from error
