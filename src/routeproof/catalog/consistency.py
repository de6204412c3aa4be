"""What must hold between facts: unique ids, and one answer to one question at one instant."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from routeproof.catalog.kinds import AnyFact, CalendarFact, Hours, PriceFact
from routeproof.clock import format_instant


def duplicate_ids(facts: Iterable[AnyFact]) -> list[str]:
    """One problem for each fact whose id an earlier fact has."""
    seen: set[str] = set()
    problems: list[str] = []
    for fact in facts:
        if fact.id in seen:
            problems.append(f"{fact.origin}: fact '{fact.id}': id: is there twice; give each fact its own")
        seen.add(fact.id)
    return problems


def overlaps(facts: Iterable[AnyFact]) -> list[str]:
    """One problem for each pair of facts on the same subject whose windows share an instant."""
    by_subject: dict[tuple[str | None, ...], list[AnyFact]] = defaultdict(list)
    for fact in facts:
        by_subject[_subject_key(fact)].append(fact)
    problems: list[str] = []
    for group in by_subject.values():
        for first, second in combinations(group, 2):
            if first.id != second.id and _windows_meet(first, second) and _subjects_meet(first, second):
                problems.append(_overlap(first, second))
    return problems


def _subject_key(fact: AnyFact) -> tuple[str | None, ...]:
    kind = type(fact).__name__
    if isinstance(fact, CalendarFact):
        return (kind, fact.calendar)
    subject = fact.subject
    if isinstance(fact, PriceFact):
        return (kind, subject.family, subject.model, subject.scope, fact.currency)
    return (kind, subject.family, subject.model)


def _windows_meet(first: AnyFact, second: AnyFact) -> bool:
    earlier, later = sorted((first, second), key=lambda fact: fact.effective_from_ns)
    return earlier.effective_until_ns is None or later.effective_from_ns < earlier.effective_until_ns


def _subjects_meet(first: AnyFact, second: AnyFact) -> bool:
    if isinstance(first, CalendarFact) or isinstance(second, CalendarFact):
        return True
    if isinstance(first, PriceFact) and isinstance(second, PriceFact):
        hours = {first.hours, second.hours}
        if len(hours) == 2 and Hours.ANY not in hours:
            return False
    ours, theirs = first.subject.regions, second.subject.regions
    return not ours or not theirs or bool(set(ours) & set(theirs))


def _overlap(first: AnyFact, second: AnyFact) -> str:
    shared_ns = max(first.effective_from_ns, second.effective_from_ns)
    return (
        f"{second.origin}: fact '{second.id}': effective_from: both it and '{first.id}' ({first.origin}) are "
        f"in force at {format_instant(shared_ns)} for the same subject; "
        "end one where the other begins, or give it the other's id to replace it"
    )
