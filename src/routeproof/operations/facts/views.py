"""Facts as commands show them: the claim, its provenance, its window and its age at an instant."""

from enum import StrEnum
from typing import Final

import msgspec

from routeproof.catalog.fact_text import subject_text, value_text
from routeproof.catalog.kinds import AnyFact, Fact, kind_of
from routeproof.catalog.staleness import DAY_NS, StalenessPolicies, age_ns, freshness_of, is_history
from routeproof.clock import format_day, format_instant

_COMMON: Final = frozenset(field.name for field in msgspec.structs.fields(Fact))


class Window(StrEnum):
    """Where an instant lies to a fact's window."""

    ENDED = "ended"
    IN_FORCE = "in force"
    AHEAD = "ahead"


class FactView(msgspec.Struct, frozen=True):
    """One fact at one instant. Instants are RFC 3339 in UTC."""

    id: str
    kind: str
    about: str
    says: str
    freshness: str
    """`fresh`, `stale` or `held`."""
    window: str
    """`ended`, `in force` or `ahead`."""
    age_days: int
    """Whole days since it was checked."""
    checked_at: str
    """A day in UTC."""
    effective_from: str
    effective_until: str | None
    source: str
    confidence: str
    note: str
    contradicts: list[str]
    """Facts that it disputes. It is shown and never used."""
    file: str
    claim: dict[str, object]
    """The claim in full, as its kind has it: amounts are whole numbers of nano-units."""


def view_of(fact: AnyFact, policies: StalenessPolicies, wall_ns: int) -> FactView:
    """A fact as it is to be seen at an instant."""
    until_ns = fact.effective_until_ns
    return FactView(
        id=fact.id,
        kind=kind_of(fact),
        about=subject_text(fact),
        says=value_text(fact),
        freshness=freshness_of(fact, policies.of(fact), wall_ns).value,
        window=window_of(fact, wall_ns).value,
        age_days=age_ns(fact, wall_ns) // DAY_NS,
        checked_at=format_day(fact.checked_at_ns),
        effective_from=format_instant(fact.effective_from_ns),
        effective_until=None if until_ns is None else format_instant(until_ns),
        source=fact.source,
        confidence=fact.confidence.value,
        note=fact.note,
        contradicts=list(fact.contradicts),
        file=fact.origin,
        claim=claim_of(fact),
    )


def window_of(fact: AnyFact, wall_ns: int) -> Window:
    """Whether a fact holds at an instant, held before, or will."""
    if is_history(fact, wall_ns):
        return Window.ENDED
    return Window.IN_FORCE if fact.in_force(wall_ns) else Window.AHEAD


def claim_of(fact: AnyFact) -> dict[str, object]:
    """What a fact says, without who says so and when."""
    content: dict[str, object] = msgspec.to_builtins(fact)
    return {name: value for name, value in content.items() if name not in _COMMON and name != "kind"}
