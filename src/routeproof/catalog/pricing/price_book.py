"""The price book: all facts, checked against each other and indexed, from which price sheets are drawn."""

from collections.abc import Iterable
from typing import TypeVar

from routeproof.catalog.aliases import loops, reachable
from routeproof.catalog.canonical import digest_of
from routeproof.catalog.consistency import overlaps
from routeproof.catalog.kinds import AliasFact, Facts, Hours, PeakWindowsFact, PriceFact, SubjectFact
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.catalog.staleness import DEFAULT_POLICIES, StalenessPolicies
from routeproof.clock import format_instant
from routeproof.errors import FactsError

__all__ = ["PriceBook", "PriceSheet", "Tariff"]

_F = TypeVar("_F", bound=SubjectFact)


class PriceBook:
    """Immutable. Two books of equal facts have equal digests."""

    def __init__(self, facts: Facts, staleness: StalenessPolicies = DEFAULT_POLICIES) -> None:
        self._facts = facts
        self._staleness = staleness
        self._known = {(fact.subject.family, fact.subject.model) for fact in facts.prices}
        self._known |= {(fact.subject.family, fact.subject.model) for fact in facts.aliases}
        self.digest = digest_of(facts)
        """SHA-256 of the canonical facts, in hexadecimal."""

    @classmethod
    def compile(cls, facts: Facts, staleness: StalenessPolicies = DEFAULT_POLICIES) -> "PriceBook":
        """Check the facts against each other and index them; `staleness` says when tariffs made of them are stale.

        Raises FactsError where facts overlap, aliases go in a circle, or a peak price has no windows.
        """
        problems = overlaps(facts) + loops(facts.aliases) + _prices_without_windows(facts)
        if problems:
            raise FactsError(problems)
        return cls(facts, staleness)

    def sheet(
        self,
        family: str,
        model: str,
        region: str | None,
        *,
        scope: str | None = None,
        currency: str | None = None,
    ) -> PriceSheet | None:
        """The prices of a model or alias in a region; None where no fact prices it at any time.

        `scope`: the deployment scope; without it the dearest of the region's scopes is taken and flagged.
        `currency`: what the account is billed in; without it USD, or the only other one that is stated.
        """
        if (family, model) not in self._known:
            return None
        facts = self._facts
        aliases = _about(facts.aliases, family, region)
        models = reachable(aliases, model)
        prices = tuple(fact for fact in _about(facts.prices, family, region) if fact.subject.model in models)
        if not prices:
            return None
        windows = _about(facts.peak_windows, family, region)
        near = Facts(
            prices=prices,
            aliases=tuple(fact for fact in aliases if fact.subject.model in models),
            cache_rules=_about(facts.cache_rules, family, region),
            peak_windows=windows,
            calendars=facts.calendars if windows else (),
        )
        return PriceSheet(model, near, scope=scope, currency=currency, staleness=self._staleness)

    @property
    def alias_facts(self) -> tuple[AliasFact, ...]:
        """The facts about the names of every family."""
        return self._facts.aliases


def _about(facts: Iterable[_F], family: str, region: str | None) -> tuple[_F, ...]:
    return tuple(fact for fact in facts if fact.subject.family == family and fact.subject.covers(region))


def _prices_without_windows(facts: Facts) -> list[str]:
    """One problem for each price that is for peak or off-peak hours which no fact defines when it begins."""
    return [
        f"{price.place('hours')}: fact '{price.id}': hours: '{price.hours}' has no meaning without a peak_windows "
        f"fact for this family that is in force at {format_instant(price.effective_from_ns)}; add one"
        for price in facts.prices
        if price.hours is not Hours.ANY and not any(_defines_hours(windows, price) for windows in facts.peak_windows)
    ]


def _defines_hours(windows: PeakWindowsFact, price: PriceFact) -> bool:
    if windows.subject.family != price.subject.family or not windows.in_force(price.effective_from_ns):
        return False
    if windows.subject.model not in {None, price.subject.model}:
        return False
    return all(windows.subject.covers(region) for region in price.subject.regions or (None,))
