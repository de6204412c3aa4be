"""A price sheet: the facts that decide one model's price in one region, and the tariff at an instant."""

from collections.abc import Iterator, Sequence

from routeproof.catalog.aliases import follow
from routeproof.catalog.canonical import digest_of
from routeproof.catalog.kinds import AnyFact, CacheRuleFact, Facts, Hours, PeakWindowsFact, PriceFact
from routeproof.catalog.pricing.rates import tier_rates
from routeproof.catalog.pricing.schedules import schedule_of
from routeproof.catalog.pricing.scopes import dearest
from routeproof.catalog.pricing.tariff import PAYABLE_CURRENCY, Tariff
from routeproof.catalog.pricing.windows import HORIZON_DAYS, PeakSchedule, PeakState
from routeproof.catalog.staleness import DEFAULT_POLICIES, StalenessPolicies, ageing_of
from routeproof.clock import NEVER_NS, NS_PER_S

DIGEST_CHARS = 16


class PriceSheet:
    """One model's prices over time; made by `PriceBook.sheet`, which hands it the facts that can matter."""

    def __init__(
        self,
        model: str,
        facts: Facts,
        *,
        scope: str | None,
        currency: str | None,
        staleness: StalenessPolicies = DEFAULT_POLICIES,
    ) -> None:
        self.model = model
        self._facts = facts
        self._staleness = staleness
        self._scope = scope
        self._currency = currency
        self._by_id = {fact.id: fact for fact in facts}
        self._edges = sorted(_edges(facts))
        self._schedules: dict[str, PeakSchedule] = {}

    @property
    def facts_digest(self) -> str:
        """SHA-256 of every fact that can matter, at whatever time: it changes when any of these prices does."""
        return digest_of(self._facts)

    def at(self, wall_ns: int) -> Tariff | None:
        """The tariff in force at this instant; None where no fact states a price for it."""
        model, steps = follow(self._facts.aliases, self.model, wall_ns)
        if model is None:
            return None
        state = self._schedule(model).state_at(wall_ns)
        price, flags = self._price(model, state, wall_ns)
        if price is None:
            return None
        tiers = tier_rates(price, self._cache_rule(model, wall_ns))
        used = {fact_id for tier in tiers for rate in tier.stated() for fact_id in rate.fact_ids}
        used.update(fact.id for fact in steps)
        if price.hours is not Hours.ANY and state is not None:
            used.update(state.fact_ids)
            flags += ("holiday_unknown",) if state.holiday_unknown else ()
        from_ns, until_ns = self._span(model, wall_ns)
        ageing = ageing_of((self._by_id[fact_id] for fact_id in used), self._staleness, wall_ns)
        return Tariff(
            model=model,
            currency=price.currency,
            tiers=tiers,
            valid_from_ns=from_ns,
            valid_until_ns=until_ns,
            digest=digest_of(self._by_id[fact_id] for fact_id in used)[:DIGEST_CHARS],
            fact_ids=tuple(sorted(used)),
            flags=flags,
            stale_from_ns=ageing.stale_from_ns,
            held_from_ns=ageing.held_from_ns,
        )

    def facts_behind(self, tariff: Tariff) -> tuple[AnyFact, ...]:
        """The facts that one of this sheet's tariffs follows from: those that its digest stands for."""
        return tuple(self._by_id[fact_id] for fact_id in tariff.fact_ids)

    def _price(self, model: str, state: PeakState | None, wall_ns: int) -> tuple[PriceFact | None, tuple[str, ...]]:
        """The price in force, and what to know about it."""
        prices = [
            fact
            for fact in self._facts.prices
            if fact.subject.model == model and fact.in_force(wall_ns) and _bills_now(fact, state)
        ]
        if self._scope is not None:
            prices = [fact for fact in prices if fact.subject.scope in {None, self._scope}]
        currency = self._currency or _preferred_currency(prices)
        price, assumed = dearest([fact for fact in prices if fact.currency == currency])
        if price is None:
            return None, ()
        flags = ("scope_unknown",) if assumed else ()
        return price, flags + ((price.flag,) if price.flag else ())

    def _cache_rule(self, model: str, wall_ns: int) -> CacheRuleFact | None:
        """The model's own rule, or else its family's."""
        rules = [fact for fact in self._facts.cache_rules if fact.in_force(wall_ns)]
        own = (fact for fact in rules if fact.subject.model == model)
        return next(own, next((fact for fact in rules if fact.subject.model is None), None))

    def _schedule(self, model: str) -> PeakSchedule:
        """The model's own peak windows, or else its family's."""
        if model not in self._schedules:
            windows: Sequence[PeakWindowsFact] = [
                fact for fact in self._facts.peak_windows if fact.subject.model == model
            ] or [fact for fact in self._facts.peak_windows if fact.subject.model is None]
            self._schedules[model] = schedule_of(windows, self._facts.calendars)
        return self._schedules[model]

    def _span(self, model: str, wall_ns: int) -> tuple[int, int]:
        """An interval around the instant in which neither the facts nor the peak state change."""
        from_ns = max((edge for edge in self._edges if edge <= wall_ns), default=-NEVER_NS)
        until_ns = min((edge for edge in self._edges if edge > wall_ns), default=NEVER_NS)
        if any(fact.hours is not Hours.ANY for fact in self._facts.prices):
            schedule = self._schedule(model)
            change_ns = schedule.next_change_ns(wall_ns)
            horizon_ns = wall_ns + HORIZON_DAYS * 86_400 * NS_PER_S
            until_ns = min(until_ns, horizon_ns if change_ns is None else change_ns)
            from_ns = max(from_ns, schedule.steady_since_ns(wall_ns))
        return from_ns, until_ns


def _edges(facts: Facts) -> Iterator[int]:
    for fact in facts:
        yield fact.effective_from_ns
        if fact.effective_until_ns is not None:
            yield fact.effective_until_ns


def _bills_now(fact: PriceFact, state: PeakState | None) -> bool:
    if fact.hours is Hours.ANY:
        return True
    return state is not None and state.peak == (fact.hours is Hours.PEAK)


def _preferred_currency(prices: Sequence[PriceFact]) -> str:
    """The ledger's currency where it is stated, else any that is."""
    currencies = {fact.currency for fact in prices}
    return PAYABLE_CURRENCY if PAYABLE_CURRENCY in currencies else min(currencies, default=PAYABLE_CURRENCY)
