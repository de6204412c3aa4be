"""What changed since the last evidence of the same route."""

from collections.abc import Iterator
from typing import Final

from routeproof.evidence.statement import Statement
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.reports.model import Align, Cell, Section, Table, Text
from routeproof.operations.reports.words import money_words

_COLUMNS: Final[tuple[tuple[str, Align], ...]] = (("what", "left"), ("before", "left"), ("now", "left"))


def changes_section(now: Statement, before: Statement | None) -> Section:
    """The section; without an earlier statement it says so."""
    heading = "What changed since the last evidence"
    if before is None:
        return Section("changes", heading, (Text("There is no earlier evidence of this route here."),))
    when = before.predicate.run.ended
    rows = tuple(_rows(now, before))
    if not rows:
        return Section("changes", heading, (Text(f"Nothing, since the run that ended {when}."),))
    return Section("changes", heading, (Table(f"Since the run that ended {when}", _COLUMNS, rows),))


def _rows(now: Statement, before: Statement) -> Iterator[tuple[Cell, ...]]:
    yield from _route_rows(now, before)
    yield from _plan_rows(now, before)
    facets = [{one.facet.value: one.verdict for one in of.predicate.run.facets} for of in (before, now)]
    yield from _verdict_rows("facet ", *facets)
    checks = [{one.check: one.verdict for one in of.predicate.run.results} for of in (before, now)]
    yield from _verdict_rows("check ", *checks)
    yield from _figure_rows(now, before)
    spent = [money_words(of.predicate.run.spent.money_nanousd) for of in (before, now)]
    if spent[0] != spent[1]:
        yield "cost of the run", spent[0], spent[1]


def _route_rows(now: Statement, before: Statement) -> Iterator[tuple[Cell, ...]]:
    old, new = before.predicate.plan.route, now.predicate.plan.route
    for name in new.__struct_fields__:
        values = (getattr(old, name), getattr(new, name))
        if values[0] != values[1]:
            yield f"the route's {name.replace('_', ' ')}", *(_shown(value) for value in values)


def _plan_rows(now: Statement, before: Statement) -> Iterator[tuple[Cell, ...]]:
    old, new = before.predicate.plan, now.predicate.plan
    if old.pack != new.pack:
        yield "the pack", old.pack, new.pack
    hashes = {check.id: check.sha256 for check in old.checks}
    changed = [check.id for check in new.checks if hashes.get(check.id, check.sha256) != check.sha256]
    if changed:
        yield "checks that judge differently", "-", ", ".join(changed)
    facts = [{fact.id for fact in plan.facts} for plan in (old, new)]
    if facts[0] != facts[1]:
        gone, come = sorted(facts[0] - facts[1]), sorted(facts[1] - facts[0])
        yield "facts in force", ", ".join(gone) or "-", ", ".join(come) or "-"


def _verdict_rows(kind: str, before: dict[str, Verdict], now: dict[str, Verdict]) -> Iterator[tuple[Cell, ...]]:
    for name in dict.fromkeys((*now, *before)):
        old, new = before.get(name), now.get(name)
        if old is not new:
            yield f"{kind}{name}", "not looked at" if old is None else old, "not looked at" if new is None else new


def _figure_rows(now: Statement, before: Statement) -> Iterator[tuple[Cell, ...]]:
    """Measured numbers whose intervals don't meet: what differs by less may be chance."""
    old = {(result.check, figure.name): figure for result in before.predicate.run.results for figure in result.figures}
    for result in now.predicate.run.results:
        for new in result.figures:
            was = old.get((result.check, new.name))
            if was is None or None in (was.lower, was.upper, new.lower, new.upper):
                continue
            assert was.lower is not None and was.upper is not None and new.lower is not None and new.upper is not None
            if new.lower > was.upper or new.upper < was.lower:
                yield f"{result.check} {new.name}", f"{was.value:,} {was.unit}", f"{new.value:,} {new.unit}"


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
