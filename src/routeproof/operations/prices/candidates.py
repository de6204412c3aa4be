"""Routes that stand for comparison: the tariffs of the week from an instant on, or why a route has none."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from routeproof.catalog.comparing.week import Span, spans_of
from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.exchange import rate_between
from routeproof.catalog.pricing.tariff import PAYABLE_CURRENCY
from routeproof.catalog.staleness import StaleFact, require_quotable
from routeproof.clock import format_instant
from routeproof.errors import FactsHeld
from routeproof.operations.prices.answers import answered_model, why_unpriced
from routeproof.operations.prices.priced_routes import PriceDesk, PricedRoute


class Candidate(msgspec.Struct, frozen=True):
    """One route. Its reason is None where it can be priced throughout the week."""

    route: PricedRoute
    model: str | None
    """The one that answers at the instant, after aliases."""
    spans: tuple[Span, ...] = ()
    facts: tuple[AnyFact, ...] = ()
    """Those behind its tariffs."""
    currency: str | None = None
    stale: tuple[StaleFact, ...] = ()
    reason: str | None = None
    """A stable word."""
    detail: str | None = None
    """What a person needs to know beside the word."""


class Conversion(msgspec.Struct, frozen=True):
    """What one unit of a candidate's currency is worth in the comparison's, and the facts that say so."""

    rate: Fraction
    facts: tuple[AnyFact, ...] = ()
    stale: tuple[StaleFact, ...] = ()


def candidate_of(desk: PriceDesk, route: PricedRoute, wall_ns: int) -> Candidate:
    """The route's tariffs from the instant on; priced in dollars where there is such a list, else in its only other."""
    model = answered_model(desk, route, wall_ns)
    first_sheet = desk.sheet(route)
    first = None if first_sheet is None else first_sheet.at(wall_ns)
    sheet = None if first is None else desk.sheet(route, first.currency)
    if first is None or sheet is None:
        return Candidate(route, model, reason=why_unpriced(route, model))
    spans = spans_of(sheet, wall_ns)
    if isinstance(spans, int):
        detail = f"within a week, at {format_instant(spans)}, its price ends and none follows"
        return Candidate(route, model, reason="no_price_in_force", detail=detail)
    facts = {fact.id: fact for span in spans for fact in sheet.facts_behind(span.tariff)}
    try:
        stale = require_quotable(facts.values(), desk.policies, wall_ns)
    except FactsHeld as error:
        return Candidate(route, model, reason="facts_held", detail=error.message)
    return Candidate(route, model, tuple(spans), tuple(facts.values()), first.currency, stale)


def currency_of(candidates: Iterable[Candidate]) -> str:
    """The currency to compare in: the only one that there is, else dollars."""
    found = {candidate.currency for candidate in candidates if candidate.currency is not None}
    return found.pop() if len(found) == 1 else PAYABLE_CURRENCY


def conversion_of(desk: PriceDesk, candidate: Candidate, currency: str, wall_ns: int) -> Conversion | str:
    """How a candidate's prices become the comparison's currency, or the word for why they can't."""
    own = candidate.currency or currency
    found = rate_between(desk.facts.exchange_rates, own, currency, wall_ns)
    if found is None:
        return f"currency_{own.lower()}"
    rate, facts = found
    try:
        return Conversion(rate, facts, require_quotable(facts, desk.policies, wall_ns))
    except FactsHeld:
        return f"currency_{own.lower()}"


def bounds_of(candidates: Iterable[Candidate]) -> tuple[int, ...]:
    """Where any tier of any candidate ends, in order."""
    bounds = {
        tier.input_tokens_max for candidate in candidates for span in candidate.spans for tier in span.tariff.tiers
    }
    return tuple(sorted(bound for bound in bounds if bound is not None))
