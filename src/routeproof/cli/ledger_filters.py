"""The options that choose exchanges of the ledger, and the filter that they make."""

from typing import Annotated

import typer

from routeproof.cli.instants import read_instant
from routeproof.clock import SystemClock
from routeproof.ledger.entries import Outcome
from routeproof.store.reading import LedgerFilter

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
NoteOption = Annotated[
    str | None, typer.Option("--note", metavar="WORD", help="With this word in a cost's note, such as stale_price.")
]


def filter_of(
    *,
    since: str | None,
    until: str | None,
    key: str | None,
    owner: str | None,
    account: str | None,
    model: str | None,
    route: str | None,
    outcome: Outcome | None,
    status: int | None,
    stream: bool | None,
    note: str | None = None,
) -> LedgerFilter:
    """The filter that the options say. Raises BadParameter for what is no instant."""
    now_ns = SystemClock().wall_ns()
    return LedgerFilter(
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
        cost_note=note,
    )
