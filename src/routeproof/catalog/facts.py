"""Reads facts files: TOML in, validated facts out, or every problem at once."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from routeproof.catalog.consistency import duplicate_ids, overlaps
from routeproof.catalog.fields import FactTable, shown
from routeproof.catalog.kinds import AnyFact, Facts, gather
from routeproof.catalog.readers import READERS, UNITS, read_common
from routeproof.errors import FactsError

__all__ = ["Facts", "merge_facts", "parse_facts"]

_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*fact[ \t]*\]\]", re.MULTILINE)


def parse_facts(text: str, origin: str) -> Facts:
    """Read one facts file; `origin` names it in errors.

    Raises FactsError with every problem found: file and line, the fact's id, key, value and remedy.
    """
    problems: list[str] = []
    facts = list(_read_file(text, origin, problems))
    problems += duplicate_ids(facts)
    problems += overlaps(facts)
    if problems:
        raise FactsError(problems)
    return gather(facts)


def merge_facts(base: Facts, extra: Facts) -> Facts:
    """All facts of both; where an id is in both, the extra fact replaces the base's.

    Raises FactsError where a fact of the one then overlaps a fact of the other.
    """
    replaced = {fact.id for fact in extra}
    merged = [fact for fact in base if fact.id not in replaced]
    merged += extra
    problems = overlaps(merged)
    if problems:
        raise FactsError(problems)
    return gather(merged)


def _read_file(text: str, origin: str, problems: list[str]) -> Iterator[AnyFact]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{origin}: is not TOML: {error}; correct it there")
        return
    items = document.pop("fact", None)
    problems += [f"{origin}: {key}: there is no such key; write [[fact]] tables only" for key in document]
    if not isinstance(items, list) or not items:
        problems.append(f"{origin}: holds no facts; start each with [[fact]]")
        return
    lines = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    for index, item in enumerate(items):
        # Facts may also be written as an inline list, which has no headers to count.
        line = f":{lines[index]}" if len(lines) == len(items) else ""
        fact = _read_fact(item, f"{origin}{line}", origin, problems)
        if fact is not None:
            yield fact


def _read_fact(item: object, place: str, origin: str, problems: list[str]) -> AnyFact | None:
    """The fact, or None after its problems were noted."""
    if not isinstance(item, dict):
        problems.append(f"{place}: {shown(item)} is no fact; start each with [[fact]]")
        return None
    noted = len(problems)
    table = FactTable(item, f"{place}: fact {shown(item.get('id', 'without id'))}", problems)
    kind = table.choice("kind", tuple(READERS))
    if len(problems) > noted:
        return None  # without its kind nobody can say which of its keys are right
    table.choice("unit", (UNITS[kind],))
    fact = READERS[kind](table, read_common(table, origin))
    table.close()
    return fact if len(problems) == noted else None
