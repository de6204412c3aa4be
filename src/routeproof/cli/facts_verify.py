"""`routeproof facts verify`: ask providers what they can tell, and show where the facts disagree."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.config.facts_files import load_facts
from routeproof.money import parse_price
from routeproof.operations.asking.disagreements import Disagreement, Point
from routeproof.operations.asking.verifying import ProviderReport, providers_named, verify_provider
from routeproof.operations.screen import Column

_QUESTIONS: Final[Sequence[Column]] = (
    ("provider", "left"),
    ("question", "left"),
    ("outcome", "left"),
    ("detail", "left"),
)
_POINTS: Final[Sequence[Column]] = (
    ("provider", "left"),
    ("disagreement", "left"),
    ("about", "left"),
    ("facts say", "left"),
    ("provider says", "left"),
)
_TOGETHER: Final = (Point.NOT_LISTED, Point.WITHOUT_FACTS)
"""Shown on one line for all models: a provider may list hundreds."""

BalanceOption = Annotated[
    str,
    typer.Option("--balance-min", metavar="AMOUNT", help="A balance below this, in every currency, is too low."),
]


def verify(
    providers: Annotated[
        list[str] | None, typer.Argument(metavar="PROVIDERS", help="As the configuration names them; all unless given.")
    ] = None,
    balance_min: BalanceOption = "1",
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Ask providers for their models, limits, prices and balance, and show where the facts disagree.

    Nothing is changed. The exit code is 1 where something disagrees, or a question went without its answer.
    """
    settings = settings_at(config)
    named = providers_named(settings, providers or [])
    least_nano, wall_ns = _amount(balance_min), instant_at(at)
    facts = load_facts(settings.server.facts)
    reports: list[ProviderReport] = []
    for provider in named:
        reports.append(asyncio.run(verify_provider(provider, facts, wall_ns, balance_least_nano=least_nano)))
        if as_json:
            json_line(reports[-1])
    if not as_json:
        _show(reports)
    if not all(report.ok for report in reports):
        raise typer.Exit(Exit.FAILED)


def _amount(text: str) -> int:
    try:
        return parse_price(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{error}; write an amount such as '1' or '0.50'", param_hint="--balance-min"
        ) from error


def _show(reports: Sequence[ProviderReport]) -> None:
    table(
        _QUESTIONS,
        [
            (report.provider, asked.question, asked.outcome.replace("_", " "), asked.detail)
            for report in reports
            for asked in report.asked
        ],
    )
    for report in reports:
        for name, amount in (report.told.balances or {}).items():
            say(f"{report.provider}: {amount} left ({name})")
        for model in report.unverifiable_by_ratio:
            say(f"{report.provider}: {model} is unverifiable by ratio: an expression decides its price")
        if report.facts is None:
            say(f"{report.provider}: no facts apply to it; set `prices` to the family whose facts do")
    points = [row for report in reports for row in _points(report)]
    if points:
        say()
        table(_POINTS, points)
    elif all(report.ok for report in reports):
        say("The facts agree with everything that was told.")


def _points(report: ProviderReport) -> Iterator[Sequence[str]]:
    for code in _TOGETHER:
        found = [point for point in report.disagreements if point.code is code]
        if found:
            subjects = ", ".join(point.subject for point in found)
            yield report.provider, *_cells(found[0], subjects)
    for point in report.disagreements:
        if point.code not in _TOGETHER:
            yield report.provider, *_cells(point, point.subject)


def _cells(point: Disagreement, subject: str) -> Sequence[str]:
    return point.code.replace("_", " "), subject, point.facts or "nothing", point.told or "nothing"
