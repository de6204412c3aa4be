"""`routeproof ledger`: whether the ledger is what it must be."""

from collections.abc import Sequence
from typing import Final

import typer

from routeproof.cli.console import json_line, progress_bar, table, tell
from routeproof.cli.exits import Exit
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
from routeproof.operations.ledger.recompute import Difference, Recomputation, Record, StraddlingRow, recompute
from routeproof.operations.prices.bills import bill_text
from routeproof.operations.screen import Column

SHOWN_MAX: Final = 50
"""Of each kind, in the tables for people."""

_DIFFERENCES: Final[Sequence[Column]] = (
    ("request id", "left"),
    ("try", "right"),
    ("differs", "left"),
    ("stored USD", "right"),
    ("recomputed USD", "right"),
    ("why", "left"),
)
_STRADDLES: Final[Sequence[Column]] = (
    ("request id", "left"),
    ("try", "right"),
    ("stored USD", "right"),
    ("at start USD", "right"),
    ("at end USD", "right"),
)

ledger_commands = typer.Typer(no_args_is_help=True, help="Check the ledger.")


@ledger_commands.callback()
def ledger() -> None:
    """Check the ledger."""


@ledger_commands.command("recompute")
def recompute_command(
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
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Work out every cost anew from the stored usage and the pinned facts; the exit code is 1 if one differs.

    With --json each difference, and each row that straddles two prices, is one object a line, the summary the last.
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
    shown = _Shown(as_json=as_json)
    with progress_bar("recomputing") as progress:
        summary = recompute(settings_at(config, keys_needed=False), wanted, shown.take, progress)
    shown.end(summary)
    if not summary.ok:
        raise typer.Exit(Exit.FAILED)


class _Shown:
    """Writes records as they come, or keeps the first of them for a table."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._differences: list[Difference] = []
        self._straddles: list[StraddlingRow] = []

    def take(self, record: Record) -> None:
        if self._as_json:
            json_line(record)
        elif isinstance(record, Difference):
            if len(self._differences) < SHOWN_MAX:
                self._differences.append(record)
        elif len(self._straddles) < SHOWN_MAX:
            self._straddles.append(record)

    def end(self, summary: Recomputation) -> None:
        if self._as_json:
            json_line(summary)
            return
        if self._differences:
            table(_DIFFERENCES, [_difference(record) for record in self._differences])
        if self._straddles:
            table(_STRADDLES, [_straddle(record) for record in self._straddles])
        if max(summary.differences, summary.straddling) > SHOWN_MAX:
            tell(f"The first {SHOWN_MAX} of each are shown; all with --json.")
        tell(_sentence(summary))


def _difference(record: Difference) -> Sequence[str]:
    why = record.detail if record.bill is None else f"{record.detail}: {bill_text(record.bill)}"
    return (
        record.request_id,
        _number(record.attempt),
        record.differs.value,
        _usd(record.stored_nanousd),
        _usd(record.recomputed_nanousd),
        why if record.facts_digest is None else f"{why} (facts {record.facts_digest})",
    )


def _straddle(record: StraddlingRow) -> Sequence[str]:
    bills = record.bills
    at_start = "not told" if bills is None else _usd(bills.at_start.cost_nanousd)
    at_end = "not told" if bills is None else _usd(bills.at_end.cost_nanousd)
    return record.request_id, str(record.attempt), _usd(record.stored_nanousd), at_start, at_end


def _sentence(summary: Recomputation) -> str:
    """What was looked at, and the verdict."""
    count = summary.differences
    verdict = "no differences" if summary.ok else f"{count} difference{'s' * (count != 1)}"
    text = f"{summary.exchanges} requests, {summary.attempts} tries, {summary.repriced} re-priced: {verdict}"
    if summary.straddling:
        text += f"; {summary.straddling} went on into another price"
    return text


def _usd(nanousd: int | None) -> str:
    return "unknown" if nanousd is None else format_nanousd(nanousd)


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
