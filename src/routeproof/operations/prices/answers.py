"""What a route costs at an instant: every price with the facts that state it, the hours, the name behind the name."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from routeproof.catalog.aliases import follow, reachable
from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.kinds import AliasFact, AliasState, AnyFact, Hours, PriceFact
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.catalog.staleness import DAY_NS, StaleFact, age_ns, require_quotable
from routeproof.clock import NEVER_NS, format_day, format_instant
from routeproof.money import nano_to_fraction
from routeproof.operations.prices.priced_routes import PriceDesk, PricedRoute

_CHANGES_MAX: Final = 100
"""Spans of a tariff that are looked through for the next change of a price; holidays make a few in a row alike."""
_PARTS: Final = (
    ("input", "input"),
    ("cache_hit", "hit_implicit"),
    ("cache_hit_explicit", "hit_explicit"),
    ("cache_write", "write"),
    ("output", "output"),
    ("output_thinking", "output_thinking"),
)


class FactNote(msgspec.Struct, frozen=True):
    """Where a fact comes from, and how old it is at the instant that was asked about."""

    id: str
    source: str
    checked_at: str
    """A date."""
    age_days: int
    confidence: str
    note: str


class PriceLine(msgspec.Struct, frozen=True):
    """One price per 1,000,000 tokens."""

    input_tokens_max: int | None
    """The greatest input of a request that the tier bills; None: no bound."""
    part: str
    price: str
    """An exact decimal in the table's currency."""
    facts: list[FactNote]
    """The price, and the cache rule where the price follows from it."""


class PriceChange(msgspec.Struct, frozen=True):
    """When a price is followed by another."""

    at: str
    hours: str | None
    """The hours that begin; None where no price follows."""


class PriceTable(msgspec.Struct, frozen=True):
    """The price list of one currency: a list of its own, never a conversion."""

    currency: str
    hours: str
    """`any`, `peak` or `off_peak`: what the instant is billed as."""
    next_change: PriceChange | None
    flags: list[str]
    digest: str
    lines: list[PriceLine]


class AliasStep(msgspec.Struct, frozen=True):
    """A name that stands for another."""

    name: str
    state: str
    target: str
    since: str
    fact: FactNote


class HistoryRow(msgspec.Struct, frozen=True):
    """One price or alias over its whole window."""

    kind: str
    model: str
    effective_from: str
    effective_until: str | None
    currency: str | None
    hours: str | None
    tiers: list[dict[str, str | int | None]]
    """Prices as decimals, by part; empty for an alias."""
    target: str | None
    fact: FactNote


class PriceAnswer(msgspec.Struct, frozen=True):
    """Everything known about a route's price at one instant."""

    route: str
    at: str
    family: str | None
    region: str | None
    scope: str | None
    model: str
    answered_by: str | None
    """The model whose price it is, after aliases; None where the name is retired."""
    aliases: list[AliasStep]
    tables: list[PriceTable]
    reason: str | None
    """Why there is no price: `no_price_facts`, `model_retired`, `no_price_in_force`; None where there is one."""
    stale: list[str]
    """What to know about the age of the facts."""
    history: list[HistoryRow]


def prices_of(desk: PriceDesk, route: PricedRoute, wall_ns: int, *, history: bool = False) -> PriceAnswer:
    """The prices in force at an instant, one table a currency. Raises FactsHeld where their facts are too old."""
    aliases = _aliases(desk, route)
    answered_by, steps = follow(aliases, route.model, wall_ns)
    priced = list(_tariffs(desk, route, wall_ns))
    behind = {fact.id: fact for sheet, tariff in priced for fact in sheet.facts_behind(tariff)}
    stale = require_quotable(behind.values(), desk.policies, wall_ns)
    return PriceAnswer(
        route=route.name,
        at=format_instant(wall_ns),
        family=route.family,
        region=route.region,
        scope=route.scope,
        model=route.model,
        answered_by=answered_by,
        aliases=[_step(step, wall_ns) for step in steps],
        tables=[_table(sheet, tariff, behind, wall_ns) for sheet, tariff in priced],
        reason=None if priced else why_unpriced(route, answered_by),
        stale=stale_lines(stale),
        history=list(_history(desk, route, aliases, wall_ns)) if history else [],
    )


def why_unpriced(route: PricedRoute, answered_by: str | None) -> str:
    """The stable word for a route without a price. `answered_by` is None where its name is retired."""
    if route.family is None:
        return "no_price_facts"
    return "model_retired" if answered_by is None else "no_price_in_force"


def note_of(fact: AnyFact, wall_ns: int) -> FactNote:
    """A fact's source, date and age."""
    return FactNote(
        fact.id,
        fact.source,
        format_day(fact.checked_at_ns),
        age_ns(fact, wall_ns) // DAY_NS,
        fact.confidence.value,
        fact.note,
    )


def stale_lines(stale: Iterable[StaleFact]) -> list[str]:
    """A line for each fact that is stale, for people and machines alike."""
    return [str(fact) for fact in stale]


