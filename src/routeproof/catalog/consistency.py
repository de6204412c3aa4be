"""What must hold between facts: unique ids, one answer to one question at one instant, and rivals that exist."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from routeproof.catalog.kinds import (
    AnyFact,
    CalendarFact,
    ConcurrencyFact,
    ControlFact,
    EndpointFact,
    ExchangeRateFact,
    FeeFact,
    Hours,
    LimitFact,
    PriceFact,
    RegionFact,
    SubjectFact,
    kind_of,
)
from routeproof.clock import format_instant


def duplicate_ids(facts: Iterable[AnyFact]) -> list[str]:
    """One problem for each fact whose id an earlier fact has."""
    seen: set[str] = set()
    problems: list[str] = []
    for fact in facts:
        if fact.id in seen:
            problems.append(f"{fact.place('id')}: fact '{fact.id}': id: is there twice; give each fact its own")
        seen.add(fact.id)
    return problems


def overlaps(facts: Iterable[AnyFact]) -> list[str]:
    """One problem for each pair of facts on the same subject whose windows share an instant.

    A fact that contradicts others answers no question, so it may overlap with any.
    """
    by_subject: dict[tuple[str | None, ...], list[AnyFact]] = defaultdict(list)
    for fact in facts:
        if not fact.contradicts:
            by_subject[question_of(fact)].append(fact)
    problems: list[str] = []
    for group in by_subject.values():
        for first, second in combinations(group, 2):
            if first.id != second.id and _windows_meet(first, second) and _subjects_meet(first, second):
                problems.append(_overlap(first, second))
    return problems


def unknown_rivals(facts: Iterable[AnyFact]) -> list[str]:
    """One problem for each id that a fact contradicts and that no fact to go by has."""
    known = list(facts)
    usable = {fact.id for fact in known if not fact.contradicts}
    return [
        f"{fact.place('contradicts')}: fact '{fact.id}': contradicts: there is no fact '{rival}' to go by; "
        "write the id of one that contradicts none itself"
        for fact in known
        for rival in fact.contradicts
        if rival not in usable
    ]


def question_of(fact: AnyFact) -> tuple[str | None, ...]:
    """What a fact answers; regions and hours aside."""
    if isinstance(fact, CalendarFact):
        return (kind_of(fact), fact.calendar)
    if isinstance(fact, ExchangeRateFact):
        return (kind_of(fact), fact.base, fact.quote)
    return (kind_of(fact), fact.subject.family, fact.subject.model, *_details(fact))


def _details(fact: SubjectFact) -> tuple[str | None, ...]:
    found: tuple[str | None, ...] = ()
    match fact:
        case PriceFact():
            found = (fact.subject.scope, fact.currency)
        case FeeFact():
            found = (fact.item, fact.currency)
        case LimitFact():
            found = (fact.name,)
        case ConcurrencyFact():
            found = (fact.measure,)
        case ControlFact():
            found = (fact.control, fact.when)
        case EndpointFact():
            found = (fact.method, fact.base, fact.path)
        case RegionFact():
            found = (fact.region, fact.plan)
    return found


def _windows_meet(first: AnyFact, second: AnyFact) -> bool:
    earlier, later = sorted((first, second), key=lambda fact: fact.effective_from_ns)
    return earlier.effective_until_ns is None or later.effective_from_ns < earlier.effective_until_ns


def _subjects_meet(first: AnyFact, second: AnyFact) -> bool:
    if isinstance(first, CalendarFact | ExchangeRateFact) or isinstance(second, CalendarFact | ExchangeRateFact):
        return True
    if isinstance(first, PriceFact) and isinstance(second, PriceFact):
        hours = {first.hours, second.hours}
        if len(hours) == 2 and Hours.ANY not in hours:
            return False
    return first.subject.meets(second.subject)


def _overlap(first: AnyFact, second: AnyFact) -> str:
    shared_ns = max(first.effective_from_ns, second.effective_from_ns)
    return (
        f"{second.place('effective_from')}: fact '{second.id}': effective_from: both it and '{first.id}' "
        f"({first.place('effective_from')}) are in force at {format_instant(shared_ns)} for the same subject; "
        "end one where the other begins, or give it the other's id to replace it"
    )
