"""Which configured routes rest on which facts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.catalog.kinds import (
    AnyFact,
    ConcurrencyFact,
    ControlFact,
    EndpointFact,
    LimitFact,
    RegionFact,
)
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import PAYABLE_CURRENCY
from routeproof.catalog.staleness import DAY_NS
from routeproof.config.settings import ModelSettings, ProviderSettings, Settings
from routeproof.ids import RouteName, split_route
from routeproof.operations.prices.priced_routes import PriceDesk

_AHEAD_NS: Final = 14 * DAY_NS
"""Peak and off-peak, workdays and days off all come by within so long."""


class RouteFacts(msgspec.Struct, frozen=True):
    """One configured route, and the facts that it rests on at an instant."""

    route: str
    fact_ids: frozenset[str]
    """Those that price it, and those about its limits, controls and addresses."""
    unpriced: str | None
    """Why nothing prices it at that instant; None where something does."""


def configured_routes(settings: Settings | None) -> list[RouteName]:
    """Every route that a model of the configuration names, once."""
    models = {} if settings is None else settings.models
    return list(dict.fromkeys(name for model in models.values() for name in _routes_of(model)))


def facts_of_routes(desk: PriceDesk, settings: Settings | None, wall_ns: int) -> list[RouteFacts]:
    """What each configured route rests on at an instant."""
    if settings is None:
        return []
    return [_facts_of(desk, settings, name, wall_ns) for name in configured_routes(settings)]


def routes_by_fact(rows: Sequence[RouteFacts]) -> Mapping[str, list[str]]:
    """The routes that rest on each fact, by its id; facts that no route rests on have none."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for fact_id in row.fact_ids:
            found[fact_id].append(row.route)
    return found


def _routes_of(model: ModelSettings) -> Iterator[RouteName]:
    yield from (entry.route for entry in model.routes)
    yield from model.fallbacks
    if model.rollback is not None:
        yield model.rollback


def _facts_of(desk: PriceDesk, settings: Settings, name: RouteName, wall_ns: int) -> RouteFacts:
    provider_name, model = split_route(name)
    provider = settings.providers[provider_name]
    known = {fact.id: fact for fact in desk.facts if fact.in_force(wall_ns) and not fact.contradicts}
    about = {fact_id for fact_id, fact in known.items() if _is_about(fact, provider, model)}
    sheet = desk.sheet(desk.route(name))
    priced = set() if sheet is None else _pricing_facts(sheet, wall_ns) & known.keys()
    return RouteFacts(name, frozenset(about | priced), _why_unpriced(provider, model, sheet, wall_ns))


def _pricing_facts(sheet: PriceSheet, wall_ns: int) -> set[str]:
    """What the price follows from at an instant and in the weeks after it."""
    found: set[str] = set()
    at_ns = wall_ns
    while at_ns < wall_ns + _AHEAD_NS:
        tariff = sheet.at(at_ns)
        if tariff is None:
            break
        found.update(tariff.fact_ids)
        at_ns = tariff.valid_until_ns
    return found


def _is_about(fact: AnyFact, provider: ProviderSettings, model: str) -> bool:
    """Whether a fact tells of limits, controls or addresses that hold for a route."""
    if not isinstance(fact, LimitFact | ConcurrencyFact | ControlFact | EndpointFact | RegionFact):
        return False
    if fact.subject.family != provider.dialect or not fact.subject.covers(provider.region):
        return False
    if isinstance(fact, RegionFact) and fact.region != provider.region:
        return False
    return fact.subject.model in {None, model}


def _why_unpriced(provider: ProviderSettings, model: str, sheet: PriceSheet | None, wall_ns: int) -> str | None:
    if provider.prices is None:
        return f"provider '{provider.name}' has no `prices`"
    tariff = None if sheet is None else sheet.at(wall_ns)
    if tariff is None:
        where = "" if provider.region is None else f" in {provider.region}"
        return f"no fact of '{provider.prices}' prices '{model}'{where} at this instant"
    if tariff.currency != PAYABLE_CURRENCY:
        return f"'{model}' is priced in {tariff.currency} only, and rows are in {PAYABLE_CURRENCY}"
    return None
