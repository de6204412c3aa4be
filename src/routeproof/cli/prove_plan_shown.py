"""Shows a plan before anything is sent: cases, requests, tokens, money, thresholds."""

from collections.abc import Callable, Iterator
from typing import Final

from routeproof.evidence.plan import Plan
from routeproof.operations.proving.summary import planned_requests
from routeproof.operations.reports.words import money_words

Say = Callable[[str], None]
_WAYS: Final = {
    "direct": "straight to the provider",
    "gateway": "through the gateway",
    "both": "straight to the provider and through the gateway",
}


def show_plan(plan: Plan, say: Say) -> None:
    """Everything that somebody agrees to by saying yes."""
    for line in _lines(plan):
        say(line)


def _lines(plan: Plan) -> Iterator[str]:
    ceilings = plan.ceilings
    yield f"Plan {plan.digest[:12]}: {plan.route.name}, {plan.pack} pack, {_WAYS[plan.via]}"
    yield f"  address     {plan.route.base_url} ({plan.route.dialect} dialect)"
    yield f"  checks      {len(plan.checks)}: {', '.join(check.id for check in plan.checks)}"
    yield f"  requests    {planned_requests(plan):,} in {len(plan.cases)} cases, at most {ceilings.requests:,}"
    yield f"  tokens      at most {ceilings.input_tokens:,} of input, {ceilings.output_tokens:,} of output"
    if ceilings.money_nanousd is None:
        yield f"  money       unknown: {ceilings.money_unknown}; unknown is not zero"
    else:
        yield f"  money       at most {money_words(ceilings.money_nanousd)}, in the worst case of every request"
    yield f"  seed        {plan.seed}"
    thresholds = [
        f"{check.id} {one.name} {_amount(one.value, one.unit)}" for check in plan.checks for one in check.thresholds
    ]
    if thresholds:
        yield f"  thresholds  {'; '.join(thresholds)}"


def _amount(value: int, unit: str) -> str:
    return f"{value / 10_000:g} %" if unit == "ppm" else f"{value:,} {unit}"
