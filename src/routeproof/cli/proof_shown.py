"""Shows results on a terminal in plain words: what failed, the bytes that show it, and what to do next."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from routeproof.cli.console import say, table
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.results import CheckResult, Spent
from routeproof.evidence.verdicts import FacetVerdict, Verdict
from routeproof.operations.reports.plain_text import one_line
from routeproof.operations.reports.words import CAUSES, FACETS, money_words, sentence
from routeproof.operations.screen import Column

EXHIBITS_MAX: Final = 2
"""Shown of one check; the evidence and the report hold all of them."""
EXCERPT_CHARACTERS_MAX: Final = 300

_FACETS: Final[Sequence[Column]] = (("facet", "left"), ("verdict", "left"), ("decided by", "left"), ("is", "left"))
_CHECKS: Final[Sequence[Column]] = (("check", "left"), ("verdict", "left"), ("found", "left"))
_OPEN: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE)


def show_facets(facets: Iterable[FacetVerdict]) -> None:
    """The verdict of each facet that a blocker looked at."""
    rows = [(one.facet, one.verdict, ", ".join(one.decided_by) or "-", FACETS[one.facet]) for one in facets]
    table(_FACETS, rows)


def show_results(plan: Plan, results: Iterable[CheckResult]) -> None:
    """Every check on a line, then each that did not pass with what shows it."""
    known = {result.check: result for result in results}
    found = [(check, known[check.id]) for check in plan.checks if check.id in known]
    say()
    table(_CHECKS, [(f"{check.id} {check.title}", one.verdict, one_line(one.summary)) for check, one in found])
    for named, result in _alike(found):
        _show_trouble(named, result)


def show_spent(plan: Plan, spent: Spent) -> None:
    """What the run used, beside what it was allowed to use."""
    most = plan.ceilings
    tokens = [("unknown" if one is None else f"{one:,}") for one in (spent.input_tokens, spent.output_tokens)]
    say()
    say(
        f"Used {spent.requests:,} of {most.requests:,} requests, {tokens[0]} tokens of input, {tokens[1]} of output, "
        f"{money_words(spent.money_nanousd)} of at most {money_words(most.money_nanousd)}."
    )


def _alike(found: Sequence[tuple[PlannedCheck, CheckResult]]) -> Iterator[tuple[list[str], CheckResult]]:
    """The checks that did not pass, the worst first; those that say the same are told once."""
    groups: dict[tuple[object, ...], tuple[list[str], CheckResult]] = {}
    for verdict in _OPEN:
        for check, result in found:
            if result.verdict is verdict:
                key = (verdict, result.summary, result.failures, result.cause, result.next_step)
                groups.setdefault(key, ([], result))[0].append(f"{check.id} {check.title}")
    yield from groups.values()


def _show_trouble(named: Sequence[str], result: CheckResult) -> None:
    say()
    say(f"{result.verdict} {', '.join(named)}: {sentence(one_line(result.summary))}")
    for failure in result.failures:
        if failure not in result.summary:
            say(f"  - {one_line(failure)}")
    if result.cause is not None:
        say(f"  likeliest cause: {CAUSES[result.cause]}")
    for exhibit in result.exhibits[:EXHIBITS_MAX]:
        if exhibit.excerpt:
            say(f"  {exhibit.observation}, {exhibit.part}, from byte {exhibit.offset:,}:")
            say(f"    {one_line(exhibit.excerpt)[:EXCERPT_CHARACTERS_MAX]}")
    if result.next_step:
        say(f"  next: {one_line(result.next_step)}")
