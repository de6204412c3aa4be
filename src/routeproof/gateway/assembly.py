"""From settings to what exchanges use: a pool for each provider, a route for each model id, a plan for each name."""

import ssl
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from routeproof.access.keys import KeyRing
from routeproof.catalog.alias_policy import AliasRule
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.alias_facts import names_of
from routeproof.config.settings import ModelSettings, ProviderSettings, Settings
from routeproof.dialects.base import ControlPolicy
from routeproof.dialects.registry import dialect_named
from routeproof.gateway.alias_gate import AliasGate
from routeproof.gateway.alias_notices import AliasNotices
from routeproof.gateway.routes import Pin, Route, RouteTimeouts, request_head
from routeproof.gateway.snapshot import Snapshot
from routeproof.ids import RouteName, is_model_id, split_route
from routeproof.limits import Limits
from routeproof.net.egress import EgressPolicy
from routeproof.net.pool import Origin, OriginPool
from routeproof.net.tasks import Tasks
from routeproof.routing.breaker import Breaker
from routeproof.routing.plan import ModelPlan, plan_of

DIRECT_ROUTES_MAX = 1_024
"""Routes that clients have brought into being by naming them; the names come from outside, so they are bounded."""


class Assembly:
    """Builds snapshots; keeps the pools and breakers of what a reload did not change."""

    def __init__(self, tasks: Tasks, pin: Pin) -> None:
        self._tasks = tasks
        self._pin = pin
        self._pools: dict[str, tuple[ProviderSettings, Limits, OriginPool]] = {}
        self._breakers: dict[RouteName, Breaker] = {}
        self._notices = AliasNotices()

    @property
    def pools(self) -> list[OriginPool]:
        """Every provider's pool."""
        return [pool for _, _, pool in self._pools.values()]

    def snapshot(self, settings: Settings, prices: PriceBook, keys: KeyRing) -> Snapshot:
        """The snapshot for these settings. Raises OSError or ssl.SSLError for a `ca_file` that can't be used."""
        fresh = {name: self._pool(provider, settings.limits) for name, provider in settings.providers.items()}
        for name, (_, _, pool) in self._pools.items():
            if name not in fresh or fresh[name][2] is not pool:
                pool.close()
        self._pools = fresh
        pools = {name: row[2] for name, row in fresh.items()}
        maker = RouteMaker(settings, prices, self._breakers, pools, self._pin, self._notices)
        models = {name: _plan(model, maker) for name, model in settings.models.items()}
        return Snapshot(models, maker, keys, direct_routes=settings.server.direct_routes)

    def _pool(self, provider: ProviderSettings, limits: Limits) -> tuple[ProviderSettings, Limits, OriginPool]:
        known = self._pools.get(provider.name)
        if known is not None and known[0] == provider and known[1] == limits:
            return known
        url = urlsplit(provider.base_url)
        tls = url.scheme == "https"
        pool = OriginPool(
            Origin(url.hostname or "", url.port or (443 if tls else 80), tls),
            limits=limits,
            connect_timeout_s=provider.connect_timeout_s,
            egress=EgressPolicy(provider.allow_plain, provider.allow_networks),
            tls=_client_tls(provider.ca_file) if tls else None,
            tasks=self._tasks,
        )
        return provider, limits, pool


