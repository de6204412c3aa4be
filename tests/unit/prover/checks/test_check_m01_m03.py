"""M01 and M03 on streams whose times and endings are written by hand."""

from collections.abc import Callable

import pytest
from tests.support.hand_made_runs import completion, judged, keys_of, observed, plan_of, usage

from routeproof.clock import NS_PER_S
from routeproof.evidence.observations import Arm, Ending, LedgerRow, Observation, ObservationKey, Read
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.m01_latency import STREAMS
from routeproof.prover.checks.m03_availability import TRIALS

MS = NS_PER_S // 1_000
HEAD = (
    b'data: {"id":"s","object":"chat.completion.chunk","created":1,"model":"deepseek-flash","system_fingerprint":"f",'
    b'"choices":[{"index":0,"delta":'
)
ROLE = HEAD + b'{"role":"assistant","content":""},"finish_reason":null}],"usage":null}\n\n'
DELTA = HEAD + b'{"content":"sun "},"finish_reason":null}],"usage":null}\n\n'
END = (
    HEAD + b'{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,'
    b'"total_tokens":5}}\n\ndata: [DONE]\n\n'
)


def streamed(
    plan: Plan, key: ObservationKey, first_ms: int, gap_ms: int = 10, total_ms: int | None = None
) -> Observation:
    """A keep-alive and a role at once, two deltas at these times, and the end."""
    first, second = first_ms * MS, (first_ms + gap_ms) * MS
    ended = second if total_ms is None else total_ms * MS
    reads = [Read(MS, b": keep-alive\n\n" + ROLE), Read(first, DELTA), Read(second, DELTA), Read(ended, END)]
    return observed(plan, key, reads=reads, content_type="text/event-stream", ended_ns=ended)


def timed(make: Callable[[Plan, ObservationKey], Observation]) -> CheckResult:
    """M01 on streams of which each is made so."""
    plan = plan_of("M01")
    return judged(plan, "M01", [make(plan, key) for key in keys_of(plan)])


def test_the_first_delta_is_the_first_with_something_in_it() -> None:
    """Neither a comment nor a role ends the wait."""
    result = timed(lambda plan, key: streamed(plan, key, 200 + key.trial))
    figures = {figure.name: figure for figure in result.figures}

    assert result.verdict is Verdict.PASS
    assert figures["first-delta p50"].value == 237_000
    assert (figures["first-delta p95"].samples, figures["first-delta p95"].upper) == (STREAMS, 273_000)
    assert figures["longest-gap p50"].value == 10_000
    assert figures["gap p95"].lower is None


@pytest.mark.parametrize(
    ("first_ms", "gap_ms", "total_ms", "words"),
    [
        (6_000, 10, None, "first-delta p50 is 6000.0 ms, its limit is 5000 ms"),
        (10, 3_000, None, "longest-gap p50 is 3000.0 ms"),
        (10, 10, 40_000, "total p50 is 40000.0 ms"),
    ],
)
def test_a_slow_route_fails(first_ms: int, gap_ms: int, total_ms: int | None, words: str) -> None:
    """By each of the three numbers."""
    result = timed(lambda plan, key: streamed(plan, key, first_ms, gap_ms, total_ms))

    assert result.verdict is Verdict.FAIL
    assert result.summary.endswith(words) or any(failure.startswith(words) for failure in result.failures)


def test_a_few_slow_streams_fail_the_p95_alone() -> None:
    """One in five."""
    result = timed(lambda plan, key: streamed(plan, key, 25_000 if key.trial % 5 == 0 else 100))

    assert result.verdict is Verdict.FAIL
    assert [failure.partition(" is")[0] for failure in result.failures] == ["first-delta p95"]


def test_streams_that_broke_off_count_as_the_slowest() -> None:
    """So few of them that the p95 may still be good are no pass."""

    def make(plan: Plan, key: ObservationKey) -> Observation:
        if key.trial > 2:
            return streamed(plan, key, 100)
        reads = [Read(MS, ROLE)]
        return observed(plan, key, reads=reads, content_type="text/event-stream", ending=Ending.TRUNCATED)

    result = timed(make)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert "first-delta p95" in result.summary


def available(
    make: Callable[[Plan, ObservationKey], Observation], arms: tuple[Arm, ...] = (Arm.DIRECT,)
) -> CheckResult:
    """M03 on requests of which each ends so."""
    plan = plan_of("M03", arms=arms)
    return judged(plan, "M03", [make(plan, key) for key in keys_of(plan)])


def answered(plan: Plan, key: ObservationKey, attempts: int = 1) -> Observation:
    """Whole and well."""
    row = LedgerRow(table="exchange", columns={"attempts": attempts})
    if key.case == "stream":
        reads = [Read(MS, ROLE + DELTA + END)]
        return observed(plan, key, reads=reads, content_type="text/event-stream", ledger=(row,))
    return observed(plan, key, completion(usage()), ledger=(row,))


def test_every_planned_request_is_in_the_denominator() -> None:
    """Those that were never sent, too: they leave the rate open."""

    def make(plan: Plan, key: ObservationKey) -> Observation:
        if key.case == "stream" and key.trial > 40:
            return observed(plan, key, status=None, ending=Ending.NOT_SENT)
        return answered(plan, key)

    result = available(make)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert (result.rates[0].passed, result.rates[0].failed, result.rates[0].planned) == (43, 0, TRIALS + 3)


def test_a_second_attempt_is_no_first_one() -> None:
    """What the gateway saved is shown apart."""
    result = available(lambda plan, key: answered(plan, key, attempts=1 + (key.trial % 2)), (Arm.GATEWAY,))

    assert result.verdict is Verdict.FAIL
    assert "answered at attempt 2" in result.failures
    assert [(rate.name, rate.failed > 0) for rate in result.rates] == [
        ("first attempts", True),
        ("answered in the end", False),
    ]


def test_a_wrong_key_is_not_the_routes_fault() -> None:
    """Nothing was measured, so it is an error with its remedy."""
    result = available(lambda plan, key: observed(plan, key, b'{"error":{"message":"no"}}', status=401))

    assert (result.verdict, result.cause) == (Verdict.ERROR, Cause.KEY)
