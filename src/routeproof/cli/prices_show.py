"""`routeproof prices ROUTE`: every price in force, with the facts that state it."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.price_desk import ROUTE_HELP, AtOption, desk_at, instant_at
from routeproof.cli.price_reasons import reason_text
from routeproof.operations.prices.answers import FactNote, HistoryRow, PriceAnswer, PriceTable, prices_of
from routeproof.operations.screen import Column

_PRICES: Final[Sequence[Column]] = (
    ("input up to", "right"),
    ("part", "left"),
    ("per 1M", "right"),
    ("fact", "left"),
    ("checked", "left"),
    ("age", "right"),
    ("source", "left"),
)
_HISTORY: Final[Sequence[Column]] = (
    ("from", "left"),
    ("until", "left"),
    ("model", "left"),
    ("hours", "left"),
    ("currency", "left"),
    ("value", "left"),
    ("fact", "left"),
    ("checked", "left"),
    ("age", "right"),
    ("source", "left"),
)

HistoryOption = Annotated[
    bool, typer.Option("--history", help="Every price and alias that the name leads or led to, with its window.")
]


def show(
    route: Annotated[str, typer.Argument(metavar="ROUTE", help=ROUTE_HELP)],
    at: AtOption = None,
    history: HistoryOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show the prices in force: tiers, cache, thinking, the hours now and what comes next, each with its fact.

    The exit code is 1 where there is no price.
    """
    desk = desk_at(config, [route])
    answer = prices_of(desk, desk.route(route), instant_at(at), history=history)
    if as_json:
        json_line(answer)
    else:
        _show(answer, history=history)
    if answer.reason is not None:
        raise typer.Exit(Exit.FAILED)


def _show(answer: PriceAnswer, *, history: bool) -> None:
    say(f"{answer.route} at {answer.at}")
    for step in answer.aliases:
        verb = "is retired, its successor is" if step.state == "retired" else "is answered by"
        say(f"{step.name} {verb} {step.target} since {step.since} ({_fact_line(step.fact)})")
    for prices in answer.tables:
        say()
        say(_heading(prices))
        table(_PRICES, list(_price_rows(prices)))
    if history:
        say()
        table(_HISTORY, [_history_row(row) for row in answer.history])
    for line in answer.stale:
        tell(line)
    if answer.reason is not None:
        tell(f"no price: {reason_text(answer.reason)}")


def _heading(prices: PriceTable) -> str:
    text = f"{prices.currency} per 1M tokens"
    if prices.hours != "any":
        text += f", {prices.hours.replace('_', '-')} prices"
    change = prices.next_change
    if change is None:
        text += "; no change is known"
    elif change.hours is None:
        text += f" until {change.at}; no price is known from then on"
    else:
        text += f" until {change.at}, then {'others' if change.hours == 'any' else change.hours.replace('_', '-')}"
    return f"{text}; {', '.join(prices.flags)}" if prices.flags else text


def _price_rows(prices: PriceTable) -> Iterator[Sequence[str]]:
    for line in prices.lines:
        yield (
            "any" if line.input_tokens_max is None else str(line.input_tokens_max),
            line.part,
            line.price,
            *_fact_cells(line.facts),
        )


def _history_row(row: HistoryRow) -> Sequence[str]:
    return (
        row.effective_from,
        row.effective_until or "-",
        row.model,
        row.hours or "-",
        row.currency or "-",
        f"{row.kind} {row.target}" if row.target is not None else _tiers(row),
        *_fact_cells([row.fact]),
    )


def _tiers(row: HistoryRow) -> str:
    """Each tier's stated prices, by part."""
    shown = []
    for tier in row.tiers:
        bound = tier["input_tokens_max"]
        parts = [f"{part} {price}" for part, price in tier.items() if price is not None and part != "input_tokens_max"]
        shown.append(("" if bound is None else f"up to {bound}: ") + ", ".join(parts))
    return "; ".join(shown)


def _fact_cells(facts: Sequence[FactNote]) -> Sequence[str]:
    """Id, day, age and source: of a price that follows from two facts, the older day and both sources."""
    return (
        " + ".join(fact.id for fact in facts),
        min(fact.checked_at for fact in facts),
        f"{max(fact.age_days for fact in facts)} d",
        " ".join(dict.fromkeys(fact.source for fact in facts)),
    )


def _fact_line(fact: FactNote) -> str:
    return f"{fact.id}, checked on {fact.checked_at}, {fact.age_days} days old, {fact.source}"
