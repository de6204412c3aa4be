"""How facts age: when each becomes stale, when it is held back from quotes, and what that means for a set of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from routeproof.catalog.kinds import AnyFact, kind_of
from routeproof.clock import NEVER_NS, NS_PER_S, format_day
from routeproof.errors import FactsHeld

DAY_NS: Final = 86_400 * NS_PER_S


class Freshness(StrEnum):
    """How far a fact may be relied on, best first."""

    FRESH = "fresh"
    STALE = "stale"
    """Used and marked: nobody has looked whether it still holds."""
    HELD = "held"
    """Served and marked, but never quoted."""


class StalenessPolicy(msgspec.Struct, frozen=True):
    """Days since a fact was checked; None: never. A fact of exactly that age has got there."""

    warn_after_days: int | None = None
    hold_after_days: int | None = None

    def __str__(self) -> str:
        """As a message names it."""
        return f"warn{_when(self.warn_after_days)}, hold{_when(self.hold_after_days)}"


_ON_THE_BILL: Final = StalenessPolicy(30, 90)
# What a route can do shows in its answers: a wrong figure there fails a request and falsifies no bill.
_ABOUT_A_ROUTE: Final = StalenessPolicy(90, None)


class StalenessPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """The policy of every kind of fact, by the word that names the kind in a facts file."""

    price: StalenessPolicy = _ON_THE_BILL
    fee: StalenessPolicy = _ON_THE_BILL
    cache_rule: StalenessPolicy = _ON_THE_BILL
    peak_windows: StalenessPolicy = _ON_THE_BILL
    exchange_rate: StalenessPolicy = StalenessPolicy(7, 30)
    """Such rates change daily."""
    calendar: StalenessPolicy = StalenessPolicy(400, None)
    """Proclaimed for good before its year begins; once the year is over its window has ended, and it is history."""
    alias: StalenessPolicy = StalenessPolicy(60, 180)
    """Providers tell months ahead what a name will stand for."""
    limit: StalenessPolicy = _ABOUT_A_ROUTE
    concurrency: StalenessPolicy = _ABOUT_A_ROUTE
    control: StalenessPolicy = _ABOUT_A_ROUTE
    endpoint: StalenessPolicy = _ABOUT_A_ROUTE
    region: StalenessPolicy = _ABOUT_A_ROUTE

    def of(self, fact: AnyFact) -> StalenessPolicy:
        """The policy that a fact ages by."""
        policy: StalenessPolicy = getattr(self, kind_of(fact))
        return policy


DEFAULT_POLICIES: Final = StalenessPolicies()


class StaleFact(msgspec.Struct, frozen=True):
    """A fact that is not fresh, with what a message about it needs."""

    id: str
    kind: str
    freshness: Freshness
    age_days: int
    checked_at_ns: int
    source: str
    policy: StalenessPolicy

    def __str__(self) -> str:
        """One line for a person."""
        checked = f"checked on {format_day(self.checked_at_ns)}, {self.age_days} days ago"
        return f"fact '{self.id}' is {self.freshness}: {checked} ({self.kind}: {self.policy}; {self.source})"


class Ageing(msgspec.Struct, frozen=True):
    """What a set of facts is at one instant, and when it becomes worse. Instants may have passed."""

    worst: Freshness
    stale_from_ns: int
    """The first instant at which one of them is stale; NEVER_NS where none gets there."""
    held_from_ns: int
    """The first instant at which one of them is held; NEVER_NS where none gets there."""
    changes_ns: tuple[int, ...]
    """Every later instant at which `worst` is another, in order: facts age, and their windows end."""


def age_ns(fact: AnyFact, wall_ns: int) -> int:
    """Nanoseconds since the fact was checked; zero before that."""
    return max(wall_ns - fact.checked_at_ns, 0)


def stale_from_ns(fact: AnyFact, policy: StalenessPolicy) -> int:
    """The first instant at which a fact is stale; NEVER_NS where it never is."""
    return _after(fact, policy.warn_after_days)


def held_from_ns(fact: AnyFact, policy: StalenessPolicy) -> int:
    """The first instant at which a fact is held; NEVER_NS where it never is."""
    return _after(fact, policy.hold_after_days)


def is_history(fact: AnyFact, wall_ns: int) -> bool:
    """Whether a fact's window has ended. What was so then does not change any more, so it does not age."""
    return fact.effective_until_ns is not None and fact.effective_until_ns <= wall_ns