class RouteMaker:
    """Makes routes: those of the configuration once, those that clients name as long as they are in use."""

    def __init__(
        self,
        settings: Settings,
        prices: PriceBook,
        breakers: dict[RouteName, Breaker],
        pools: dict[str, OriginPool],
        pin: Pin,
        notices: AliasNotices,
    ) -> None:
        self._settings = settings
        self._prices = prices
        self._breakers = breakers
        self._pools = pools
        self._pin = pin
        self._notices = notices
        self._configured: dict[str, Route] = {}
        self._direct: dict[str, Route] = {}
        """The one that was unused for the longest comes first."""

    def configured(self, name: RouteName) -> Route:
        """A route of the configuration, which was checked: its provider exists."""
        route = self._configured.get(name)
        if route is None:
            provider_name, model = split_route(name)
            breaker = self._breakers.setdefault(name, self._new_breaker())
            route = self._make_gated(name, self._settings.providers[provider_name], model, breaker)
            self._configured[name] = route
        return route

    def named(self, name: str) -> Route | None:
        """The route of this name; None where its provider is not configured.

        Clients name routes too, and a route's name goes out in a header: one that could not be configured is none.
        Where they name too many, the one that was unused for the longest is forgotten, and made again when needed.
        """
        route = self._configured.get(name)
        if route is not None:
            return route
        route = self._direct.pop(name, None)
        if route is None:
            route = self._make_direct(name)
        if route is not None:
            self._direct[name] = route
        return route

    def _make_direct(self, name: str) -> Route | None:
        try:
            provider_name, model = split_route(name)
        except ValueError:
            return None
        provider = self._settings.providers.get(provider_name)
        if provider is None or not is_model_id(model):
            return None
        if len(self._direct) >= DIRECT_ROUTES_MAX:
            del self._direct[next(iter(self._direct))]
        # Such a route is alone in its plan, where no breaker leaves it out: there is nothing to keep over a reload.
        return self._make_gated(RouteName(name), provider, model, self._new_breaker())

    def _new_breaker(self) -> Breaker:
        limits = self._settings.limits
        return Breaker(limits.breaker_failures, limits.breaker_eject_s, limits.breaker_eject_max_s)

    def _make_gated(self, name: RouteName, provider: ProviderSettings, model: str, breaker: Breaker) -> Route:
        """A route, with a gate before it where facts or a rule speak of its name."""
        route = self._make(name, provider, breaker, model)
        rule = self._settings.aliases.get(name)
        names = names_of(provider, self._prices.alias_facts, has_rule=rule is not None)
        if rule is not None or names.life(model).known:
            carrier = partial(self._make_carrier, route, provider)
            route.alias_gate = AliasGate(names, model, rule or AliasRule(), make=carrier, notices=self._notices)
            route.alias_change_ns = 0
        return route

    def _make_carrier(self, gated: Route, provider: ProviderSettings, model: str) -> Route:
        """What carries attempts past a gate: the route once more, or that of the model that its name is mapped to."""
        name = RouteName(f"{provider.name}/{model}")
        breaker = gated.breaker if name == gated.name else self._breakers.get(name) or self._new_breaker()
        return self._make(name, provider, breaker, model)

    def _make(self, name: RouteName, provider: ProviderSettings, breaker: Breaker, model: str) -> Route:
        url = urlsplit(provider.base_url)
        key = provider.api_key.reveal() if provider.api_key is not None else None
        return Route(
            name,
            provider=provider.name,
            model=model,
            dialect=dialect_named(provider.dialect),
            pool=self._pools[provider.name],
            request_head=request_head(f"{url.path.rstrip('/')}/chat/completions", url.netloc, key),
            timeouts=RouteTimeouts(
                provider.first_byte_timeout_s, provider.idle_event_timeout_s, provider.total_timeout_s
            ),
            breaker=breaker,
            policy=ControlPolicy(provider.map_foreign_controls),
            drain_on_disconnect=provider.on_disconnect == "drain",
            prices=self._prices,
            family=provider.prices,
            region=provider.region,
            pin=self._pin,
        )


def _plan(model: ModelSettings, maker: RouteMaker) -> ModelPlan[Route]:
    return plan_of(
        model.name,
        tuple(maker.configured(row.route) for row in model.routes),
        tuple(row.weight for row in model.routes),
        tuple(maker.configured(name) for name in model.fallbacks),
        model.rollback,
    )


def _client_tls(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies against the system's trust store, or only against the operator's own certificates."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file is not None else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
