"""`routeproof aliases`: names that others replace, and who still sends them."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.instants import read_instant
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, checked_settings_at
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.config.facts_files import load_facts
from routeproof.operations.aliases import AliasReport, AliasRow, list_aliases
from routeproof.operations.screen import Column

SINCE_DEFAULT: Final = "30d"

_NAMES: Final[Sequence[Column]] = (
    ("name", "left"),
    ("stands for", "left"),
    ("retirement", "left"),
    ("successor", "left"),
    ("policy", "left"),
    ("now", "left"),
    ("models", "left"),
    ("requests", "right"),
    ("last seen", "left"),
)
_SENDERS: Final[Sequence[Column]] = (
    ("name", "left"),
    ("key", "left"),
    ("owner", "left"),
    ("asked for", "left"),
    ("requests", "right"),
    ("last seen", "left"),
)

SinceOption = Annotated[
    str, typer.Option("--since", metavar="INSTANT", help="Count requests from this instant on, or from so long before.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Also the names of families that no provider here has.")]


def aliases(
    at: AtOption = None,
    since: SinceOption = SINCE_DEFAULT,
    every_family: AllOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """List names that others replace, and who sends them.

    The exit code is 1 where a name whose retirement is past is still configured, or was sent since then.
    """
    at_ns = instant_at(at)
    since_ns = read_instant(since, "--since", at_ns)
    settings = checked_settings_at(config, keys_needed=False)
    facts = load_facts(settings.server.facts)
    report = list_aliases(settings, facts, at_ns=at_ns, since_ns=since_ns or 0, every_family=every_family)
    if as_json:
        for row in report.rows:
            json_line(row)
    else:
        _show(report)
    overdue = [row.route or row.name for row in report.rows if row.overdue]
    if overdue:
        tell(f"Retired and still in use: {', '.join(overdue)}. Move senders and models to the successor, or map it.")
        raise typer.Exit(Exit.FAILED)


def _show(report: AliasReport) -> None:
    table(_NAMES, [_name_row(row) for row in report.rows])
    senders = [(row.route or row.name, sender) for row in report.rows for sender in row.senders or ()]
    if senders:
        say()
        table(
            _SENDERS,
            [
                (
                    name,
                    sender.key_id or "-",
                    sender.key_owner or "-",
                    sender.model_asked or "-",
                    str(sender.requests),
                    sender.last_seen,
                )
                for name, sender in senders
            ],
        )
    if not report.ledger_read:
        tell("There is no ledger yet, so nobody is known to send them.")


def _name_row(row: AliasRow) -> Sequence[str]:
    place = row.route or f"{row.family}{'' if row.region is None else f'@{row.region}'}/{row.name}"
    senders = row.senders
    return (
        place,
        row.stands_for or "-",
        row.turn or (row.retirements[-1] if row.retirements else "-"),
        row.successor or "-",
        row.policy,
        row.does,
        ", ".join(row.configured_in) or "-",
        "-" if senders is None else str(sum(sender.requests for sender in senders)),
        senders[0].last_seen if senders else "-",
    )
