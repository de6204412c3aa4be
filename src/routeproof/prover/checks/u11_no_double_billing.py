"""U11: every request to a provider has its row, and nothing is asked again once its answer has begun to arrive."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.observations import Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.rows import attempt_rows, count_in, exchange_rows, text_in
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.stream_times import timed_events
from routeproof.prover.judges.tapped import gateways_fault, rule_tapped
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_NOTHING_SENT = "model_retired"
"""The code of an attempt that the gateway refused by itself: it has a row, and nothing was sent."""


def cases(setup: Setup) -> Sequence[Case]:
    """Plain and streamed answers."""
    return (plain_case(setup, "U11"), stream_case(setup, "U11"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The tap's attempts against the ledger's."""
    held = "Every request to the provider has its row, and none was asked again after its first byte."
    return rule_tapped(plan, check, observations, _look, held=held)


def _look(seen: Observation, _upstream: Transcript) -> Iterator[Trouble]:
    exchanges = exchange_rows(seen)
    sent = [row for row in attempt_rows(seen) if text_in(row, "error_code") != _NOTHING_SENT]
    if len(exchanges) != 1:
        yield gateways_fault(seen, f"it has {len(exchanges)} exchange rows where there must be one", excerpt="")
    elif len(sent) != len(seen.tap):
        yield gateways_fault(seen, f"{len(seen.tap)} requests went upstream, {len(sent)} have a row", excerpt="")
    elif count_in(exchanges[0], "attempts") != len(attempt_rows(seen)):
        yield gateways_fault(seen, "the exchange's row counts other attempts than there are", excerpt="")
    got = {event.data for event in timed_events(seen.transcript.body)}
    for earlier in seen.tap[:-1]:
        if any(event.data in got for event in timed_events(earlier.body)):
            yield gateways_fault(seen, "it was asked again after the first answer had begun to arrive")


CHECK = Check(
    id="U11",
    title="no-double-billing",
    proves="retries are visible",
    severity=Severity.B,
    method=Method.LED,
    packs=FIRST,
    cases=cases,
    judge=judge,
    needs_rows=True,
    needs_tap=True,
)
