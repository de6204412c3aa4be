"""The shipped facts as a page of Markdown: for each provider a table of each kind, with sources and dates."""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from routeproof.catalog.fact_text import subject_text, value_text
from routeproof.catalog.kinds import AnyFact, CalendarFact, ExchangeRateFact, Facts, kind_of
from routeproof.clock import format_day, format_instant
from routeproof.operations.facts.cells import HEADINGS, Cells, rows_of

MADE_BY: Final = "make facts-page"

_PROVENANCE: Final[Cells] = ("from", "until", "source", "checked", "known by", "note", "fact")
_SHARED: Final = "all providers"
_TITLES: Final = {
    "price": "prices per 1,000,000 tokens",
    "fee": "fees",
    "cache_rule": "cache prices, in percent of the input price",
    "peak_windows": "peak hours",
    "alias": "names that stand for others",
    "limit": "limits",
    "concurrency": "concurrency",
    "control": "controls",
    "endpoint": "endpoints",
    "region": "hosts",
    "calendar": "days off",
    "exchange_rate": "rates of exchange",
}
_INTRODUCTION: Final = f"""\
# Facts

This page is made from the facts that come with Routeproof; `{MADE_BY}` makes it again after a change of
`src/routeproof/catalog/data`.

Instants are UTC; a fact holds from its first instant until just before its last one, and without one until further
notice.
What is empty is not stated by the source, and nothing is assumed instead.
A tier follows from the input of the one request and bills the whole request; "up to" includes the bound.
[ledger.md](ledger.md) says how a cost is made of these, [facts-files.md](facts-files.md) how to write facts of your
own; `routeproof facts check` says which of them have become old."""


def facts_page(facts: Facts) -> str:
    """The whole page; equal facts in equal order give equal pages."""
    parts = [_INTRODUCTION]
    for family in dict.fromkeys(map(_family, facts)):
        parts.append(f"## {family}")
        own = [fact for fact in facts if _family(fact) == family]
        for kind in HEADINGS:
            used = [fact for fact in own if kind_of(fact) == kind and not fact.contradicts]
            if used:
                parts += [f"### {family}: {_TITLES[kind]}", _kind_table(kind, used)]
        rivals = [fact for fact in own if fact.contradicts]
        if rivals:
            parts += [f"### {family}: claims that contradict these, and are not used", _rival_table(rivals)]
    if not facts.exchange_rates:
        parts.append("No rate of exchange is stated: prices in different currencies are lists of their own.")
    return "\n\n".join(parts) + "\n"


def _family(fact: AnyFact) -> str:
    return _SHARED if isinstance(fact, CalendarFact | ExchangeRateFact) else fact.subject.family


def _kind_table(kind: str, facts: Iterable[AnyFact]) -> str:
    rows = [(*cells, *_provenance(fact)) for fact in facts for cells in rows_of(fact)]
    heading = HEADINGS[kind]
    # A column that no fact of this provider fills only makes the table wider.
    kept = [at for at in range(len(heading)) if any(row[at] for row in rows)]
    kept += range(len(heading), len(heading) + len(_PROVENANCE))
    return _table((*heading, *_PROVENANCE), rows, kept)


def _rival_table(facts: Iterable[AnyFact]) -> str:
    heading = ("kind", "about", "says", "contradicts", *_PROVENANCE)
    rows = [
        (
            kind_of(fact).replace("_", " "),
            f"`{subject_text(fact)}`",
            value_text(fact),
            ", ".join(f"`{other}`" for other in fact.contradicts),
            *_provenance(fact),
        )
        for fact in facts
    ]
    return _table(heading, rows, range(len(heading)))


def _provenance(fact: AnyFact) -> Cells:
    return (
        _instant(fact.effective_from_ns),
        "" if fact.effective_until_ns is None else _instant(fact.effective_until_ns),
        f"[{urlsplit(fact.source).netloc}]({fact.source})",
        format_day(fact.checked_at_ns),
        fact.confidence,
        fact.note,
        f"`{fact.id}`",
    )


def _table(heading: Cells, rows: Iterable[Cells], kept: Iterable[int]) -> str:
    columns = tuple(kept)
    lines = (_line(row[at] for at in columns) for row in [heading, tuple("---" for _ in heading), *rows])
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_escaped(cells))} |"


def _escaped(cells: Iterable[str]) -> Iterator[str]:
    """A bar would end a cell, and two angle brackets would be taken for a tag."""
    for cell in cells:
        yield cell.replace("|", "\\|").replace("<", "&lt;")


def _instant(wall_ns: int) -> str:
    return format_instant(wall_ns).replace("T", " ").removesuffix(":00.000Z")
