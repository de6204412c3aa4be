"""Lists facts and shows one: provenance, window and age at an instant, what disputes it, and who rests on it."""

from collections.abc import Iterable

import msgspec

from routeproof.catalog.kinds import AnyFact, CalendarFact, ExchangeRateFact, Facts, PeakWindowsFact, kind_of
from routeproof.catalog.staleness import Freshness, held_from_ns, stale_from_ns
from routeproof.clock import NEVER_NS, format_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.problems import did_you_mean
from routeproof.config.settings import Settings
from routeproof.errors import OperatorError
from routeproof.operations.facts.routes import facts_of_routes, routes_by_fact
from routeproof.operations.facts.views import FactView, claim_of, view_of
from routeproof.operations.prices.priced_routes import PriceDesk


class FactFilter(msgspec.Struct, frozen=True):
    """Which facts; what is None does not matter."""

    provider: str | None = None
    """A configured provider, or a family of price lists."""
    kind: str | None = None
    model: str | None = None
    only_aged: bool = False
    """Those that are stale or held."""


class FactDetail(msgspec.Struct, frozen=True):
    """One fact with all that bears on it."""

    fact: FactView
    policy: str
    stale_from: str | None
    """RFC 3339; None where its policy never warns. A window that ends before makes it history instead."""
    held_from: str | None
    contradicts: list[FactView]
    contradicted_by: list[FactView]
    replaces: FactView | None
    """The shipped fact of the same id that the operator's own one replaces."""
    routes: list[str]
    """Configured routes that rest on it at the instant."""


def list_facts(settings: Settings | None, wanted: FactFilter, wall_ns: int) -> list[FactView]:
    """The facts of a configuration, or those that are shipped, as they are at an instant.

    Raises FactsError for the files, OperatorError for a provider or a model that nothing is known about.
    """
    desk = PriceDesk(settings)
    found: Iterable[AnyFact] = desk.facts
    if wanted.provider is not None:
        found = _of_provider(desk.facts, settings, wanted.provider)
    if wanted.model is not None:
        found = _of_model(desk.facts, found, wanted.model)
    views = (view_of(fact, desk.policies, wall_ns) for fact in found if wanted.kind in {None, kind_of(fact)})
    return [view for view in views if not wanted.only_aged or view.freshness != Freshness.FRESH]


def show_fact(settings: Settings | None, fact_id: str, wall_ns: int) -> FactDetail:
    """One fact at an instant. Raises FactsError, and OperatorError where there is no such fact."""
    desk = PriceDesk(settings)
    by_id = {fact.id: fact for fact in desk.facts}
    fact = by_id.get(fact_id)
    if fact is None:
        raise OperatorError(f"there is no fact '{fact_id}'; {did_you_mean_fact(fact_id, by_id)}")
    policy = desk.policies.of(fact)
    replaced = replaced_facts(settings, desk.facts).get(fact_id)
    return FactDetail(
        fact=view_of(fact, desk.policies, wall_ns),
        policy=str(policy),
        stale_from=_instant(stale_from_ns(fact, policy)),
        held_from=_instant(held_from_ns(fact, policy)),
        contradicts=[view_of(by_id[rival], desk.policies, wall_ns) for rival in fact.contradicts],
        contradicted_by=[
            view_of(rival, desk.policies, wall_ns) for rival in desk.facts.rivals if fact_id in rival.contradicts
        ],
        replaces=None if replaced is None else view_of(replaced, desk.policies, wall_ns),
        routes=routes_by_fact(facts_of_routes(desk, settings, wall_ns)).get(fact_id, []),
    )


def replaced_facts(settings: Settings | None, facts: Facts) -> dict[str, AnyFact]:
    """The shipped facts, by id, in whose place an operator's own ones say something else."""
    if settings is None or not settings.server.facts:
        return {}
    now = {fact.id: fact for fact in facts}
    return {fact.id: fact for fact in load_facts() if claim_of(fact) != claim_of(now[fact.id])}


def did_you_mean_fact(fact_id: str, known: Iterable[str]) -> str:
    """A remedy for an id that no fact has, without listing hundreds."""
    remedy = did_you_mean(fact_id, known)
    return remedy if remedy.startswith("did") else "`routeproof facts list` shows them"


def _of_provider(facts: Facts, settings: Settings | None, name: str) -> list[AnyFact]:
    providers = {} if settings is None else settings.providers
    families = {fact.subject.family for fact in facts if not isinstance(fact, CalendarFact | ExchangeRateFact)}
    provider = providers.get(name)
    if provider is None and name not in families:
        raise OperatorError(f"there are no facts about {name!r}; {did_you_mean(name, {*families, *providers})}")
    wanted = {name} if provider is None else {provider.dialect, provider.prices}
    about = [
        fact
        for fact in facts
        if not isinstance(fact, CalendarFact | ExchangeRateFact)
        and fact.subject.family in wanted
        and (provider is None or provider.region is None or fact.subject.covers(provider.region))
    ]
    calendars = {fact.holidays for fact in about if isinstance(fact, PeakWindowsFact)}
    return [*about, *(fact for fact in facts.calendars if fact.calendar in calendars)]


def _of_model(facts: Facts, found: Iterable[AnyFact], model: str) -> list[AnyFact]:
    models = {fact.subject.model for fact in facts if not isinstance(fact, CalendarFact | ExchangeRateFact)}
    if model not in models:
        known = {name for name in models if name is not None}
        raise OperatorError(f"there are no facts about the model {model!r}; {did_you_mean_fact(model, known)}")
    return [
        fact for fact in found if not isinstance(fact, CalendarFact | ExchangeRateFact) and fact.subject.model == model
    ]


def _instant(wall_ns: int) -> str | None:
    return None if wall_ns == NEVER_NS else format_instant(wall_ns)