def answered_model(desk: PriceDesk, route: PricedRoute, wall_ns: int) -> str | None:
    """The model whose price a route's name leads to; None where the name is retired."""
    return follow(_aliases(desk, route), route.model, wall_ns)[0]


def hours_of(facts: Iterable[AnyFact]) -> Hours:
    """The hours that the facts behind a tariff price."""
    return next((fact.hours for fact in facts if isinstance(fact, PriceFact)), Hours.ANY)


def _tariffs(desk: PriceDesk, route: PricedRoute, wall_ns: int) -> Iterator[tuple[PriceSheet, Tariff]]:
    """One for each currency that a price is stated in, the ledger's first."""
    currencies = {fact.currency for fact in desk.facts.prices if fact.subject.family == route.family}
    for currency in sorted(currencies, key=lambda word: (word != "USD", word)):
        sheet = desk.sheet(route, currency)
        tariff = None if sheet is None else sheet.at(wall_ns)
        if sheet is not None and tariff is not None:
            yield sheet, tariff


def _aliases(desk: PriceDesk, route: PricedRoute) -> list[AliasFact]:
    return [
        fact for fact in desk.facts.aliases if fact.subject.family == route.family and fact.subject.covers(route.region)
    ]


def _table(sheet: PriceSheet, tariff: Tariff, behind: dict[str, AnyFact], wall_ns: int) -> PriceTable:
    return PriceTable(
        currency=tariff.currency,
        hours=hours_of(sheet.facts_behind(tariff)).value,
        next_change=_next_change(sheet, tariff),
        flags=list(tariff.flags),
        digest=tariff.digest,
        lines=[line for tier in tariff.tiers for line in _lines(tier, behind, wall_ns)],
    )


def _lines(tier: TierRates, behind: dict[str, AnyFact], wall_ns: int) -> Iterator[PriceLine]:
    for part, field in _PARTS:
        rate: Rate | None = getattr(tier, field)
        if rate is not None:
            facts = [note_of(behind[fact_id], wall_ns) for fact_id in rate.fact_ids]
            yield PriceLine(tier.input_tokens_max, part, exact_decimal(units_of(rate.nano)), facts)


def _next_change(sheet: PriceSheet, tariff: Tariff) -> PriceChange | None:
    """The next instant at which a price differs; None where none is known."""
    until_ns = tariff.valid_until_ns
    for _ in range(_CHANGES_MAX):
        if until_ns >= NEVER_NS:
            return None
        following = sheet.at(until_ns)
        if following is None:
            return PriceChange(format_instant(until_ns), None)
        if following.tiers != tariff.tiers:
            return PriceChange(format_instant(until_ns), hours_of(sheet.facts_behind(following)).value)
        until_ns = following.valid_until_ns
    return None


def _step(step: AliasFact, wall_ns: int) -> AliasStep:
    state = "retired" if step.state is AliasState.RETIRED else "alias"
    since = format_instant(step.effective_from_ns)
    return AliasStep(step.subject.model or "", state, step.target, since, note_of(step, wall_ns))


def _history(desk: PriceDesk, route: PricedRoute, aliases: list[AliasFact], wall_ns: int) -> Iterator[HistoryRow]:
    """Every price and alias that the name leads or led to, the oldest first."""
    models = reachable(aliases, route.model)
    prices = [
        fact
        for fact in desk.facts.prices
        if fact.subject.family == route.family
        and fact.subject.covers(route.region)
        and fact.subject.model in models
        and route.scope in {None, fact.subject.scope}
    ]
    found: list[PriceFact | AliasFact] = [*prices, *(fact for fact in aliases if fact.subject.model in models)]
    for fact in sorted(found, key=lambda fact: (fact.effective_from_ns, fact.id)):
        yield _history_row(fact, wall_ns)


def _history_row(fact: PriceFact | AliasFact, wall_ns: int) -> HistoryRow:
    until_ns = fact.effective_until_ns
    price = fact if isinstance(fact, PriceFact) else None
    return HistoryRow(
        kind="alias" if price is None else "price",
        model=fact.subject.model or "",
        effective_from=format_instant(fact.effective_from_ns),
        effective_until=None if until_ns is None else format_instant(until_ns),
        currency=None if price is None else price.currency,
        hours=None if price is None else price.hours.value,
        tiers=[] if price is None else _stated_tiers(price),
        target=fact.target if isinstance(fact, AliasFact) else None,
        fact=note_of(fact, wall_ns),
    )


def _stated_tiers(price: PriceFact) -> list[dict[str, str | int | None]]:
    """Every tier as its fact states it: decimals by part, and its bound."""
    return [
        {
            "input_tokens_max": tier.input_tokens_max,
            **{
                part: None if nano is None else exact_decimal(nano_to_fraction(nano))
                for part, nano in (
                    ("input", tier.input_nano),
                    ("cache_hit", tier.cache_hit_nano),
                    ("cache_hit_explicit", tier.cache_hit_explicit_nano),
                    ("cache_write", tier.cache_write_nano),
                    ("output", tier.output_nano),
                    ("output_thinking", tier.output_thinking_nano),
                )
            },
        }
        for tier in price.tiers
    ]
