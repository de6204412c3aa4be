"""Prices: choices that one token price can't decide, workloads of one token kind, prices that are missing or old."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

from routeproof.catalog.comparing.workload import Workload
from routeproof.catalog.kinds import AliasFact, CacheRuleFact, CalendarFact, PeakWindowsFact, PriceFact
from routeproof.catalog.staleness import Freshness, StaleFact, aged
from routeproof.config.lint_codes import LintCode
from routeproof.ids import RouteName
from routeproof.operations.lint.finding import Found, model_key, provider_key
from routeproof.operations.lint.price_order import opposite_orders
from routeproof.operations.lint.scene import LintScene

_OF_AGE: Final[Mapping[Freshness, LintCode]] = {
    Freshness.HELD: LintCode.FACTS_HELD,
    Freshness.STALE: LintCode.FACTS_STALE,
}
_OF_PRICE: Final = (PriceFact, CacheRuleFact, PeakWindowsFact, CalendarFact, AliasFact)
"""What a price follows from; `facts check` looks at all the others too."""


def choices_that_depend(scene: LintScene) -> Iterator[Found]:
    """Routes that a model chooses between, where it depends on the request which one is cheaper."""
    for model in scene.settings.models.values():
        primaries = [entry.route for entry in model.routes]
        for name, routes in (("routes", primaries), ("fallbacks", list(model.fallbacks))):
            for first, second in combinations(routes, 2):
                detail = _which_is_cheaper(scene, first, second)
                if detail is not None:
                    yield Found(LintCode.CHEAPER_DEPENDS, detail, (model_key(model.name, name),))


def workloads_of_one_kind(scene: LintScene) -> Iterator[Found]:
    """Workloads by which routes would be compared on input alone, or on output alone."""
    for workload in scene.workloads:
        kind = _only_kind(workload)
        if kind is not None:
            yield Found(LintCode.ONE_TOKEN_KIND, f"states {kind} alone", (workload.source,))


def prices_missing(scene: LintScene) -> Iterator[Found]:
    """Routes that nothing prices, and providers that clients may name, without a price list."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for row in scene.route_facts:
        if row.unpriced is not None:
            by_reason[row.unpriced].append(row.route)
    for reason, routes in by_reason.items():
        yield Found(LintCode.NO_PRICE, f"{reason}: {', '.join(routes)}", _price_lists(routes))
    if not scene.settings.server.direct_routes:
        return
    told = {route.partition("/")[0] for routes in by_reason.values() for route in routes}
    for provider in scene.settings.providers.values():
        if provider.prices is None and provider.name not in told:
            detail = f"provider '{provider.name}' has no `prices`, and clients may name its models"
            yield Found(LintCode.NO_PRICE, detail, (provider_key(provider.name, "prices"),))


def facts_of_age(scene: LintScene) -> Iterator[Found]:
    """Facts that price configured routes, and that nobody has checked for too long."""
    known = {fact.id: fact for fact in scene.facts if isinstance(fact, _OF_PRICE)}
    groups: dict[tuple[StaleFact, ...], list[str]] = defaultdict(list)
    for row in scene.route_facts:
        behind = [known[fact_id] for fact_id in row.fact_ids if fact_id in known]
        old = aged(behind, scene.settings.staleness, scene.at_ns)
        for freshness in _OF_AGE:
            group = tuple(fact for fact in old if fact.freshness is freshness)
            if group:
                groups[group].append(row.route)
    for group, routes in groups.items():
        detail = f"what prices {', '.join(routes)} was checked {group[0].age_days} days ago: {group[0].source}"
        yield Found(_OF_AGE[group[0].freshness], detail, tuple(fact.id for fact in group))


def _which_is_cheaper(scene: LintScene, first: RouteName, second: RouteName) -> str | None:
    one, other = scene.candidates.get(first), scene.candidates.get(second)
    orders = None if one is None or other is None else opposite_orders(one, other)
    if one is None or orders is None:
        return None
    currency = one.currency or ""
    return f"{orders[0].told(first, currency)}, {orders[1].told(second, currency)}"


def _only_kind(workload: Workload) -> str | None:
    """The one kind of token that a workload has; one token of input a request is the least that can be written."""
    if not any(load.output_tokens for load in workload.loads):
        return "input"
    return "output" if all(load.input_tokens == load.requests for load in workload.loads) else None


def _price_lists(routes: Iterable[str]) -> tuple[str, ...]:
    """The settings that say by whose list the routes are priced."""
    return tuple(provider_key(name, "prices") for name in dict.fromkeys(route.partition("/")[0] for route in routes))
