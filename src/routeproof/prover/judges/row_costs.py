"""Whether the rows of one exchange are what the answer and the planned prices make them: to the last digit."""

from collections.abc import Iterator

from routeproof.evidence.observations import LedgerRow, Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.judges.bill import bill_nanousd
from routeproof.prover.judges.rows import attempt_rows, count_in, exchange_rows, flag_in, text_in
from routeproof.prover.judges.usage_counts import counts_of, reported_usage
from routeproof.prover.prices import PriceList
from routeproof.usage import Usage

_COUNTS = ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens")


def row_faults(plan: Plan, prices: PriceList, observation: Observation) -> Iterator[str]:
    """Everything that is wrong with the rows of an answered request, in plain words."""
    exchanges, attempts = exchange_rows(observation), attempt_rows(observation)
    if len(exchanges) != 1:
        yield f"{len(exchanges)} exchange rows where there must be one"
        return
    (exchange,) = exchanges
    yield from _orphans(exchange, attempts)
    started_ns = count_in(exchange, "started_ns")
    if started_ns is None or not attempts:
        yield "the rows have no start or no attempt, so nothing can be priced"
        return
    yield from _usage_faults(plan, observation, attempts[-1])
    for attempt in attempts:
        yield from _cost_faults(prices, attempt, started_ns)
    costs = [count_in(attempt, "cost_nanousd") for attempt in attempts]
    total = None if None in costs else sum(cost for cost in costs if cost is not None)
    if count_in(exchange, "cost_nanousd") != total:
        yield f"the exchange costs {_shown(count_in(exchange, 'cost_nanousd'))} and its attempts {_shown(total)}"


def row_usage(row: LedgerRow) -> Usage | None:
    """The counts of an attempt's row; None where they are not known."""
    counts = {name: count_in(row, name) for name in _COUNTS}
    known = {name: count for name, count in counts.items() if count is not None}
    if len(known) < len(counts):
        return None
    return Usage(**known, explicit_cache=flag_in(row, "explicit_cache"))


def _orphans(exchange: LedgerRow, attempts: tuple[LedgerRow, ...]) -> Iterator[str]:
    if count_in(exchange, "attempts") != len(attempts):
        yield f"the exchange says {count_in(exchange, 'attempts')} attempts, there are rows of {len(attempts)}"
    if any(row.columns.get("exchange_id") != exchange.columns.get("id") for row in attempts):
        yield "an attempt's row belongs to another exchange"


def _usage_faults(plan: Plan, observation: Observation, attempt: LedgerRow) -> Iterator[str]:
    """The row of the attempt that answered says what the client's own copy of the answer says."""
    told, kept = counts_of(reported_usage(plan, observation)), row_usage(attempt)
    if told is None:
        yield "the answer has no usage that adds up, so its row can't be borne out"
    elif kept != told:
        yield f"the row counts {_counts(kept)}, the answer {_counts(told)}"


def _cost_faults(prices: PriceList, attempt: LedgerRow, started_ns: int) -> Iterator[str]:
    cost, usage = count_in(attempt, "cost_nanousd"), row_usage(attempt)
    if usage is None:
        if cost != 0:
            yield f"an attempt without usage costs {_shown(cost)} ({text_in(attempt, 'cost_note')})"
        return
    price = prices.at(started_ns)
    if price is None:
        yield "the plan has no price that was in force when the request began"
        return
    if text_in(attempt, "facts_digest") != price.digest:
        yield f"the row was priced by the facts {text_in(attempt, 'facts_digest')}, the plan has {price.digest}"
    thinking = flag_in(attempt, "thinking")
    if usage.reasoning_tokens and not thinking:
        yield f"{usage.reasoning_tokens} reasoning tokens in a row that says there was no thinking"
    expected = bill_nanousd(price.facts, usage, thinking=thinking)
    if cost is None or cost != expected:
        yield f"{_counts(usage)} cost {_shown(expected)} by the planned facts, the row says {_shown(cost)}"


def _counts(usage: Usage | None) -> str:
    if usage is None:
        return "nothing"
    return (
        f"{usage.input_tokens} in ({usage.cache_hit_tokens} hit, {usage.cache_write_tokens} written) "
        f"and {usage.output_tokens} out ({usage.reasoning_tokens} reasoning)"
    )


def _shown(cost: int | None) -> str:
    return "an unknown amount" if cost is None else f"{cost} nanodollars"
