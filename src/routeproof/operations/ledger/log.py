"""Reads the ledger for people and their scripts: pages of exchanges with their attempts, and totals."""

from pathlib import Path

import msgspec

from routeproof.clock import format_instant
from routeproof.errors import OperatorError
from routeproof.ids import ExchangeId, format_exchange_id, parse_exchange_id
from routeproof.ledger.entries import AttemptRow, Entry, Outcome
from routeproof.money import format_nanousd
from routeproof.operations.prices.bills import BothBills
from routeproof.operations.prices.straddling import Straddling
from routeproof.store.data_dir import database_path
from routeproof.store.reading import PAGE_MAX, LedgerFilter, LedgerReader, LedgerTotals

__all__ = ["LedgerFilter", "LogAttempt", "LogExchange", "LogPage", "LogTotals", "read_log"]


class LogAttempt(msgspec.Struct, frozen=True):
    """One try of an exchange on one route. None is 'not known' or 'did not happen'."""

    ordinal: int
    route: str
    started_us: int | None
    """From the exchange's start, as are the other instants."""
    first_byte_us: int | None
    duration_us: int | None
    status: int | None
    outcome: str
    error_code: str | None
    model_answered: str | None
    upstream_request_id: str | None
    finish_reason: str | None
    thinking: bool
    input_tokens: int | None
    output_tokens: int | None
    cache_hit_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    explicit_cache: bool
    provenance: str
    usage_raw: str | None
    cost_nanousd: int | None
    cost_usd: str | None
    cost_note: str | None
    """One word, or several joined by commas."""
    facts_digest: str | None
    straddle: BothBills | None = None
    """Both prices where the price changed meanwhile, as far as today's facts tell."""


class LogExchange(msgspec.Struct, frozen=True):
    """One client request."""

    request_id: str
    """What the client saw as `x-request-id`."""
    started_at: str
    """RFC 3339, UTC."""
    duration_us: int | None
    first_byte_us: int | None
    key_id: str | None
    key_owner: str | None
    account: str | None
    model_asked: str | None
    rollback_model: str | None
    stream: bool
    status: int | None
    outcome: str
    error_code: str | None
    cost_nanousd: int | None
    cost_usd: str | None
    """An exact decimal."""
    cost_bound_nanousd: int | None
    request_bytes: int
    response_bytes: int | None
    attempts: list[LogAttempt]


class LogTotals(msgspec.Struct, frozen=True):
    """What everything that the filter lets through adds up to, on this page or not."""

    exchanges: int
    cost_nanousd: int
    """Of those whose cost is known."""
    cost_usd: str
    unknown_cost: int
    """How many have a cost that is not known."""
    cost_bound_nanousd: int
    """Upper bounds of those, where one is known."""


class LogPage(msgspec.Struct, frozen=True):
    """Exchanges, the newest first."""

    exchanges: list[LogExchange]
    next_cursor: str | None
    """Hand it in for the page after this one; None at the end."""
    totals: LogTotals


def read_log(
    data_dir: Path,
    filters: LedgerFilter,
    cursor: str | None = None,
    limit: int = 50,
    straddling: Straddling | None = None,
) -> LogPage:
    """One page of the ledger, with both prices of what straddles two, where somebody is given who knows them.

    Raises OperatorError, naming what is wrong with cursor, limit or outcome.
    """
    before_id = _read_cursor(cursor)
    if not 1 <= limit <= PAGE_MAX:
        raise OperatorError(f"limit is {limit}; use 1 to {PAGE_MAX}")
    if filters.outcome is not None and filters.outcome not in set(Outcome):
        raise OperatorError(f"outcome {filters.outcome!r} does not exist; use one of {', '.join(Outcome)}")
    reader = LedgerReader(database_path(data_dir))
    page = reader.page(filters, limit, before_id)
    following = page.next_before_id
    return LogPage(
        [_exchange(entry, straddling) for entry in page.entries],
        None if following is None else format_exchange_id(ExchangeId(following)),
        _totals(reader.totals(filters)),
    )


def _read_cursor(cursor: str | None) -> ExchangeId | None:
    if cursor is None:
        return None
    try:
        return parse_exchange_id(cursor)
    except ValueError as error:
        raise OperatorError(f"cursor: {error}; use the last page's `next_cursor`") from error


def _exchange(entry: Entry, straddling: Straddling | None) -> LogExchange:
    row = entry.exchange
    return LogExchange(
        request_id=format_exchange_id(ExchangeId(row.id)),
        started_at=format_instant(row.started_ns),
        duration_us=row.duration_us,
        first_byte_us=row.first_byte_us,
        key_id=row.key_id,
        key_owner=row.key_owner,
        account=row.account,
        model_asked=row.model_asked,
        rollback_model=row.rollback_model,
        stream=bool(row.stream),
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        cost_nanousd=row.cost_nanousd,
        cost_usd=_usd(row.cost_nanousd),
        cost_bound_nanousd=row.cost_bound_nanousd,
        request_bytes=row.request_bytes,
        response_bytes=row.response_bytes,
        attempts=[
            _attempt(attempt, None if straddling is None else straddling.of_row(attempt, row.started_ns))
            for attempt in entry.attempts
        ],
    )


def _attempt(row: AttemptRow, straddle: BothBills | None) -> LogAttempt:
    return LogAttempt(
        ordinal=row.ordinal,
        route=row.route,
        started_us=row.started_us,
        first_byte_us=row.first_byte_us,
        duration_us=row.duration_us,
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        model_answered=row.model_answered,
        upstream_request_id=row.upstream_request_id,
        finish_reason=row.finish_reason,
        thinking=bool(row.thinking),
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cache_hit_tokens=row.cache_hit_tokens,
        cache_write_tokens=row.cache_write_tokens,
        reasoning_tokens=row.reasoning_tokens,
        explicit_cache=bool(row.explicit_cache),
        provenance=row.provenance,
        usage_raw=row.usage_raw,
        cost_nanousd=row.cost_nanousd,
        cost_usd=_usd(row.cost_nanousd),
        cost_note=row.cost_note,
        facts_digest=row.facts_digest,
        straddle=straddle,
    )


def _totals(totals: LedgerTotals) -> LogTotals:
    return LogTotals(
        totals.exchanges,
        totals.cost_nanousd,
        format_nanousd(totals.cost_nanousd),
        totals.unknown_cost,
        totals.cost_bound_nanousd,
    )


def _usd(amount_nanousd: int | None) -> str | None:
    return None if amount_nanousd is None else format_nanousd(amount_nanousd)
