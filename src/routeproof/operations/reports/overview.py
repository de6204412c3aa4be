"""The report's beginning: what each reader needs to know first, and the verdict of every facet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from routeproof.evidence.statement import Statement
from routeproof.evidence.verdicts import Facet, FacetVerdict, Severity, Verdict
from routeproof.operations.reports.cost_pictures import typical_costs
from routeproof.operations.reports.model import Align, Block, Cell, Points, Section, Table, Text
from routeproof.operations.reports.samples import Charge, Timing, percentile
from routeproof.operations.reports.speed_pictures import shown_ms
from routeproof.operations.reports.words import EXPIRIES, FACETS, VERDICTS, money_words

_FACET_COLUMNS: Final[tuple[tuple[str, Align], ...]] = (
    ("facet", "left"),
    ("what it is", "left"),
    ("verdict", "left"),
    ("shadow traffic", "left"),
    ("decided by", "left"),
)


def overview_sections(statement: Statement, timings: Sequence[Timing], charges: Sequence[Charge]) -> Iterator[Section]:
    """In short, by reader; then what was proven."""
    yield Section("in-short", "In short", tuple(_in_short(statement)))
    yield Section("for-product", "For product: what can be relied on", (Points(tuple(_for_product(statement))),))
    yield Section("for-platform", "For platform: how it behaves", (Points(tuple(_for_platform(statement, timings))),))
    yield Section("for-finance", "For finance: what it costs", (Points(tuple(_for_finance(statement, charges))),))
    yield Section("facets", "What was proven", tuple(_proven(statement)))


def _in_short(statement: Statement) -> Iterator[Block]:
    plan, run = statement.predicate.plan, statement.predicate.run
    route = plan.route
    yield Text(
        f"The {plan.pack} pack asked {route.name} {run.spent.requests:,} requests ({_way(plan.via)}) "
        f"from {run.started} to {run.ended} and judged {len(plan.checks)} checks by the bytes that came back."
    )
    why = EXPIRIES[statement.predicate.expires_because]
    yield Text(
        f"It counts until {statement.predicate.expires}, {why}, and is void once the route is configured differently."
    )


def _for_product(statement: Statement) -> Iterator[str]:
    facets = statement.predicate.run.facets
    for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.SKIP):
        names = [_named(one.facet) for one in facets if one.verdict is verdict and one.facet is not Facet.ROUTE]
        if names:
            yield f"{VERDICTS[verdict].partition(':')[0].capitalize()}: {', '.join(names)}."
    missing = [_named(facet) for facet in _never_looked_at(facets)]
    if missing:
        yield f"Not looked at by this pack, and so not proven: {', '.join(missing)}."
    base = next((one for one in facets if one.facet is Facet.ROUTE), None)
    if base is not None and base.verdict is not Verdict.PASS:
        checks = ", ".join(base.decided_by)
        yield f"What everything rests on is {base.verdict} ({checks}), so no facet can be better than that."


def _for_platform(statement: Statement, timings: Sequence[Timing]) -> Iterator[str]:
    run = statement.predicate.run
    if timings:
        first = [one.first_byte_ns for one in timings]
        total = [one.total_ns for one in timings]
        yield (
            f"Half of the {len(timings)} answered requests had their first byte within "
            f"{shown_ms(percentile(first, 50))} and were over within {shown_ms(percentile(total, 50))}; "
            f"95 in 100 within {shown_ms(percentile(first, 95))} and {shown_ms(percentile(total, 95))}."
        )
    else:
        yield "No request was answered to its end."
    if run.attempts is not None and run.attempts.rate_limited:
        yield (
            f"{run.attempts.rate_limited} of {run.attempts.sent} first attempts met a rate limit; "
            f"{run.attempts.got_through_then} of the {run.attempts.asked_again} that were asked again got through."
        )
    failing = [one.check for one in run.results if one.verdict is Verdict.FAIL]
    yield f"Failing checks: {', '.join(failing)}." if failing else "No check failed."
    yield "The way in which each check came to its verdict, and the bytes behind it, stand further down."


def _for_finance(statement: Statement, charges: Sequence[Charge]) -> Iterator[str]:
    plan, spent = statement.predicate.plan, statement.predicate.run.spent
    ceiling = plan.ceilings
    most = "unknown" if ceiling.money_nanousd is None else money_words(ceiling.money_nanousd)
    yield f"This run cost {money_words(spent.money_nanousd)}; the most that it was allowed to cost was {most}."
    if ceiling.money_unknown is not None:
        yield f"The price is not known: {ceiling.money_unknown}. Unknown is not zero."
    typical = typical_costs(charges)
    if typical:
        yield f"Half of the requests cost no more than: {', '.join(typical)}."
    prices = [fact for fact in plan.facts if fact.kind == "price"]
    if prices:
        checked = min(fact.checked for fact in prices)
        yield f"The prices come from {len({fact.source for fact in prices})} source(s), last looked at {checked}."


def _proven(statement: Statement) -> Iterator[Block]:
    run = statement.predicate.run
    yield Text(
        "A facet's verdict is the worst of the checks that may block it, never an average. "
        "Shadow traffic needs only those that block every stage."
    )
    rows: list[tuple[Cell, ...]] = [
        (one.facet, FACETS[one.facet], one.verdict, one.to_shadow, ", ".join(one.decided_by) or "-")
        for one in run.facets
    ]
    rows += [(facet, FACETS[facet], "not looked at", "-", "-") for facet in _never_looked_at(run.facets)]
    yield Table("Verdict of each facet", _FACET_COLUMNS, tuple(rows))
    yield from _checks(statement)


def _checks(statement: Statement) -> Iterator[Block]:
    plan = statement.predicate.plan
    results = {one.check: one for one in statement.predicate.run.results}
    rows: list[tuple[Cell, ...]] = []
    for check in plan.checks:
        result = results.get(check.id)
        if result is not None:
            weight = Severity(check.severity).plain
            rows.append((f"{check.id} {check.title}", check.facet, result.verdict, result.summary, weight))
    yield Table(
        "Every check",
        (("check", "left"), ("facet", "left"), ("verdict", "left"), ("what was found", "left"), ("weight", "left")),
        tuple(rows),
    )


def _never_looked_at(facets: Iterable[FacetVerdict]) -> list[Facet]:
    seen = {one.facet for one in facets}
    return [facet for facet in Facet if facet not in seen]


def _named(facet: Facet) -> str:
    return f"{facet} ({FACETS[facet]})"


def _way(via: str) -> str:
    return {"direct": "straight to the provider", "gateway": "through the gateway"}.get(
        via, "both straight to the provider and through the gateway"
    )
