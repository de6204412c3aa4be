"""Entries and open exchanges with plausible values, to change what a test is about."""

from typing import Any

from routeproof.ids import exchange_id_floor
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, OpenExchange

START_NS = 1_790_000_000_000_000_000
USAGE = '{"prompt_tokens":1200,"completion_tokens":300,"prompt_cache_hit_tokens":1024}'


def sample_id(number: int) -> int:
    """The id of an exchange that started so many milliseconds after START_NS."""
    return exchange_id_floor(START_NS + number * 1_000_000)


def sample_attempt(exchange_id: int, ordinal: int = 1, **changes: Any) -> AttemptRow:
    """An attempt that went well."""
    row = AttemptRow(
        exchange_id,
        ordinal,
        "deepseek/deepseek-flash",
        20 * ordinal,
        12_000,
        2_300,
        200,
        "ok",
        None,
        "deepseek-flash",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
        "stop",
        1,
        1_200,
        300,
        1_024,
        0,
        120,
        0,
        "reported",
        USAGE,
        6_150,
        None,
        "0123456789abcdef",
    )
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def sample_entry(number: int = 1, attempts: list[AttemptRow] | None = None, **changes: Any) -> Entry:
    """An exchange that went well, with one attempt unless others are given; `changes` are to the exchange."""
    exchange_id = sample_id(number)
    rows = [sample_attempt(exchange_id)] if attempts is None else attempts
    costs = [row.cost_nanousd for row in rows]
    row = ExchangeRow(
        exchange_id,
        START_NS + number * 1_000_000,
        12_345,
        2_345,
        "key_abcdefghijkl",
        "alice",
        "research",
        "assistant",
        "deepseek/deepseek-v4-pro",
        1,
        200,
        "ok",
        None,
        len(rows),
        None if None in costs else sum(cost or 0 for cost in costs),
        None,
        2_048,
        4_096,
    )
    for name, value in changes.items():
        setattr(row, name, value)
    return Entry(row, rows)


def sample_refusal(number: int) -> Entry:
    """A request that was refused before anything was dispatched."""
    return sample_entry(
        number,
        attempts=[],
        key_id=None,
        key_owner=None,
        account=None,
        model_asked=None,
        rollback_model=None,
        stream=0,
        status=401,
        outcome="client_error",
        error_code="invalid_api_key",
        first_byte_us=None,
        cost_nanousd=0,
    )


def sample_open(number: int = 1, routes: list[str] | None = None, **changes: Any) -> OpenExchange:
    """An exchange in flight."""
    opened = OpenExchange(
        sample_id(number),
        START_NS + number * 1_000_000,
        "key_abcdefghijkl",
        "alice",
        "research",
        "assistant",
        "deepseek/deepseek-v4-pro",
        1,
        2_048,
        4_096,
        ["deepseek/deepseek-flash"] if routes is None else routes,
    )
    for name, value in changes.items():
        setattr(opened, name, value)
    return opened
