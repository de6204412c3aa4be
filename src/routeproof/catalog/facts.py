"""Reads facts files: TOML in, validated facts out, or every problem at once."""

import tomllib
from collections.abc import Iterator

from routeproof.catalog.consistency import duplicate_ids, overlaps, unknown_rivals
from routeproof.catalog.kinds import AnyFact, Facts, gather
from routeproof.catalog.reading.common import read_common
from routeproof.catalog.reading.fields import FactPlace, FactTable
from routeproof.catalog.reading.key_lines import KeyLines
from routeproof.catalog.reading.readers import READERS, UNITS
from routeproof.catalog.reading.values import shown
from routeproof.errors import FactsError

__all__ = ["Facts", "merge_facts", "parse_facts"]


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

    Raises FactsError where a fact of the one then overlaps a fact of the other, or contradicts one that isn't there.
    """
    replaced = {fact.id for fact in extra}
    merged = [fact for fact in base if fact.id not in replaced]
    merged += extra
    problems = overlaps(merged) + unknown_rivals(merged)
    if problems:
        raise FactsError(problems)
    return gather(merged)


def _read_file(text: str, origin: str, problems: list[str]) -> Iterator[AnyFact]:
    try:
        document = tomllib.loads(text)
        lines = KeyLines(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{origin}: is not TOML: {error}; correct it there")
        return
    except RecursionError:
        problems.append(f"{origin}: has lists or tables too deep inside each other; write [[fact]] tables only")
        return
    items = document.pop("fact", None)
    unknown = "there is no such key; write [[fact]] tables only"
    problems += [f"{_line(origin, lines, key)}: {key}: {unknown}" for key in document]
    if not isinstance(items, list) or not items:
        problems.append(f"{origin}: holds no facts; start each with [[fact]]")
        return
    for index, item in enumerate(items):
        path = f"fact[{index}]"
        if isinstance(item, dict):
            place = FactPlace(origin, lines, path, item.get("id", "without id"))
            yield from _read_fact(item, place, problems)
        else:
            problems.append(f"{_line(origin, lines, path)}: {shown(item)} is no fact; start each with [[fact]]")


def _line(origin: str, lines: KeyLines, path: str) -> str:
    line = lines.of(path)
    return origin if line is None else f"{origin}:{line}"


def _read_fact(item: dict[str, object], place: FactPlace, problems: list[str]) -> Iterator[AnyFact]:
    """The fact, or nothing after its problems were noted."""
    noted = len(problems)
    table = FactTable(item, place, problems)
    kind = table.choice("kind", tuple(READERS))
    if len(problems) > noted:
        return  # without its kind nobody can say which of its keys are right
    table.choice("unit", UNITS[kind])
    fact = READERS[kind](table, read_common(table, place))
    table.close()
    if len(problems) == noted:
        yield fact
