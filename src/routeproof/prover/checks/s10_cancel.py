"""S10: a client that leaves stops the spending: the provider is let go within a second, and the row says what is known.

How long it took is counted from the last event that the client had read, on both sides by that side's own clock.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Ending, Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.check import Check
from routeproof.prover.judges.leaving import CANCELLED, is_labelled, leaving_case, rows_of_left
from routeproof.prover.judges.rows import count_in, text_in
from routeproof.prover.judges.rulings import Trouble, conclude, undecided
from routeproof.prover.judges.stream_times import timed_events
from routeproof.prover.judges.tapped import gateways_fault, gather_tapped
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_NS_PER_MS: Final = 1_000_000


def cases(setup: Setup) -> Sequence[Case]:
    """A long answer that is left after its first events."""
    return leaving_case(setup, ("S10",))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """When the provider was let go, and what the row says."""
    seen = gather_tapped(plan, observations)
    limit_ms, telling = check.threshold("provider let go"), False
    for trial in seen.trials:
        left = trial.steps[0]
        if left.transcript.ending is not Ending.CANCELLED or not left.tap:
            continue
        upstream = left.tap[-1]
        late_ns = _late_ns(left, upstream)
        telling = telling or upstream.ending is not Ending.COMPLETE or late_ns > limit_ms * _NS_PER_MS
        if late_ns > limit_ms * _NS_PER_MS:
            words = f"the client left, and the provider went on for {late_ns / _NS_PER_MS:.0f} ms"
            seen.troubles.append(gateways_fault(left, words))
        if upstream.ending is not Ending.COMPLETE:
            seen.troubles.extend(_row_troubles(left))
    held = "A client that left had the provider let go at once, and a row that says so."
    result = conclude(check, observations, seen, held=held)
    if result.verdict is Verdict.PASS and not telling:
        why = "The provider had sent its whole answer before the client left, so there was nothing to stop."
        return undecided(check, observations, why, "Prove it with a slower model, or longer answers.")
    return result


def _late_ns(left: Observation, upstream: Transcript) -> int:
    """From the last event that the client had, on both sides, to the end on that side: by how much they differ."""
    got = timed_events(left.transcript.body)
    given = [one for one in timed_events(upstream.body) if got and one.data == got[-1].data]
    if not given:
        return 0
    return (upstream.times.ended_ns - given[0].at_ns) - (left.transcript.times.ended_ns - got[-1].at_ns)


def _row_troubles(left: Observation) -> Iterator[Trouble]:
    rows = rows_of_left(left)
    if rows is None:
        yield gateways_fault(left, "the exchange that was left has no rows of its own", excerpt="")
        return
    exchange, attempt = rows
    if text_in(exchange, "outcome") != CANCELLED:
        yield gateways_fault(left, f"its row says {text_in(exchange, 'outcome')!r}, not 'cancelled'", excerpt="")
    if not is_labelled(attempt):
        yield gateways_fault(left, "its row does not say where its usage comes from", excerpt="")
    if count_in(attempt, "cost_nanousd") == 0:
        yield gateways_fault(left, "its row says that an answer that had begun cost nothing", excerpt="")


CHECK = Check(
    id="S10",
    title="cancel",
    proves="leaving stops the spending",
    severity=Severity.B,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="provider let go", value=1_000, unit="ms"),),
    needs_rows=True,
    needs_tap=True,
)
