"""`routeproof log`: the ledger, a page at a time."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, table, tell
from routeproof.cli.instants import read_instant
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.clock import SystemClock
from routeproof.ledger.entries import Outcome
from routeproof.money import format_nanousd
from routeproof.operations.ledger_log import LedgerFilter, LogExchange, LogPage, LogTotals, read_log
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

SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="INSTANT", help="From this instant on, or from so long ago: 15m, 24h.")
]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="INSTANT", help="Before this instant.")]
KeyOption = Annotated[str | None, typer.Option("--key", metavar="KEY_ID", help="With this key.")]
OwnerOption = Annotated[str | None, typer.Option("--owner", help="With a key of this owner.")]
AccountOption = Annotated[str | None, typer.Option("--account", help="Paid by this account.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="As the client asked for it.")]
RouteOption = Annotated[str | None, typer.Option("--route", help="With a try on this route.")]
OutcomeOption = Annotated[Outcome | None, typer.Option("--outcome", help="That ended so.")]
StatusOption = Annotated[int | None, typer.Option("--status", min=100, max=599, help="With this HTTP status.")]
StreamOption = Annotated[bool | None, typer.Option("--stream/--no-stream", help="Streamed, or not.")]
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
    now_ns = SystemClock().wall_ns()
    wanted = LedgerFilter(
        since_ns=read_instant(since, "--since", now_ns),
        until_ns=read_instant(until, "--until", now_ns),
        key_id=key,
        owner=owner,
        account=account,
        model=model,
        route=route,
        outcome=None if outcome is None else outcome.value,
        status=status,
        stream=stream,
    )
    page = read_log(settings_at(config).server.data_dir, wanted, cursor, 1 if totals else limit)
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
