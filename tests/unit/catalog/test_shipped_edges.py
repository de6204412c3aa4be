"""Both sides of every edge in the shipped facts, enumerated from the facts themselves and held against the oracle."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from tests.support.price_oracle import PriceOracle, edges_of, holds

from routeproof.catalog.aliases import follow
from routeproof.catalog.kinds import AliasFact, Facts, Hours, PeakWindowsFact, PriceFact
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.schedules import schedule_of
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import NS_PER_S, format_instant, parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.usage import Usage

DAY_NS = 86_400 * NS_PER_S
LAST_DAY = parse_instant("2027-03-01T00:00:00Z")
"""Into a year whose holidays nobody has stated."""
USAGES = (
    Usage(1_003, 977, cache_hit_tokens=512, reasoning_tokens=5),
    Usage(40_001, 7, cache_write_tokens=3_000, explicit_cache=True),
)
FACTS: Facts = load_facts()


@cache
def book() -> PriceBook:
    """All of them."""
    return PriceBook.compile(FACTS)


def regions_of(fact: PriceFact | AliasFact | PeakWindowsFact) -> tuple[str | None, ...]:
    """Those that a fact speaks of; for all regions one without a name stands."""
    return fact.subject.regions or (None,)


def cost(family: str, name: str, region: str | None, at_ns: int, usage: Usage, thinking: bool) -> int | None:
    """What the catalog says, in dollars."""
    sheet = book().sheet(family, name, region, currency="USD")
    tariff = sheet.at(at_ns) if sheet is not None else None
    return None if tariff is None else tariff.cost_nanousd(usage, thinking)


@cache
def oracle(family: str, region: str | None) -> PriceOracle:
    """What the facts say."""
    return PriceOracle(FACTS, family, region)


def agree(family: str, name: str, region: str | None, at_ns: int) -> None:
    """Catalog and oracle, on usages with cache and thinking."""
    for usage in USAGES:
        for thinking in (False, True):
            expected = oracle(family, region).cost(name, at_ns, usage, thinking)
            assert cost(family, name, region, at_ns, usage, thinking) == expected, (name, region, format_instant(at_ns))


PRICES = [pytest.param(fact, id=fact.id) for fact in FACTS.prices]
ALIASES = [pytest.param(fact, id=fact.id) for fact in FACTS.aliases]
WINDOWS = [pytest.param(fact, id=fact.id) for fact in FACTS.peak_windows]


@pytest.mark.parametrize("fact", PRICES)
def test_a_price_begins_and_ends_at_its_very_nanosecond(fact: PriceFact) -> None:
    """A nanosecond before an edge and at it; the fact itself is among those that bill only where it holds."""
    for edge_ns in edges_of([fact]):
        for at_ns in (edge_ns - 1, edge_ns):
            for region in regions_of(fact):
                agree(fact.subject.family, fact.subject.model or "", region, at_ns)
            sheet = book().sheet(
                fact.subject.family,
                fact.subject.model or "",
                regions_of(fact)[0],
                scope=fact.subject.scope,
                currency=fact.currency,
            )
            tariff = sheet.at(at_ns) if sheet is not None else None
            assert holds(fact, at_ns) or tariff is None or fact.id not in tariff.fact_ids


def tier_edges() -> Iterator[tuple[PriceFact, int, int]]:
    """Every bound of every price, with an instant at which the price bills."""
    for fact in FACTS.prices:
        bounds = [tier.input_tokens_max for tier in fact.tiers if tier.input_tokens_max is not None]
        if bounds and fact.currency == "USD":
            at_ns = next(billing_instants(fact))
            yield from ((fact, bound, at_ns) for bound in bounds)


def billing_instants(fact: PriceFact) -> Iterator[int]:
    """Instants, hour by hour, at which a price is among those that bill."""
    at_ns = fact.effective_from_ns
    while True:
        if fact in oracle(fact.subject.family, regions_of(fact)[0]).prices(fact.subject.model or "", at_ns):
            yield at_ns
        at_ns += 3_600 * NS_PER_S
        assert at_ns < LAST_DAY, f"{fact.id} never bills"


TIERS = [pytest.param(*edge, id=f"{edge[0].id} {edge[1]}") for edge in tier_edges()]


@pytest.mark.parametrize(("fact", "bound", "at_ns"), TIERS)
def test_a_tier_bills_up_to_its_bound_and_not_a_token_more(fact: PriceFact, bound: int, at_ns: int) -> None:
    """The bound belongs to the tier, and the whole request is billed there, output included."""
    family, model, region = fact.subject.family, fact.subject.model or "", regions_of(fact)[0]
    sheet = book().sheet(family, model, region, scope=fact.subject.scope, currency="USD")
    tariff = sheet.at(at_ns) if sheet is not None else None
    assert tariff is not None
    assert fact.id in tariff.fact_ids
    for given in (bound - 1, bound, bound + 1):
        for thinking in (False, True):
            usage = Usage(given, 1_000, cache_hit_tokens=given // 3)
            expected = oracle(family, region).cost_by(fact, at_ns, usage, thinking)
            assert tariff.cost_nanousd(usage, thinking) == expected
    index = [tier.input_tokens_max for tier in fact.tiers].index(bound)
    billed = [tier.output_nano for tier in fact.tiers[index : index + 2]]
    assert [million_written(tariff, given) for given in (bound, bound + 1)] == [*billed, None][:2]


def million_written(tariff: Tariff, given: int) -> int | None:
    """What a million tokens of output cost after so much input, in nanodollars."""
    without, written = (tariff.cost_nanousd(Usage(given, output), False) for output in (0, 10**6))
    return None if without is None or written is None else written - without


@pytest.mark.parametrize("fact", ALIASES)
def test_an_alias_turns_at_its_very_nanosecond(fact: AliasFact) -> None:
    """What it stands for, and what that costs, a nanosecond before an edge and at it."""
    name, family = fact.subject.model or "", fact.subject.family
    for edge_ns in edges_of([fact]):
        for at_ns in (edge_ns - 1, edge_ns):
            for region in regions_of(fact):
                near = [one for one in FACTS.aliases if one.subject.family == family and one.subject.covers(region)]
                assert follow(near, name, at_ns)[0] == oracle(family, region).answers(name, at_ns)
                agree(family, name, region, at_ns)
    assert any(holds(fact, at_ns) for at_ns in edges_of([fact]))


@pytest.mark.parametrize("fact", WINDOWS)
def test_every_window_of_every_day_opens_and_closes_at_its_very_nanosecond(fact: PeakWindowsFact) -> None:
    """Each day from the rule's first into the year after: working days, weekends, holidays, make-up days."""
    family = fact.subject.family
    rules = [one for one in FACTS.peak_windows if one.subject.family == family]
    schedule = schedule_of(rules, FACTS.calendars)
    believed = oracle(family, regions_of(fact)[0])
    peaks = 0
    for day_ns in days_of(fact):
        for bound_s in (bound for window in fact.windows_s for bound in window):
            for at_ns in (day_ns + bound_s * NS_PER_S - 1, day_ns + bound_s * NS_PER_S):
                state = schedule.state_at(at_ns)
                expected = believed.is_peak("", at_ns)
                assert (None if state is None else state.peak) == expected, format_instant(at_ns)
                peaks += expected is True
    assert peaks > 0


