"""`routeproof cost`: what one usage object costs on a route, line by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.instants import read_instant
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.price_desk import ROUTE_HELP, AtOption, desk_at, instant_at
from routeproof.cli.price_reasons import reason_text
from routeproof.clock import SystemClock
from routeproof.operations.prices.bills import Bill
from routeproof.operations.prices.usage_cost import UsageCost, cost_of_usage, read_usage_file
from routeproof.operations.screen import Column

_LINES: Final[Sequence[Column]] = (
    ("part", "left"),
    ("tokens", "right"),
    ("per 1M", "right"),
    ("amount", "right"),
    ("facts", "left"),
)
_THINKING_BY: Final = {"asked": "as asked", "usage": "the usage counts reasoning", "model": "the model's default"}

UsageOption = Annotated[
    Path, typer.Option("--usage", metavar="PATH", help="JSON: a provider's usage object, or the answer around it.")
]
CostRouteOption = Annotated[str, typer.Option("--route", metavar="ROUTE", help=ROUTE_HELP)]
EndOption = Annotated[
    str | None, typer.Option("--until", metavar="INSTANT", help="When the request ended; at --at unless given.")
]
AnsweredOption = Annotated[
    str | None, typer.Option("--answered", metavar="MODEL", help="The model that answered, where it is another.")
]
ThinkingOption = Annotated[
    bool | None,
    typer.Option("--thinking/--no-thinking", help="Whether it thought; by the usage, else the model's default."),
]


def cost(
    usage: UsageOption,
    route: CostRouteOption,
    at: AtOption = None,
    until: EndOption = None,
    answered: AnsweredOption = None,
    thinking: ThinkingOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Price one usage object, line by line.

    The exit code is 1 where the cost is unknown.
    """
    at_ns = instant_at(at)
    until_ns = read_instant(until, "--until", SystemClock().wall_ns())
    if until_ns is not None and until_ns < at_ns:
        raise typer.BadParameter("is before the start; give an instant from --at on", param_hint="--until")
    desk = desk_at(config, [route])
    found = desk.route(route)
    if answered is not None:
        found = msgspec.structs.replace(found, model=answered)
    reading = read_usage_file(usage, found.dialect)
    answer = cost_of_usage(desk, found, reading, at_ns=at_ns, until_ns=until_ns, thinking=thinking)
    if as_json:
        json_line(answer)
    else:
        _show(answer)
    if answer.reason is not None:
        raise typer.Exit(Exit.FAILED)


def _show(answer: UsageCost) -> None:
    say(
        f"{answer.route} at {answer.at}: the price of {answer.answered_by or answer.model}, "
        f"{'thinking' if answer.thinking else 'not thinking'} ({_THINKING_BY[answer.thinking_by]})"
    )
    if answer.bill is not None:
        _show_bill(answer.bill)
    if answer.both is not None:
        say()
        say(f"The price changed before the end. By the one at {answer.until}, which does not count, it would be:")
        _show_bill(answer.both.at_end)
    if answer.flags:
        say(f"flags: {', '.join(answer.flags)}")
    for fact in answer.facts:
        tell(f"{fact.id}: checked on {fact.checked_at}, {fact.age_days} days old, {fact.source}")
    for line in answer.stale:
        tell(line)
    if answer.reason is not None:
        tell(f"the cost is unknown: {reason_text(answer.reason)}")


def _show_bill(bill: Bill) -> None:
    rows = [
        (line.part, str(line.tokens), line.price or "unknown", line.amount or "unknown", " + ".join(line.facts) or "-")
        for line in bill.lines
    ]
    rows.append(("total", "", bill.currency, bill.cost_usd or "unknown", ""))
    table(_LINES, rows)
