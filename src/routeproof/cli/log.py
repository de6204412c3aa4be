"""`routeproof log`: the ledger, a page at a time."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, table, tell
from routeproof.cli.ledger_filters import (
    AccountOption,
    KeyOption,
    ModelOption,
    NoteOption,
    OutcomeOption,
    OwnerOption,
    RouteOption,
    SinceOption,
    StatusOption,
    StreamOption,
    UntilOption,
    filter_of,
)
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.money import format_nanousd
from routeproof.operations.ledger.log import LogExchange, LogPage, LogTotals, read_log
from routeproof.operations.prices.straddling import Straddling
from routeproof.operations.screen import Column
from routeproof.store.reading import PAGE_MAX

LIMIT_DEFAULT: Final = 50
UNKNOWN: Final = "unknown"

_COLUMNS: Final[Sequence[Column]] = (
    ("started", "left"),
    ("request id", "left"),
    ("owner", "left"),
    ("model", "left"),
    ("route", "left"),
    ("tries", "right"),
    ("status", "right"),
    ("outcome", "left"),
    ("in", "right"),
    ("out", "right"),
    ("cost USD", "right"),
    ("ms", "right"),
)

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=PAGE_MAX, help="Requests on one page.")]
CursorOption = Annotated[
    str | None, typer.Option("--cursor", metavar="REQUEST_ID", help="Go on after this request, the last one shown.")
]
TotalsOption = Annotated[bool, typer.Option("--totals", help="Only the totals of all that match.")]


def log(
    since: SinceOption = None,
    until: UntilOption = None,
    key: KeyOption = None,
    owner: OwnerOption = None,
    account: AccountOption = None,
    model: ModelOption = None,
    route: RouteOption = None,
    outcome: OutcomeOption = None,
    status: StatusOption = None,
    stream: StreamOption = None,
    note: NoteOption = None,
    limit: LimitOption = LIMIT_DEFAULT,
    cursor: CursorOption = None,
    totals: TotalsOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show the ledger, the newest request first.

    With --json each request is one object a line, its tries included. The last one's `request_id` is the
    next page's --cursor.
    """
    wanted = filter_of(
        since=since,
        until=until,
        key=key,
        owner=owner,
        account=account,
        model=model,
        route=route,
        outcome=outcome,
        status=status,
        stream=stream,
        note=note,
    )
    settings = settings_at(config, keys_needed=False)
    page = read_log(settings.server.data_dir, wanted, cursor, 1 if totals else limit, Straddling(settings))
    if totals:
        _show_totals(page.totals, as_json=as_json)
    else:
        _show_page(page, as_json=as_json)


def _show_page(page: LogPage, *, as_json: bool) -> None:
    if as_json:
        for exchange in page.exchanges:
            json_line(exchange)
    else:
        table(_COLUMNS, [_row(exchange) for exchange in page.exchanges])
        tell(f"{len(page.exchanges)} of {totals_line(page.totals)}")
    if page.next_cursor is not None:
        tell(f"More with --cursor {page.next_cursor}")


def _show_totals(totals: LogTotals, *, as_json: bool) -> None:
    if as_json:
        json_line(totals)
    else:
        table(
            [("requests", "right"), ("cost USD", "right"), ("of unknown cost", "right"), ("at most USD", "right")],
            [
                (
                    str(totals.exchanges),
                    totals.cost_usd,
                    str(totals.unknown_cost),
                    format_nanousd(totals.cost_bound_nanousd),
                )
            ],
        )


def totals_line(totals: LogTotals) -> str:
    """What everything that matches adds up to, in a sentence. What is unknown is never part of the sum."""
    text = f"{totals.exchanges} requests, {totals.cost_usd} USD"
    if totals.unknown_cost:
        text += f"; the cost of {totals.unknown_cost} is unknown"
    return text


def _row(exchange: LogExchange) -> Sequence[str]:
    tries = exchange.attempts
    return (
        exchange.started_at,
        exchange.request_id,
        exchange.key_owner or "-",
        exchange.model_asked or "-",
        tries[-1].route if tries else "-",
        str(len(tries)),
        _number(exchange.status, "-"),
        exchange.outcome,
        _sum([attempt.input_tokens for attempt in tries]),
        _sum([attempt.output_tokens for attempt in tries]),
        exchange.cost_usd or UNKNOWN,
        _number(None if exchange.duration_us is None else exchange.duration_us // 1_000, UNKNOWN),
    )


def _sum(counts: Sequence[int | None]) -> str:
    """The sum of the tries' counts; unknown as soon as one of them is."""
    known = [count for count in counts if count is not None]
    if not counts:
        return "-"
    return str(sum(known)) if len(known) == len(counts) else UNKNOWN


def _number(value: int | None, absent: str) -> str:
    return absent if value is None else str(value)
