"""What requests cost: by their type as measured, and by the length of their context as the prices have it."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.catalog.comparing.workload import RequestType
from routeproof.catalog.kinds import PriceFact
from routeproof.catalog.price_kinds import Hours, PriceTier
from routeproof.evidence.plan import Plan
from routeproof.money import NANO_PER_UNIT, format_nanousd, round_half_even_div
from routeproof.operations.reports.charts import Bar, Series, bars, steps
from routeproof.operations.reports.model import Align, Block, Picture, Table, Text
from routeproof.operations.reports.samples import Charge, percentile
from routeproof.prover.prices import price_at_start

_NAMES: Final = {
    RequestType.PLAIN: "plain chat",
    RequestType.TOOLS: "with tools",
    RequestType.JSON: "JSON output",
    RequestType.LONG_CONTEXT: "long context",
    RequestType.CACHED: "from the cache",
    RequestType.THINKING: "thinking",
}
_PARTS: Final = (
    ("input", "input_nano"),
    ("output", "output_nano"),
    ("output, thinking", "output_thinking_nano"),
    ("input from the cache", "cache_hit_nano"),
)
_HOURS: Final = {Hours.ANY: "at any hour", Hours.PEAK: "in peak hours", Hours.OFF_PEAK: "outside peak hours"}
_OPEN_END: Final = 131_072
"""How far the picture goes where no tier ends, in tokens."""


def cost_blocks(plan: Plan, charges: Sequence[Charge]) -> Iterator[Block]:
    """The pictures, or sentences why there are none."""
    priced = [(one.type, one.cost_nanousd) for one in charges if one.cost_nanousd is not None]
    if priced:
        yield _by_type(priced)
    elif charges:
        yield Text("The plan has no price for this route, so what its requests cost is unknown. Unknown is not zero.")
    else:
        yield Text("No answer of this run has a usage that can be read, so nothing can be priced.")
    price = price_at_start(plan)
    facts = [fact for fact in (price.facts if price else ()) if isinstance(fact, PriceFact)]
    if facts:
        yield _by_context(facts[0])
    else:
        yield Text("No price in US dollars was in force for this route when the run was planned.")


def typical_costs(charges: Sequence[Charge]) -> list[str]:
    """One phrase for each type of request."""
    priced = [(one.type, one.cost_nanousd) for one in charges if one.cost_nanousd is not None]
    return [f"{_NAMES[kind]} {format_nanousd(percentile(costs, 50))} USD" for kind, costs in _grouped(priced).items()]


def _by_type(priced: Sequence[tuple[RequestType, int]]) -> Picture:
    title = "What one request cost, by type"
    groups = _grouped(priced)
    rows, drawn = [], []
    for kind, costs in groups.items():
        mean, middle = round_half_even_div(sum(costs), len(costs)), percentile(costs, 50)
        shown = format_nanousd(mean)
        drawn.append(Bar(_NAMES[kind], mean, f"{shown} USD"))
        span = (format_nanousd(min(costs)), format_nanousd(max(costs)))
        rows.append((_NAMES[kind], str(len(costs)), shown, format_nanousd(middle), *span))
    words = "The mean of this run's answers, from their usage and the planned prices: "
    words += ", ".join(f"{bar.label} {bar.shown}" for bar in drawn) + "."
    columns: tuple[tuple[str, Align], ...] = (
        ("type", "left"),
        ("answers", "right"),
        ("mean, USD", "right"),
        ("median, USD", "right"),
        ("least, USD", "right"),
        ("most, USD", "right"),
    )
    return Picture(title, words, bars("cost-by-type", title, words, drawn), Table(title, columns, tuple(rows)))


def _by_context(fact: PriceFact) -> Picture:
    title = "Price against the length of the context"
    tiers = fact.tiers
    parts = [(label, name) for label, name in _PARTS if any(getattr(tier, name) is not None for tier in tiers)]
    # A line that stopped in the middle would look like a price of zero; such prices stand in the table alone.
    drawn = [(label, name) for label, name in parts if all(getattr(tier, name) is not None for tier in tiers)]
    edges = [tier.input_tokens_max for tier in tiers if tier.input_tokens_max is not None]
    words = f"US dollars per 1,000,000 tokens, by the input tokens of the whole request ({_HOURS[fact.hours]}). "
    words += (
        f"The price changes above {', '.join(f'{edge:,}' for edge in edges[: len(tiers) - 1])} tokens."
        if len(tiers) > 1
        else "The price does not depend on the length."
    )
    markup = steps(
        "price-by-context",
        title,
        words,
        [Series(label, tuple(_corners(tiers, name))) for label, name in drawn],
        x_unit="input tokens",
        y_unit="USD per 1M tokens",
        x_end=max(edges, default=_OPEN_END),
    )
    columns: tuple[tuple[str, Align], ...] = (
        ("input tokens", "left"),
        *((f"{label}, USD", "right") for label, _ in parts),
    )
    rows = tuple(_tier_rows(tiers, [name for _, name in parts]))
    return Picture(title, words, markup, Table(title, columns, rows))


def _corners(tiers: Sequence[PriceTier], name: str) -> Iterator[tuple[float, float]]:
    start = 0
    for tier in tiers:
        yield start, getattr(tier, name) / NANO_PER_UNIT
        start = tier.input_tokens_max or start


def _tier_rows(tiers: Sequence[PriceTier], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for tier in tiers:
        reach = "any" if len(tiers) == 1 else "more"
        label = reach if tier.input_tokens_max is None else f"up to {tier.input_tokens_max:,}"
        amounts = (getattr(tier, name) for name in names)
        yield (label, *("not stated" if nano is None else format_nanousd(nano) for nano in amounts))


def _grouped(priced: Sequence[tuple[RequestType, int]]) -> dict[RequestType, list[int]]:
    found: dict[RequestType, list[int]] = {}
    for kind in RequestType:
        costs = [cost for one, cost in priced if one is kind]
        if costs:
            found[kind] = costs
    return found
