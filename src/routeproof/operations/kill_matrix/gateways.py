"""Our own gateway in front of a simulated provider of the kill matrix: how it is configured, and who starts it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from routeproof.clock import Clock
from routeproof.config.loading import load_settings
from routeproof.config.settings import Settings
from routeproof.prover.kill_matrix.matrix import Route

_NAME: Final = "routeproof.toml"
_CONFIG: Final = """\
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
data_dir = "data"
facts = [{facts}]
direct_routes = true

[limits]
drain_accept_s = 0
drain_streams_s = 1

[providers.{name}]
dialect = "{dialect}"
prices = "{prices}"
{region}base_url = "{base_url}"
allow_plain = true
api_key = "file:key"
"""


class TappedGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway that serves, with two keys of different owners that may read the tap."""

    base_url: str
    """Up to and with `/v1`."""
    keys: tuple[str, ...]
    database: Path
    """Where its rows are."""


StartGateway = Callable[[Settings, Clock], AbstractAsyncContextManager[TappedGateway]]
"""Starts a gateway by these settings on the running loop, and stops it again."""


def name_of(route: Route) -> str:
    """The route as this gateway's clients name it."""
    return f"{route.kind}/{route.model}"


@asynccontextmanager
async def gateway_before(
    start: StartGateway, route: Route, provider_url: str, provider_key: str, facts: str, clock: Clock
) -> AsyncIterator[TappedGateway]:
    """A gateway with this one provider and a data directory of its own; `facts` are TOML, beside the shipped ones."""
    with TemporaryDirectory(prefix="routeproof-self-test-") as folder:
        config = _write_config(Path(folder), route, provider_url, provider_key, facts)
        async with start(load_settings(config, {}), clock) as gateway:
            yield gateway


def _write_config(folder: Path, route: Route, provider_url: str, provider_key: str, facts: str) -> Path:
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(provider_key + "\n", encoding="ascii")
    (folder / "facts.toml").write_text(facts, encoding="utf-8")
    path = folder / _NAME
    text = _CONFIG.format(
        facts='"facts.toml"' if facts else "",
        name=route.kind,
        dialect=route.dialect,
        prices=route.prices,
        region=f'region = "{route.region}"\n' if route.region else "",
        base_url=provider_url,
    )
    path.write_text(text, encoding="utf-8")
    return path
