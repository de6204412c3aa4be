"""S07: a stream streams: the gateway holds no event back, and joins no events.

An event's hold is how much later it reached the client than the gateway, each counted from when that side's request
was sent: two durations, so the two clocks need not agree. It holds the network between client and gateway too. Where
the provider itself sent everything within the limit, a gateway that waits for the end could not be told from one that
does not.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, conclude, undecided
from routeproof.prover.judges.stream_times import TimedEvent, timed_events
from routeproof.prover.judges.tap_times import quantile_of, since_sent_ns
from routeproof.prover.judges.tapped import gateways_fault, gather_tapped, on_gateway
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_NS_PER_MS: Final = 1_000_000
_NS_PER_US: Final = 1_000
_P99: Final = 990_000
_PPM: Final = 1_000_000
_PROMPT: Final = "Describe a walk along a river in about two hundred words. Begin with the word @@nonce@@."


def cases(setup: Setup) -> Sequence[Case]:
    """Streams that are long enough for waiting to show."""
    body = stream(setup, [user(_PROMPT)], **thinking_off(setup.dialect))
    return on_gateway([case(setup, "long-stream", "S07", body)])


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The hold of every event, and how many of the provider's events are left."""
    limit_ns = check.threshold("hold p99") * _NS_PER_MS
    seen = gather_tapped(plan, observations)
    holds: list[int] = []
    telling = False
    for trial in seen.trials:
        given, got = timed_events(trial.last.tap[-1].body), timed_events(trial.last.transcript.body)
        telling = telling or (bool(given) and given[-1].at_ns - given[0].at_ns > limit_ns)
        holds += _holds(trial.last, given, got)
        seen.troubles.extend(_lost(trial.last, len(given), len(got), check.threshold("events kept")))
    p99 = quantile_of(holds, _P99)
    if p99 is not None and p99 > limit_ns:
        words = f"1 % of the events were held back for {p99 / _NS_PER_MS:.0f} ms or longer"
        seen.troubles.append(gateways_fault(seen.trials[0].last, words))
    figures = [] if p99 is None else [Figure(name="hold p99", value=p99 // _NS_PER_US, unit="us", samples=len(holds))]
    held = "Events reached the client as they came: none was held back, none joined with another."
    result = conclude(check, observations, seen, held=held, figures=figures)
    if result.verdict is Verdict.PASS and not telling:
        why = "The provider sent its streams too fast for a gateway that waits to be told from one that does not."
        return undecided(check, observations, why, "Prove it with a slower model, or longer answers.", figures=figures)
    return result


def _holds(seen: Observation, given: Sequence[TimedEvent], got: Sequence[TimedEvent]) -> Iterator[int]:
    """Of the events that are on both sides, in their order; never less than none."""
    upstream = iter(given)
    for event in got:
        same = next((one for one in upstream if one.data == event.data), None)
        if same is None:
            return
        hold = since_sent_ns(seen.transcript, event.at_ns) - since_sent_ns(seen.tap[-1], same.at_ns)
        yield max(hold, 0)


def _lost(seen: Observation, given: int, got: int, kept_ppm: int) -> Iterator[Trouble]:
    if given and got * _PPM < given * kept_ppm:
        yield gateways_fault(
            seen, f"the provider sent {given} events, the client got {got}: events were joined or lost"
        )


CHECK = Check(
    id="S07",
    title="no-buffering",
    proves="it really streams",
    severity=Severity.M,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(
        Threshold(name="hold p99", value=100, unit="ms"),
        Threshold(name="events kept", value=900_000, unit="ppm"),
    ),
    needs_tap=True,
)
