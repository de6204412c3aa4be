"""X02: what the client gets is what the provider sent, after the declared changes: nothing lost, added or rewritten."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from routeproof.evidence.observations import Body, Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.checks.x01_request_fidelity import cases as fidelity_cases
from routeproof.prover.judges.answers import sent_body, was_streamed
from routeproof.prover.judges.declared_changes import is_unasked_usage
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.stream_times import TimedEvent, timed_events
from routeproof.prover.judges.tapped import gateways_fault, rule_tapped
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup


def cases(setup: Setup) -> Sequence[Case]:
    """Plain and streamed answers, with usage and without."""
    fidelity = [_for_x02(one) for one in fidelity_cases(setup)]
    return (plain_case(setup, "X02"), stream_case(setup, "X02"), *fidelity)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """By digest, and where it differs by event."""
    held = "Every answer reached the client byte for byte, but for usage chunks that it had not asked for."
    return rule_tapped(plan, check, observations, _look, held=held)


def _look(seen: Observation, upstream: Transcript) -> Iterator[Trouble]:
    received, given = seen.transcript.body, upstream.body
    if received.sha256 == given.sha256:
        return
    if not was_streamed(seen):
        offset = _first_difference(given.data, received.data)
        yield gateways_fault(seen, f"the answer differs from the provider's from byte {offset} on", offset=offset)
        return
    expected = [one for one in timed_events(given) if _wants_usage(seen) or not is_unasked_usage(one.data)]
    yield from _event_differences(seen, expected, timed_events(received), received)


def _event_differences(
    seen: Observation, expected: Sequence[TimedEvent], got: Sequence[TimedEvent], received: Body
) -> Iterator[Trouble]:
    first = next((pair for pair in zip_longest(expected, got) if _data(pair[0]) != _data(pair[1])), None)
    if first is None:
        return  # comments alone differ: keep-alives, which either side may add
    lost = Counter(one.data for one in expected) - Counter(one.data for one in got)
    added = Counter(one.data for one in got) - Counter(one.data for one in expected)
    offset = 0 if first[1] is None else first[1].offset
    if lost and added:
        words = f"{lost.total()} events of the provider's were rewritten"
    elif lost:
        words = f"{lost.total()} events of the provider's were lost"
    elif added:
        words = f"{added.total()} events were added that the provider never sent"
    else:
        words = "events came in another order than the provider sent them in"
    shown = next(iter(lost or added), _data(first[0]) or b"").decode("utf-8", "backslashreplace")
    yield gateways_fault(seen, words, offset=min(offset, received.size), excerpt=shown[:240])


def _data(event: TimedEvent | None) -> bytes | None:
    return None if event is None else event.data


def _wants_usage(seen: Observation) -> bool:
    options = sent_body(seen).get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _for_x02(case: Case) -> Case:
    return Case(id=case.id, checks=("X02",), steps=case.steps, repeats=case.repeats, arms=case.arms)


CHECK = Check(
    id="X02",
    title="response-fidelity",
    proves="nothing is altered on the way back",
    severity=Severity.B,
    method=Method.TAP,
    packs=FIRST,
    cases=cases,
    judge=judge,
    needs_tap=True,
)
