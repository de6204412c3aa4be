"""What was not proven, and why: each check without a pass, with the bytes that show it and what to do next."""

from collections.abc import Iterator, Mapping

from routeproof.evidence.plan import PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.statement import Statement
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.reports.model import Block, Excerpt, Finding, Section, Table, Text
from routeproof.operations.reports.words import CAUSES, VERDICTS, rate_words, sentence

_ORDER = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE)


def findings_section(statement: Statement, proves: Mapping[str, str]) -> Section:
    """The section; `proves` says in plain words what a check is about, by its id."""
    return Section("not-proven", "What was not proven, and why", tuple(_blocks(statement, proves)))


def _blocks(statement: Statement, proves: Mapping[str, str]) -> Iterator[Block]:
    plan = statement.predicate.plan
    results = {one.check: one for one in statement.predicate.run.results}
    open_ones = [
        (check, results[check.id])
        for verdict in _ORDER
        for check in plan.checks
        if check.id in results and results[check.id].verdict is verdict
    ]
    if not open_ones:
        yield Text("Every check that ran has passed.")
    for check, result in open_ones:
        yield _finding(check, result, proves.get(check.id, ""))
    skipped = [(one.check, one.summary) for one in results.values() if one.verdict is Verdict.SKIP]
    if skipped:
        yield Table("Left out, and why", (("check", "left"), ("why", "left")), tuple(skipped))


def _finding(check: PlannedCheck, result: CheckResult, proves: str) -> Finding:
    said = [VERDICTS[result.verdict].capitalize(), result.summary]
    if result.cause is not None:
        said.append(f"The likeliest cause: {CAUSES[result.cause]}")
    said += [f"{rate.name}: {rate_words(rate)}" for rate in result.rates]
    return Finding(
        heading=f"{check.id} {check.title}",
        verdict=result.verdict,
        proves=proves,
        words=" ".join(sentence(part) for part in said),
        failures=tuple(one for one in result.failures if one not in result.summary),
        next_step=result.next_step,
        excerpts=tuple(
            Excerpt(f"{one.observation}, {one.part}, from byte {one.offset:,}", one.excerpt) for one in result.exhibits
        ),
    )