def days_of(fact: PeakWindowsFact) -> range:
    """The UTC days that a rule covers, its first and last edges' days included."""
    ends_ns = LAST_DAY if fact.effective_until_ns is None else fact.effective_until_ns
    return range(fact.effective_from_ns // DAY_NS * DAY_NS, ends_ns, DAY_NS)


HOURLY = sorted({(fact.subject.family, fact.subject.model or "", regions_of(fact)[0]) for fact in FACTS.prices
                 if fact.hours is not Hours.ANY}, key=str)  # fmt: skip


@pytest.mark.parametrize(("family", "model", "region"), HOURLY)
def test_hourly_prices_turn_with_their_windows(family: str, model: str, region: str | None) -> None:
    """A week around each edge of a rule and each holiday: the price a nanosecond before a window's edge and at it."""
    rules = [fact for fact in FACTS.peak_windows if fact.subject.family == family and fact.subject.covers(region)]
    turning = {edge_ns // DAY_NS for edge_ns in edges_of(rules)}
    turning |= {day for fact in FACTS.calendars for day in first_days_off(fact.days_off)}
    bounds_s = {bound for rule in rules for window in rule.windows_s for bound in window}
    priced = 0
    for day in sorted({day + shift for day in turning for shift in range(-1, 6)}):
        for bound_s in bounds_s:
            for at_ns in (day * DAY_NS + bound_s * NS_PER_S - 1, day * DAY_NS + bound_s * NS_PER_S):
                expected = oracle(family, region).cost(model, at_ns, USAGES[0], False)
                assert cost(family, model, region, at_ns, USAGES[0], False) == expected, format_instant(at_ns)
                priced += expected is not None
    assert priced > 0


def first_days_off(spans: tuple[tuple[date, date], ...]) -> list[int]:
    """The first day of each holiday, counted from the epoch."""
    return [(first - date(1970, 1, 1)).days for first, _ in spans]


def test_every_day_off_is_off_peak_from_the_first_window_s_opening_on() -> None:
    """By its local date, as Python's own calendar counts the days."""
    (calendar,) = FACTS.calendars
    (rule,) = [fact for fact in FACTS.peak_windows if fact.holidays == calendar.calendar]
    schedule = schedule_of([rule], FACTS.calendars)
    days = [first + timedelta(days=at) for first, last in calendar.days_off for at in range((last - first).days + 1)]
    in_force = [day for day in days if midnight_ns(day) >= rule.effective_from_ns]
    for day in in_force:
        state = schedule.state_at(midnight_ns(day) + rule.windows_s[0][0] * NS_PER_S)
        assert state is not None
        assert not state.peak
    assert len(in_force) > 5


def midnight_ns(day: date) -> int:
    """When a date begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * NS_PER_S
