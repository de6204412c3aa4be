"""What the observations of a run say in numbers: how long answers took, and what each kind of request cost."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from routeproof.catalog.comparing.workload import RequestType
from routeproof.clock import parse_instant
from routeproof.dialects.registry import dialect_named
from routeproof.errors import PinnedFactsError
from routeproof.evidence.observations import Arm, Ending, Observation, bodies_of
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.answers import sent_body, was_streamed
from routeproof.prover.judges.bill import bill_nanousd
from routeproof.prover.judges.latencies import latency_of
from routeproof.prover.judges.usage_counts import counts_of, reported_usage
from routeproof.prover.prices import PriceList
from routeproof.usage import Usage

MS_NS: Final = 1_000_000
LONG_INPUT_TOKENS: Final = 8_000
"""From here on a request counts as one with a long context."""


class Timing(NamedTuple):
    """How long one request took that was answered to its end, in nanoseconds from its beginning."""

    arm: Arm
    first_byte_ns: int
    first_delta_ns: int | None
    """To the first text, reasoning or call of a stream; None without a stream."""
    total_ns: int
    gaps_ns: tuple[int, ...]
    """Between one event with content and the next."""


class Charge(NamedTuple):
    """What one answered request cost by the planned prices."""

    type: RequestType
    usage: Usage
    cost_nanousd: int | None
    """None where no planned fact prices it."""


def timings_of(plan: Plan, observations: Iterable[Observation]) -> list[Timing]:
    """One for each request that was answered with status 200 to its end."""
    return [_timing(plan, one) for one in observations if _is_answered(one)]


def charges_of(plan: Plan, observations: Iterable[Observation], started: str) -> list[Charge]:
    """One for each answered request with a usage that can be read. `started` is the run's first instant."""
    try:
        prices = PriceList(plan.prices)
    except PinnedFactsError:
        prices = PriceList(())
    start_ns = parse_instant(started)
    return [charge for one in observations if _is_answered(one) for charge in _charge(plan, one, prices, start_ns)]


def _is_answered(observation: Observation) -> bool:
    transcript = observation.transcript
    return transcript.status == 200 and transcript.ending is Ending.COMPLETE and bool(transcript.body.size)


def _timing(plan: Plan, observation: Observation) -> Timing:
    times = observation.transcript.times
    first = times.ended_ns if times.first_byte_ns is None else times.first_byte_ns
    can_look = all(body.kept for body in bodies_of(observation)) and was_streamed(observation)
    stream = latency_of(plan, observation) if can_look else None
    return Timing(
        arm=observation.arm,
        first_byte_ns=first - times.begun_ns,
        first_delta_ns=None if stream is None else stream.first_ns,
        total_ns=times.ended_ns - times.begun_ns,
        gaps_ns=() if stream is None else stream.gaps_ns,
    )


def _charge(plan: Plan, observation: Observation, prices: PriceList, start_ns: int) -> Iterator[Charge]:
    if not all(body.kept for body in bodies_of(observation)) or "messages" not in sent_body(observation):
        return
    usage = counts_of(reported_usage(plan, observation))
    if usage is None:
        return
    fields = msgspec.json.decode(observation.transcript.request.body.data, type=dict[str, msgspec.Raw])
    thinking = dialect_named(plan.route.dialect).thinking(fields, plan.route.model)
    price = prices.at(start_ns + observation.transcript.times.begun_ns)
    cost = None if price is None else bill_nanousd(price.facts, usage, thinking=thinking)
    yield Charge(_type_of(observation, usage, thinking=thinking), usage, cost)


def _type_of(observation: Observation, usage: Usage, *, thinking: bool) -> RequestType:
    body = sent_body(observation)
    if usage.cache_hit_tokens:
        return RequestType.CACHED
    if usage.input_tokens >= LONG_INPUT_TOKENS:
        return RequestType.LONG_CONTEXT
    if body.get("tools"):
        return RequestType.TOOLS
    if body.get("response_format"):
        return RequestType.JSON
    return RequestType.THINKING if thinking else RequestType.PLAIN


def percentile(samples: Sequence[int], percent: int) -> int:
    """The smallest sample that at least so many percent of them (1 or more samples) do not exceed."""
    ordered = sorted(samples)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]