def freshness_of(fact: AnyFact, policy: StalenessPolicy, wall_ns: int) -> Freshness:
    """How far a fact may be relied on at an instant: by the time since it was checked, unless it is history."""
    if is_history(fact, wall_ns):
        return Freshness.FRESH
    if wall_ns >= held_from_ns(fact, policy):
        return Freshness.HELD
    return Freshness.STALE if wall_ns >= stale_from_ns(fact, policy) else Freshness.FRESH


def ageing_of(facts: Iterable[AnyFact], policies: StalenessPolicies, wall_ns: int) -> Ageing:
    """The worst freshness among facts at an instant, and when that changes."""
    known = tuple(facts)
    stale_ns = [stale_from_ns(fact, policies.of(fact)) for fact in known]
    held_ns = [held_from_ns(fact, policies.of(fact)) for fact in known]
    ends_ns = [fact.effective_until_ns for fact in known if fact.effective_until_ns is not None]
    worst = now = _worst(known, policies, wall_ns)
    changes: list[int] = []
    for instant_ns in sorted({*stale_ns, *held_ns, *ends_ns} - {NEVER_NS}):
        if instant_ns > wall_ns:
            then = _worst(known, policies, instant_ns)
            if then is not now:
                changes.append(instant_ns)
                now = then
    return Ageing(worst, min(stale_ns, default=NEVER_NS), min(held_ns, default=NEVER_NS), tuple(changes))


def aged(facts: Iterable[AnyFact], policies: StalenessPolicies, wall_ns: int) -> tuple[StaleFact, ...]:
    """Those of the facts that are stale or held at an instant, the worst and oldest first."""
    found = [
        StaleFact(
            id=fact.id,
            kind=kind_of(fact),
            freshness=freshness,
            age_days=age_ns(fact, wall_ns) // DAY_NS,
            checked_at_ns=fact.checked_at_ns,
            source=fact.source,
            policy=policies.of(fact),
        )
        for fact in facts
        if (freshness := freshness_of(fact, policies.of(fact), wall_ns)) is not Freshness.FRESH
    ]
    return tuple(sorted(found, key=lambda fact: (fact.freshness is Freshness.STALE, fact.checked_at_ns, fact.id)))


def require_quotable(facts: Iterable[AnyFact], policies: StalenessPolicies, wall_ns: int) -> tuple[StaleFact, ...]:
    """Those of the facts behind a quote that are stale, for the quote to say so.

    Raises FactsHeld where one of them is held: what nobody has checked for so long is no ground for a quote.
    """
    found = aged(facts, policies, wall_ns)
    held = [fact for fact in found if fact.freshness is Freshness.HELD]
    if held:
        lines = "\n".join(str(fact) for fact in held)
        raise FactsHeld(
            f"{lines}\nnothing is quoted by facts that are held: read the source again and state what it says today "
            "in a facts file under `server.facts` with the same id and the day as `checked_at`, or raise "
            f"`hold_after_days` of {', '.join(sorted({fact.kind for fact in held}))} under [staleness]"
        )
    return found


def _worst(facts: Iterable[AnyFact], policies: StalenessPolicies, wall_ns: int) -> Freshness:
    found = {freshness_of(fact, policies.of(fact), wall_ns) for fact in facts}
    return next((freshness for freshness in (Freshness.HELD, Freshness.STALE) if freshness in found), Freshness.FRESH)


def _after(fact: AnyFact, days: int | None) -> int:
    return NEVER_NS if days is None else fact.checked_at_ns + days * DAY_NS


def _when(days: int | None) -> str:
    return " never" if days is None else f" after {days} days"
