"""What can be proven: a route of the configuration, or any endpoint that is described in a few words."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.config.problems import Problems, did_you_mean
from routeproof.config.providers import read_providers
from routeproof.config.settings import ProviderSettings, Settings
from routeproof.config.table import Table
from routeproof.dialects.registry import dialect_named
from routeproof.errors import OperatorError
from routeproof.evidence.plan import Credential
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.ids import is_model_id, split_route
from routeproof.limits import Limits
from routeproof.operations.prices.priced_routes import PriceDesk, PricedRoute
from routeproof.prover.engine.declaring import Route
from routeproof.prover.engine.endpoints import Deadlines, Endpoint
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.secret import Secret

_ENDPOINT: Final = "endpoint"
_SHAPE: Final = "write it as 'provider/model-id'"


class EndpointWords(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that no configuration names."""

    base_url: str | None
    """None: the dialect's own."""
    api_key: str
    """`env:NAME`, `file:PATH`, or `none`; never the key itself."""
    model: str
    dialect: str
    region: str | None = None
    workspace: str | None = None
    prices: str | None = None
    """The family whose price facts apply, where it is not the dialect's."""
    allow_plain: bool = False
    """Plain http and private addresses are allowed."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A route to prove."""

    name: str
    """`provider/model`; for an endpoint `host/model`."""
    provider: ProviderSettings
    model: str
    """As the provider calls it."""
    configured: bool
    """It stands in the configuration, so a gateway may send traffic to it."""

    @property
    def key(self) -> Secret | None:
        """Its key; None where it wants none."""
        return self.provider.api_key

    @property
    def deadlines(self) -> Deadlines:
        """How long it is waited for: as long as the gateway would."""
        provider = self.provider
        return Deadlines(
            connect_s=provider.connect_timeout_s,
            first_byte_s=provider.first_byte_timeout_s,
            idle_s=provider.idle_event_timeout_s,
            total_s=provider.total_timeout_s,
        )

    @property
    def in_facts(self) -> Route:
        """As limits, controls and aliases speak of it."""
        provider = self.provider
        return Route(
            family=provider.prices or provider.dialect,
            model=self.model,
            region=provider.region,
            dialect=provider.dialect,
        )

    def endpoint(self, keys: dict[Credential, Secret]) -> Endpoint:
        """Where requests for it go."""
        headers = dialect_named(self.provider.dialect).request_id_headers
        return Endpoint(
            base_url=self.provider.base_url,
            keys=keys,
            request_id_headers=tuple(name.decode("ascii") for name in headers),
            ca_file=self.provider.ca_file,
        )

    def sheet(self, desk: PriceDesk) -> PriceSheet | None:
        """Its prices; None where no fact states one."""
        provider = self.provider
        priced = PricedRoute(self.name, provider.prices, self.model, provider.region, None, provider.dialect)
        return desk.sheet(priced)


def configured_target(settings: Settings, route: str) -> Target:
    """A route of the configuration. Raises OperatorError where it names no provider of it."""
    try:
        owner, model = split_route(route)
    except ValueError as error:
        routes = () if (named := settings.models.get(route)) is None else named.routes
        remedy = f"name one of its routes: {', '.join(one.route for one in routes)}" if routes else _SHAPE
        raise OperatorError(f"{route!r} is not a route; {remedy}") from error
    provider = settings.providers.get(owner)
    if provider is None:
        remedy = did_you_mean(owner, settings.providers)
        raise OperatorError(f"{route!r} names an unknown provider; {remedy}, or give --base-url instead")
    return Target(name=route, provider=provider, model=_model_id(model), configured=True)


def endpoint_target(words: EndpointWords, environ: dict[str, str], folder: Path) -> Target:
    """An endpoint, checked as a provider of the configuration is. Raises ConfigError, OperatorError."""
    given = {
        "dialect": words.dialect,
        "base_url": words.base_url,
        "api_key": words.api_key,
        "region": words.region,
        "workspace": words.workspace,
        "prices": words.prices,
        "allow_plain": words.allow_plain,
    }
    problems = Problems("command line")
    table = Table({_ENDPOINT: {name: value for name, value in given.items() if value is not None}}, "", problems)
    provider = read_providers(table, environ, folder, Limits())[_ENDPOINT]
    problems.raise_if_any()
    model = _model_id(words.model)
    host = urlsplit(provider.base_url).netloc
    return Target(name=f"{host}/{model}", provider=provider, model=model, configured=False)


def identity_of(target: Target, desk: PriceDesk) -> RouteIdentity:
    """Which route evidence is about: all that decides what it does. Changes with any of it, price facts included."""
    provider, sheet = target.provider, target.sheet(desk)
    return RouteIdentity(
        name=target.name,
        base_url=provider.base_url,
        region=provider.region,
        workspace=provider.workspace,
        key_fingerprint=None if target.key is None else key_fingerprint(target.key.reveal()),
        model=target.model,
        dialect=provider.dialect,
        overlay_digest=overlay_digest(provider.dialect),
        price_facts_digest=None if sheet is None else sheet.facts_digest,
    )


def _model_id(text: str) -> str:
    if not is_model_id(text):
        raise OperatorError(f"{text!r} is no model id: 1 to 200 printable ASCII characters; correct it")
    return text
