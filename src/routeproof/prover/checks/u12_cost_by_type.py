"""U12: what a request of each type costs on this route, so that routes can be compared.

Types are a short chat, one with tools, one with JSON, a long prompt, and a long prompt that is found in the cache.
Each has a median in nanodollars with an interval from order statistics, by the price in force when the plan was made:
one price for all, because costs are to be compared, and hours differ. A request whose cost can't be worked out from
its usage and the planned facts fails the check; so does a cached prompt that is no cheaper than a new one. Without a
price, or without a hit where a cache is not declared absent, there is nothing to conclude.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.long_prefix import LONG_PREFIX, WARM, long_prefix_case
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.declared import is_absent
from routeproof.prover.judges.bill import bill_nanousd
from routeproof.prover.judges.rulings import Trouble, conclude, gather, undecided
from routeproof.prover.judges.usage_counts import counts_of, reported_usage
from routeproof.prover.packs import LATER
from routeproof.prover.prices import PriceInForce, price_at_start
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import CONFIDENCE_PPM, PPM, quantile

SAMPLES: Final = 6
"""The fewest whose extremes bound the median with 95 %: 1 - 2 / 2^6 is 96.9 %."""
CHAT, TOOLS, JSON, LONG, CACHED = "chat", "tools", "json", "long", "cached"
_OWN: Final = {"plain": CHAT, "cost-tools": TOOLS, "cost-json": JSON}
_PRICE_NEXT: Final = "State the route's price in a facts file under server.facts, then plan again."
_CACHE_NEXT: Final = "Declare facet.cache = false if the route has no cache, then run again."
_TOOL: Final[Mapping[str, object]] = {
    "type": "function",
    "function": {
        "name": "water_level",
        "description": "The water level of a river at a place, in centimetres.",
        "parameters": {
            "type": "object",
            "properties": {"river": {"type": "string"}, "place": {"type": "string"}},
            "required": ["river", "place"],
        },
    },
}


def cases(setup: Setup) -> Sequence[Case]:
    """One for each type that the route does not declare absent."""
    found = [plain_case(setup, "U12", repeats=SAMPLES)]
    if not is_absent(setup.declared, "facet.tools"):
        asked = user("How high is the water of the river @@nonce@@ at its mouth?")
        found.append(case(setup, "cost-tools", "U12", chat(setup, [asked], tools=[_TOOL]), repeats=SAMPLES))
    if not is_absent(setup.declared, "facet.json"):
        asked = user("Answer as a JSON object with one member, river: the name @@nonce@@.")
        format_ = {"type": "json_object"}
        body = chat(setup, [asked], response_format=format_, **thinking_off(setup.dialect))
        found.append(case(setup, "cost-json", "U12", body, repeats=SAMPLES))
    found.append(long_prefix_case(setup, "U12", repeats=SAMPLES))
    return tuple(found)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """A median for every type."""
    seen = gather(plan, observations)
    price = price_at_start(plan)
    costs: dict[str, list[int]] = {}
    if price is None and seen.trials and not seen.troubles:
        why = "What requests cost can't be said: the plan has no price in dollars."
        return undecided(check, observations, why, _PRICE_NEXT, cause=Cause.PRICE)
    last: dict[str, Observation] = {}
    for trial in seen.trials:
        for step in trial.steps:
            priced = _priced(plan, price, step)
            if isinstance(priced, Trouble):
                seen.troubles.append(priced)
                continue
            costs.setdefault(priced[0], []).append(priced[1])
            last[priced[0]] = step
    figures = tuple(_figures(costs))
    if CACHED in costs and LONG in costs and _median(costs[CACHED]) >= _median(costs[LONG]):
        words = "a prompt from the cache costs no less than a new one of its length"
        seen.troubles.append(_trouble(last[CACHED], words))
    held = "Every type of request has a known cost."
    result = conclude(check, observations, seen, held=held, figures=figures)
    if result.verdict is Verdict.PASS and CACHED not in costs and not is_absent(plan.declared, "facet.cache"):
        why = "No request was found in a cache, so what such a one costs is not known."
        return undecided(check, observations, why, _CACHE_NEXT, figures=figures)
    return refers_to(result, observations)


def _priced(plan: Plan, price: PriceInForce | None, step: Observation) -> tuple[str, int] | Trouble:
    """Type and cost of a request, or why it has none."""
    usage = counts_of(reported_usage(plan, step))
    if usage is None:
        return _trouble(step, "the answer has no usage that adds up, so it has no cost")
    cost = None
    if price is not None:
        cost = bill_nanousd(price.facts, usage, thinking=usage.reasoning_tokens > 0)
    if cost is None:
        return _trouble(step, "no fact states a price that this usage needs")
    if step.case != LONG_PREFIX:
        return _OWN[step.case], cost
    return CACHED if step.step in WARM and usage.cache_hit_tokens else LONG, cost


def _figures(costs: Mapping[str, Sequence[int]]) -> Iterator[Figure]:
    for kind, samples in costs.items():
        found = quantile(samples, PPM // 2)
        yield Figure(
            name=f"cost {kind} p50",
            value=_median(samples),
            unit="nanousd",
            samples=len(samples),
            lower=found.lower,
            upper=found.upper,
            confidence_ppm=CONFIDENCE_PPM,
        )


def _median(samples: Sequence[int]) -> int:
    """The lower one of an even number, as `quantile` has it."""
    return sorted(samples)[(len(samples) - 1) // 2]


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PRICE, next_step=_PRICE_NEXT)


CHECK = Check(
    id="U12",
    title="cost-by-type",
    proves="comparable cost",
    severity=Severity.W,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
)
