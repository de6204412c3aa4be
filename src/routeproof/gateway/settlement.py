"""From what an attempt showed to its row: usage, price, cost, and the exchange's sum."""

from typing import Final

from routeproof.errors import FAILURE_CLASSES, Fault, UpstreamKind
from routeproof.gateway.attempt import Attempt
from routeproof.gateway.routes import Route
from routeproof.ledger.entries import AttemptRow, Outcome
from routeproof.usage import Provenance

_REPORTED: Final = Provenance.REPORTED.value
_UNKNOWN: Final = Provenance.UNKNOWN.value

# Before a request is sent there is nothing to bill.
_NOT_SENT: Final = frozenset((UpstreamKind.CONNECT_FAILED, UpstreamKind.CONNECT_TIMEOUT, UpstreamKind.EGRESS_DENIED))


class Bill:
    """What one attempt used and cost, as far as that is known; None is unknown, never zero."""

    __slots__ = (
        "cache_hit_tokens",
        "cache_write_tokens",
        "cost_nanousd",
        "cost_note",
        "explicit_cache",
        "facts_digest",
        "input_tokens",
        "output_tokens",
        "provenance",
        "reasoning_tokens",
        "thinking",
    )

    def __init__(self) -> None:
        self.thinking = False
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.cache_hit_tokens: int | None = None
        self.cache_write_tokens: int | None = None
        self.reasoning_tokens: int | None = None
        self.explicit_cache = False
        self.provenance = _UNKNOWN
        self.cost_nanousd: int | None = None
        self.cost_note: str | None = None
        self.facts_digest: str | None = None


def bill_of(attempt: Attempt, *, sent: bool, started_ns: int, ended_ns: int) -> Bill:
    """The bill of an attempt that is over, from the provider's usage object or from the lack of one.

    Nothing was sent: zero. An error status without a usage: zero, since neither family bills those; the note says on
    what assumption. Anything else without a usage that can be trusted: unknown.
    """
    bill = Bill()
    raw = attempt.usage_raw
    if raw is not None:
        _price(attempt, bill, raw, started_ns, ended_ns)
    elif not sent:
        bill.cost_nanousd, bill.cost_note = 0, "not_sent"
    elif attempt.status is not None and attempt.status >= 400:
        bill.cost_nanousd, bill.cost_note = 0, "error_not_billed"
    else:
        bill.cost_note = "usage_missing"
    return bill


def _price(attempt: Attempt, bill: Bill, raw: bytes, started_ns: int, ended_ns: int) -> None:
    """By the model that answered, at the price in force when the exchange began."""
    route = attempt.route
    reading = route.dialect.read_usage(raw)
    usage = reading.usage
    if usage is None:
        bill.cost_note = f"usage_{reading.anomaly}"
        return
    bill.input_tokens = usage.input_tokens
    bill.output_tokens = usage.output_tokens
    bill.cache_hit_tokens = usage.cache_hit_tokens
    bill.cache_write_tokens = usage.cache_write_tokens
    bill.reasoning_tokens = reasoning = usage.reasoning_tokens
    bill.explicit_cache = usage.explicit_cache
    bill.provenance = _REPORTED
    bill.thinking = thinking = attempt.thinking or reasoning > 0
    tariff = route.tariff(attempt.model or route.model, started_ns)
    if tariff is None:
        bill.cost_note = "no_price_facts" if route.family is None else "no_price_in_force"
        return
    bill.facts_digest = tariff.digest
    cost = bill.cost_nanousd = tariff.cost_nanousd(usage, thinking)
    if cost is None:
        bill.cost_note = "price_incomplete"
    elif ended_ns < tariff.plain_until_ns:
        bill.cost_note = tariff.note
    else:
        bill.cost_note = tariff.note_of(started_ns, ended_ns)


def was_sent(kind: UpstreamKind) -> bool:
    """Whether a request had gone out when this failure came."""
    return kind not in _NOT_SENT


def failure_outcome(kind: UpstreamKind) -> str:
    """How an exchange ended that this failure ended."""
    client_fault = FAILURE_CLASSES[kind].fault is Fault.CLIENT
    return (Outcome.CLIENT_ERROR if client_fault else Outcome.UPSTREAM_ERROR).value


def total_cost(attempts: list[AttemptRow]) -> int | None:
    """Sum over the attempts; unknown as soon as one of them is."""
    if len(attempts) == 1:
        return attempts[0].cost_nanousd
    total = 0
    for attempt in attempts:
        if attempt.cost_nanousd is None:
            return None
        total += attempt.cost_nanousd
    return total


def cost_bound(
    attempts: list[AttemptRow],
    routes: list[Route],
    *,
    request_bytes: int,
    max_output_tokens: int | None,
    started_ns: int,
) -> int | None:
    """The most that the attempts can have cost: known costs as they are, unknown ones at their worst."""
    total = 0
    for row, route in zip(attempts, routes, strict=True):
        if row.cost_nanousd is not None:
            total += row.cost_nanousd
            continue
        model = row.model_answered or route.model  # another model than asked for may be dearer, or of unknown price
        bound = route_bound(route, model, request_bytes, max_output_tokens, started_ns)
        if bound is None:
            return None
        total += bound
    return total


def route_bound(
    route: Route, model: str, request_bytes: int, max_output_tokens: int | None, started_ns: int
) -> int | None:
    """The most that one attempt can cost; None where the model's price or the output's limit is not known.

    A token is at least one byte of the request, so the request's size bounds its input tokens.
    """
    tariff = route.tariff(model, started_ns)
    if tariff is None or max_output_tokens is None:
        return None
    return tariff.cost_bound_nanousd(request_bytes, max_output_tokens)
