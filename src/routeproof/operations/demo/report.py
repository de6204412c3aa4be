"""The demo's report: a table of the requests, what is wrong with any, totals, and one line for machines."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.ledger.entries import Entry
from routeproof.money import format_nanousd
from routeproof.operations.demo.judge import Judged
from routeproof.operations.demo.proving import Proof
from routeproof.operations.screen import Column, Screen

COLUMNS: Final[tuple[Column, ...]] = (
    ("request", "left"),
    ("model", "left"),
    ("route", "left"),
    ("status", "right"),
    ("outcome", "left"),
    ("in", "right"),
    ("hit", "right"),
    ("out", "right"),
    ("cost, USD", "left"),
    ("verdict", "left"),
)


class Failure(msgspec.Struct, frozen=True):
    """One request that has not the row it should have."""

    request: str
    problems: list[str]


class DemoSummary(msgspec.Struct, frozen=True):
    """The report's last line."""

    ok: bool
    requests: int
    rows: int
    """Exchange rows in the ledger."""
    cost_nanousd: int
    """Sum of the costs that are known."""
    unknown_costs: int
    """Rows whose cost is not known."""
    failed: list[Failure]
    verdicts: dict[str, str] = {}
    """Of each route that was proven before it carried traffic."""


class DemoReport(msgspec.Struct, frozen=True):
    """What the mix of requests came to."""

    judged: tuple[Judged, ...]
    entries: tuple[Entry, ...]
    """The whole ledger."""
    proofs: tuple[Proof, ...] = ()
    """What the routes came to before."""

    @property
    def ok(self) -> bool:
        """Every request has exactly the row and the cost that it should have, and there is no other row."""
        return not self._failures()

    def summary(self) -> DemoSummary:
        """The report in one line."""
        costs = [entry.exchange.cost_nanousd for entry in self.entries]
        failed = self._failures()
        return DemoSummary(
            ok=not failed,
            requests=len(self.judged),
            rows=len(self.entries),
            cost_nanousd=sum(cost for cost in costs if cost is not None),
            unknown_costs=costs.count(None),
            failed=failed,
            verdicts={one.route: one.verdict.value for one in self.proofs},
        )

    def _failures(self) -> list[Failure]:
        failed = [Failure(one.scene.name, list(one.problems)) for one in self.judged if one.problems]
        if len(self.entries) != len(self.judged):
            text = f"{len(self.entries)} rows for {len(self.judged)} requests"
            failed.append(Failure("the ledger", [text]))
        return failed


def show_report(report: DemoReport, screen: Screen, *, as_json: bool) -> None:
    """Write the report; the last line is the summary as JSON, and with `as_json` it is all there is."""
    summary = report.summary()
    if not as_json:
        screen.table(COLUMNS, [_cells(one) for one in report.judged])
        screen.say()
        for line in (*_problem_lines(summary.failed), *_totals(summary)):
            screen.say(line)
    screen.json_line(summary)


def _cells(one: Judged) -> Sequence[str]:
    scene, entry = one.scene, one.entry
    verdict = "FAIL" if one.problems else "PASS"
    if entry is None:
        return (scene.name, scene.model, *("-",) * 7, verdict)
    row, attempts = entry.exchange, entry.attempts
    last = attempts[-1] if attempts else None
    route = "none" if last is None else ", ".join(attempt.route for attempt in attempts)
    counts = (None,) * 3 if last is None else (last.input_tokens, last.cache_hit_tokens, last.output_tokens)
    tokens = ("-" if count is None else str(count) for count in counts)
    return (scene.name, scene.model, route, str(row.status), row.outcome, *tokens, _cost(entry), verdict)


def _cost(entry: Entry) -> str:
    row = entry.exchange
    if row.cost_nanousd is not None:
        return format_nanousd(row.cost_nanousd)
    if row.cost_bound_nanousd is not None:
        return f"<= {format_nanousd(row.cost_bound_nanousd)}"
    return "unknown"


def _problem_lines(failed: Sequence[Failure]) -> Iterator[str]:
    for failure in failed:
        for problem in failure.problems:
            yield f"FAIL {failure.request}: {problem}"


def _totals(summary: DemoSummary) -> Iterator[str]:
    yield (
        f"{summary.requests} requests, {summary.rows} rows; {format_nanousd(summary.cost_nanousd)} USD in exact costs, "
        f"{summary.unknown_costs} costs unknown; {len(summary.failed)} failed."
    )
    if summary.unknown_costs:
        yield "'<=' stands before the most that an unknown cost can be; it is in no sum."
