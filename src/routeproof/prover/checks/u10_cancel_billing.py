"""U10: partial work is charged right: what the row of a left answer says is never less than what it can have cost.

Where the provider's usage was still read, the row has exactly it. Where it was not, the cost is unknown and has a
bound, and the bound covers what the same answer costs when it is read to the end. What the provider charges for an
answer that was left is for its bill to say; a route with a balance shows it in U08.
"""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Ending, LedgerRow, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import stream_of
from routeproof.prover.judges.leaving import leaving_case, rows_of_left
from routeproof.prover.judges.row_costs import row_usage
from routeproof.prover.judges.rows import count_in, text_in
from routeproof.prover.judges.rulings import Trouble, conclude, undecided
from routeproof.prover.judges.tapped import as_upstream, gateways_fault, gather_tapped
from routeproof.prover.judges.trials import Trial
from routeproof.prover.judges.usage_counts import counts_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """The same long answer, left and read to the end."""
    return leaving_case(setup, ("U10",))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The row of the answer that was left, against the tap and against the whole answer's row."""
    seen = gather_tapped(plan, observations)
    telling = False
    for trial in seen.trials:
        left = trial.steps[0]
        if left.transcript.ending is Ending.CANCELLED and left.tap and left.tap[-1].ending is not Ending.COMPLETE:
            telling = True
            seen.troubles.extend(_troubles(plan, trial))
    held = "Answers that were left are charged by their usage, or bounded by what they can have cost."
    result = conclude(check, observations, seen, held=held)
    if result.verdict is Verdict.PASS and not telling:
        why = "The provider had sent its whole answer before the client left, so no partial work was charged."
        return undecided(check, observations, why, "Prove it with a slower model, or longer answers.")
    return result


def _troubles(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    left, whole = trial.steps[0], trial.steps[-1]
    rows = rows_of_left(left)
    if rows is None:
        yield gateways_fault(left, "the exchange that was left has no rows of its own", excerpt="")
        return
    exchange, attempt = rows
    reported = counts_of(stream_of(plan, as_upstream(left, left.tap[-1])).usage)
    if reported is not None:
        if row_usage(attempt) != reported:
            yield gateways_fault(left, "the provider reported a usage before it was let go, the row has another")
    elif text_in(attempt, "provenance") == "reported":
        yield gateways_fault(left, "the row calls a usage reported that the provider never sent", excerpt="")
    else:
        yield from _bound_troubles(left, exchange, attempt, whole)


def _bound_troubles(
    left: Observation, exchange: LedgerRow, attempt: LedgerRow, whole: Observation
) -> Iterator[Trouble]:
    cost, bound = count_in(attempt, "cost_nanousd"), count_in(exchange, "cost_bound_nanousd")
    rows = rows_of_left(whole)
    full = None if rows is None else count_in(rows[0], "cost_nanousd")
    if cost is not None and text_in(attempt, "provenance") == "unknown":
        yield gateways_fault(left, f"the row says {cost} nanodollars for a usage that nobody knows", excerpt="")
    elif cost is None and full is not None and (bound is None or bound < full):
        shown = "has no bound" if bound is None else f"is bounded by {bound} nanodollars"
        yield gateways_fault(left, f"the cost {shown}, the whole answer cost {full}", excerpt="")


CHECK = Check(
    id="U10",
    title="cancel-billing",
    proves="partial work is charged right",
    severity=Severity.B,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_rows=True,
    needs_tap=True,
)
