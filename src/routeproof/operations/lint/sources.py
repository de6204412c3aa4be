"""How a route is known: by somebody's list alone, or because it was seen to answer."""

from collections.abc import Iterator
from typing import Final

from routeproof.catalog.alias_policy import Act
from routeproof.catalog.kinds import Confidence, PriceFact
from routeproof.clock import format_day
from routeproof.config.lint_codes import LintCode
from routeproof.ids import RouteName
from routeproof.operations.facts.routes import configured_routes
from routeproof.operations.lint.finding import Found, request_ids
from routeproof.operations.lint.places import can_be_reached, places_of_route
from routeproof.operations.lint.scene import LintScene

_HEARSAY: Final = frozenset((Confidence.THIRD_PARTY, Confidence.INFERRED))
"""What `prices pull --save` writes of a gateway's list is a third party's word too."""


def prices_by_hearsay(scene: LintScene) -> Iterator[Found]:
    """Routes whose price nobody has read on the provider's own page, or on a copy of it."""
    prices = {fact.id: fact for fact in scene.facts.prices}
    for row in scene.route_facts:
        behind = [prices[fact_id] for fact_id in sorted(row.fact_ids) if fact_id in prices]
        if behind and all(fact.confidence in _HEARSAY for fact in behind):
            detail = f"the price of {row.route} is known from {_source(behind[0])} only"
            yield Found(LintCode.PRICE_HEARSAY, detail, tuple(fact.id for fact in behind))


def routes_never_seen_to_answer(scene: LintScene) -> Iterator[Found]:
    """Routes that were tried in vain, or not at all, while others were used; mapped names are sent elsewhere."""
    if scene.ledger is None or not scene.ledger.exchanges:
        return
    mapped = {row.route for row in scene.aliases if row.does == Act.MAP}
    seen = [use.route for use in scene.ledger.routes]
    configured = configured_routes(scene.settings)
    for route in dict.fromkeys([*configured, *(RouteName(name) for name in seen)]):
        uses = [use for use in scene.ledger.routes if use.route == route]
        if route in mapped or not can_be_reached(scene, route) or any(use.answered.count for use in uses):
            continue
        where = tuple(places_of_route(scene.settings, route))
        if uses:
            tried = sum(use.tried.count for use in uses)
            detail = f"{route} was tried {tried} time{'s' * (tried != 1)} and never answered"
            last = request_ids(*(use.tried.last_id for use in uses))
            yield Found(LintCode.ROUTE_NEVER_ANSWERED, detail, (*where, *last))
        else:
            yield Found(LintCode.ROUTE_UNTRIED, f"{route} was never tried", where)


def _source(fact: PriceFact) -> str:
    return f"{fact.source} ({fact.confidence}, read on {format_day(fact.checked_at_ns)})"
