"""From what an attempt showed to its row: usage, price, cost, and the exchange's sum."""

from routeproof.errors import FAILURE_CLASSES, Fault, UpstreamKind
from routeproof.gateway.attempt import Attempt
from routeproof.gateway.routes import Route
from routeproof.ledger.entries import AttemptRow, Outcome
from routeproof.usage import Provenance, Usage

_REPORTED = Provenance.REPORTED.value

# Before a request is sent there is nothing to bill.
_NOT_SENT = frozenset((UpstreamKind.CONNECT_FAILED, UpstreamKind.CONNECT_TIMEOUT, UpstreamKind.EGRESS_DENIED))


def settle_usage(attempt: Attempt, row: AttemptRow, *, started_ns: int, ended_ns: int, rejected: bool) -> None:
    """Fill the row from the provider's usage object, or say why its cost is unknown.

    `rejected`: the provider answered with an error status; neither family bills those, so without a usage of its own
    the cost is zero and the note says on what assumption.
    """
    raw = attempt.usage_raw
    if raw is None:
        if rejected:
            row.cost_nanousd = 0
            row.cost_note = "error_not_billed"
        else:
            row.cost_note = "usage_missing"
        return
    reading = attempt.route.dialect.read_usage(raw)
    usage = reading.usage
    if usage is None:
        row.cost_note = f"usage_{reading.anomaly}"
        return
    row.input_tokens = usage.input_tokens
    row.output_tokens = usage.output_tokens
    row.cache_hit_tokens = usage.cache_hit_tokens
    row.cache_write_tokens = usage.cache_write_tokens
    row.reasoning_tokens = usage.reasoning_tokens
    row.explicit_cache = int(usage.explicit_cache)
    row.provenance = _REPORTED
    thinking = attempt.thinking or usage.reasoning_tokens > 0
    row.thinking = int(thinking)
    price_usage(attempt.route, row, usage, started_ns=started_ns, ended_ns=ended_ns, thinking=thinking)
    if reading.anomaly is not None:
        row.cost_note = f"usage_{reading.anomaly}"


def price_usage(route: Route, row: AttemptRow, usage: Usage, *, started_ns: int, ended_ns: int, thinking: bool) -> None:
    """Fill the row's cost: by the model that answered, at the price in force when the exchange began."""
    tariff = route.tariff(row.model_answered or route.model, started_ns)
    if tariff is None:
        row.cost_note = "no_price_facts" if route.family is None else "no_price_in_force"
        return
    row.facts_digest = tariff.digest
    row.cost_nanousd = tariff.cost_nanousd(usage, thinking)
    if row.cost_nanousd is None:
        row.cost_note = "price_incomplete"
    elif ended_ns >= tariff.valid_until_ns:
        row.cost_note = "straddles_window"
    elif tariff.flags:
        row.cost_note = tariff.flags[0]


def cost_of_failure(row: AttemptRow, kind: UpstreamKind) -> None:
    """The cost of an attempt that gave no priced answer: zero if nothing was sent, else unknown."""
    if row.cost_note is not None or row.cost_nanousd is not None:
        return
    if kind in _NOT_SENT:
        row.cost_nanousd = 0
        row.cost_note = "not_sent"
    else:
        row.cost_note = "usage_missing"


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
