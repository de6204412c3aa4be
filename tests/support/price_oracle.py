"""What a usage costs by the facts, worked out the slow way: in fractions, from the facts' fields and nothing else.

Written apart from the catalog's own arithmetic, and sharing no function with it. Zones are offsets that hold in 2026.
"""

from collections.abc import Iterable
from fractions import Fraction

from routeproof.catalog.kinds import CacheRuleFact, Facts, PeakWindowsFact, PriceFact, PriceTier
from routeproof.usage import Usage

DAY_S = 86_400
EPOCH_ISO_WEEKDAY = 4
"""1970-01-01 was a Thursday."""
EPOCH_ORDINAL = 719_163
"""The proleptic day number of 1970-01-01, as `date.toordinal` counts."""
OFFSETS_S = {"Asia/Shanghai": 8 * 3_600, "UTC": 0, "Asia/Kolkata": 5 * 3_600 + 1_800}


class PriceOracle:
    """One family's prices in one region."""

    def __init__(self, facts: Facts, family: str, region: str | None = None) -> None:
        def near(fact: PriceFact | CacheRuleFact | PeakWindowsFact) -> bool:
            subject = fact.subject
            return subject.family == family and (not subject.regions or region in subject.regions)

        self._prices = [fact for fact in facts.prices if near(fact)]
        self._rules = [fact for fact in facts.cache_rules if near(fact)]
        self._windows = [fact for fact in facts.peak_windows if near(fact)]
        self._aliases = [
            fact
            for fact in facts.aliases
            if fact.subject.family == family and (not fact.subject.regions or region in fact.subject.regions)
        ]
        self._calendars = facts.calendars

    def answers(self, name: str, at_ns: int) -> str | None:
        """The model behind a name; None where it is retired."""
        for _ in range(10):
            found = [fact for fact in self._aliases if fact.subject.model == name and holds(fact, at_ns)]
            if not found:
                return name
            if found[0].state.value == "retired":
                return None
            name = found[0].target
        raise AssertionError("aliases in a circle")

    def is_peak(self, model: str, at_ns: int) -> bool | None:
        """None where no windows hold; an unknown holiday is peak."""
        own = [fact for fact in self._windows if fact.subject.model == model]
        family = [fact for fact in self._windows if fact.subject.model is None]
        rule = next((fact for fact in (own or family) if holds(fact, at_ns)), None)
        if rule is None:
            return None
        seconds = at_ns // 10**9
        if not any(opens <= seconds % DAY_S < closes for opens, closes in rule.windows_s):
            return False
        local_day = (seconds + OFFSETS_S[rule.zone]) // DAY_S
        if (local_day + EPOCH_ISO_WEEKDAY - 1) % 7 + 1 not in rule.weekdays:
            return False
        return not self._is_day_off(rule.holidays, local_day, at_ns)

    def prices(self, name: str, at_ns: int) -> list[PriceFact]:
        """Those that bill at this instant in dollars; several where the region has several scopes."""
        model = self.answers(name, at_ns)
        if model is None:
            return []
        peak = self.is_peak(model, at_ns)
        hours = {"any"} if peak is None else {"any", "peak" if peak else "off_peak"}
        return [
            fact
            for fact in self._prices
            if fact.subject.model == model
            and fact.currency == "USD"
            and holds(fact, at_ns)
            and fact.hours.value in hours
        ]

    def cost(self, name: str, at_ns: int, usage: Usage, thinking: bool) -> int | None:
        """In nanodollars, rounded half to even; None where it is unknown. Of several scopes the dearest."""
        found = [self.cost_by(price, at_ns, usage, thinking) for price in self.prices(name, at_ns)]
        known = [cost for cost in found if cost is not None]
        return max(known) if known and len(known) == len(found) else None

    def cost_by(self, price: PriceFact, at_ns: int, usage: Usage, thinking: bool) -> int | None:
        """By one price."""
        bound = [tier for tier in price.tiers if (tier.input_tokens_max or 10**30) >= usage.input_tokens]
        if not bound:
            return None
        tier = bound[0]
        rule = self._rule(price.subject.model, at_ns)
        output = tier.output_nano
        if thinking and tier.output_thinking_nano is not None:
            output = tier.output_thinking_nano
        parts = (
            (usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens, Fraction(tier.input_nano)),
            (usage.cache_hit_tokens, _hit(tier, rule, explicit=usage.explicit_cache)),
            (usage.cache_write_tokens, _write(tier, rule)),
            (usage.output_tokens, Fraction(output)),
        )
        total = Fraction(0)
        for tokens, nano in parts:
            if tokens and nano is None:
                return None
            total += Fraction(tokens, 1_000_000) * (nano or 0)
        return round(total)  # Python rounds a fraction half to even

    def _rule(self, model: str | None, at_ns: int) -> CacheRuleFact | None:
        rules = [fact for fact in self._rules if holds(fact, at_ns)]
        own = [fact for fact in rules if fact.subject.model == model]
        family = [fact for fact in rules if fact.subject.model is None]
        return next(iter(own or family), None)

    def _is_day_off(self, calendar: str | None, local_day: int, at_ns: int) -> bool:
        if calendar is None:
            return False
        known = [fact for fact in self._calendars if fact.calendar == calendar and holds(fact, at_ns)]
        spans = [span for fact in known for span in fact.days_off]
        return any(
            first.toordinal() - EPOCH_ORDINAL <= local_day <= last.toordinal() - EPOCH_ORDINAL for first, last in spans
        )


def holds(fact: object, at_ns: int) -> bool:
    """Half-open."""
    begins, ends = fact.effective_from_ns, fact.effective_until_ns
    return begins <= at_ns and (ends is None or at_ns < ends)


def edges_of(facts: Iterable[object]) -> list[int]:
    """Every instant at which a fact begins or ends."""
    found = {getattr(fact, name) for fact in facts for name in ("effective_from_ns", "effective_until_ns")}
    return sorted(edge for edge in found if edge is not None)


def _hit(tier: PriceTier, rule: CacheRuleFact | None, *, explicit: bool) -> Fraction | None:
    if explicit and tier.cache_hit_explicit_nano is not None:
        return Fraction(tier.cache_hit_explicit_nano)
    if tier.cache_hit_nano is not None:
        return Fraction(tier.cache_hit_nano)
    if rule is None:
        return None
    return _share(tier, rule.hit_explicit_nano_percent if explicit else rule.hit_implicit_nano_percent)


def _write(tier: PriceTier, rule: CacheRuleFact | None) -> Fraction | None:
    if tier.cache_write_nano is not None:
        return Fraction(tier.cache_write_nano)
    return None if rule is None else _share(tier, rule.write_nano_percent)


def _share(tier: PriceTier, nano_percent: int | None) -> Fraction | None:
    return None if nano_percent is None else Fraction(tier.input_nano * nano_percent, 100 * 10**9)
