"""What is open to those who should not see it: keys, requests, and the gateway's own pages."""

import stat
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from routeproof.config.lint_codes import LintCode
from routeproof.config.settings import ProviderSettings
from routeproof.operations.lint.finding import Found, provider_key
from routeproof.operations.lint.hosts import host_of, is_loopback, is_public
from routeproof.operations.lint.scene import LintScene
from routeproof.secret import credential_spans

_KEY_CHARS_MIN: Final = 8
"""What is shorter may stand in an address by chance."""


def keys_in_addresses(scene: LintScene) -> Iterator[Found]:
    """Base URLs that hold something of a key's shape; it is not shown."""
    for provider in scene.settings.providers.values():
        if _holds_key(provider):
            detail = f"the base URL of '{provider.name}' holds what looks like a key (it is not shown)"
            yield Found(LintCode.KEY_IN_ADDRESS, detail, (provider_key(provider.name, "base_url"),))


def plain_connections(scene: LintScene) -> Iterator[Found]:
    """Providers on the internet that are asked without TLS, or could be reached at private addresses."""
    for provider in scene.settings.providers.values():
        host = host_of(provider)
        if not is_public(host):
            continue
        if urlsplit(provider.base_url).scheme == "http":
            detail = f"'{provider.name}' is asked at {host} over plain http"
            yield Found(LintCode.PLAIN_TO_PUBLIC, detail, (provider_key(provider.name, "base_url"),))
        elif provider.allow_plain:
            detail = f"'{provider.name}' is at {host}, on the internet and with https, and has `allow_plain`"
            yield Found(LintCode.PLAIN_UNNEEDED, detail, (provider_key(provider.name, "allow_plain"),))


def listeners(scene: LintScene) -> Iterator[Found]:
    """Addresses of the gateway that others can reach, and that have no TLS or no keys."""
    server = scene.settings.server
    if not is_loopback(server.listen.host) and server.tls_cert is None:
        detail = f"clients' keys and requests come in at {server.listen} without TLS"
        yield Found(LintCode.LISTENS_PLAIN, detail, ("server.listen", "server.tls_cert"))
    if not is_loopback(server.admin_listen.host):
        detail = f"health and metrics are open at {server.admin_listen}, without a key"
        yield Found(LintCode.ADMIN_EXPOSED, detail, ("server.admin_listen",))


def key_files_open(scene: LintScene) -> Iterator[Found]:
    """Files with a key that every user of the machine may read or write."""
    for file in scene.key_files:
        if file.mode is not None and file.mode & (stat.S_IROTH | stat.S_IWOTH):
            detail = f"{file.path} has the mode {file.mode:03o}"
            yield Found(LintCode.KEY_FILE_OPEN, detail, (file.setting, str(file.path)))


def _holds_key(provider: ProviderSettings) -> bool:
    own = "" if provider.api_key is None else provider.api_key.reveal()
    return (len(own) >= _KEY_CHARS_MIN and own in provider.base_url) or bool(credential_spans(provider.base_url))
