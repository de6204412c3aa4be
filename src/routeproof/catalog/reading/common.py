"""How the keys that all kinds of facts share are read."""

from typing import TypedDict

from routeproof.catalog.fact_base import Confidence, Subject
from routeproof.catalog.reading.fields import FactPlace, FactTable
from routeproof.catalog.reading.values import shown


class Common(TypedDict):
    """What every kind of fact carries."""

    id: str
    effective_from_ns: int
    effective_until_ns: int | None
    source: str
    checked_at_ns: int
    confidence: Confidence
    note: str
    contradicts: tuple[str, ...]
    origin: str
    key_lines: tuple[tuple[str, int], ...]


def read_common(table: FactTable, place: FactPlace) -> Common:
    """The keys that every kind of fact has."""
    from_ns = table.instant("effective_from")
    until_ns = table.optional_instant("effective_until")
    if until_ns is not None and until_ns <= from_ns:
        table.problem("effective_until", "is not after effective_from; correct one of them or leave this out")
    fact_id = table.name("id", "a name that no other fact has")
    return Common(
        id=fact_id,
        effective_from_ns=from_ns,
        effective_until_ns=until_ns,
        source=table.address("source"),
        checked_at_ns=table.day("checked_at"),
        confidence=Confidence(table.choice("confidence", tuple(Confidence))),
        note=table.line("note"),
        contradicts=_contradicts(table, fact_id),
        origin=place.origin,
        key_lines=place.key_lines,
    )


def _contradicts(table: FactTable, fact_id: str) -> tuple[str, ...]:
    rivals = table.names("contradicts", "the ids of facts that say otherwise and are the ones to go by")
    for rival in rivals:
        if rival == fact_id or rivals.count(rival) > 1:
            table.problem("contradicts", f"{shown(rival)} is this fact itself, or is there twice; leave it out")
    return rivals


def read_subject(table: FactTable, *, needs_model: bool) -> Subject:
    """What the fact is about, without which nobody can tell where it applies."""
    inner = table.table("subject", "a table such as { family = 'deepseek', model = 'deepseek-flash' }")
    remedy = "the model id as the provider spells it"
    subject = Subject(
        family=inner.name("family", "the provider's dialect"),
        model=inner.name("model", remedy) if needs_model else inner.optional_name("model", remedy),
        regions=inner.names("regions", "a list of region names such as ['singapore']"),
        scope=inner.optional_name("scope", "the deployment scope"),
    )
    inner.close()
    return subject
