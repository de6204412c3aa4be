"""`routeproof facts`: what is claimed about providers, by whom, how old it is, and what contradicts what."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from routeproof.catalog.reading.readers import READERS
from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.facts_page import page
from routeproof.cli.facts_verify import verify
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.config.problems import did_you_mean
from routeproof.config.settings import Settings
from routeproof.operations.facts.checking import REMEDIES, FactsReport, Trouble, check_facts
from routeproof.operations.facts.listing import FactDetail, FactFilter, list_facts, show_fact
from routeproof.operations.facts.views import FactView
from routeproof.operations.screen import Column

facts_commands = typer.Typer(no_args_is_help=True)

_LIST: Final[Sequence[Column]] = (
    ("fact", "left"),
    ("kind", "left"),
    ("about", "left"),
    ("says", "left"),
    ("window", "left"),
    ("checked", "left"),
    ("days", "right"),
    ("age", "left"),
    ("confidence", "left"),
)
_CHECK: Final[Sequence[Column]] = (("trouble", "left"), ("found", "left"), ("routes", "left"))

ProviderOption = Annotated[
    str | None, typer.Option("--provider", help="About this configured provider, or this family of price lists.")
]
KindOption = Annotated[str | None, typer.Option("--kind", help="Of this kind, such as price.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="About this model alone.")]
StaleOption = Annotated[bool, typer.Option("--stale", help="Only those that are stale or held.")]


@facts_commands.callback()
def facts() -> None:
    """Show what is known about providers, and how old it is."""


@facts_commands.command("list")
def list_(
    provider: ProviderOption = None,
    kind: KindOption = None,
    model: ModelOption = None,
    stale: StaleOption = False,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show what is claimed, since when and until when it holds, and how old it is.

    Without a configuration these are the facts that come with Routeproof.
    """
    if kind is not None and kind not in READERS:
        raise typer.BadParameter(f"{kind!r} is no kind of fact; {did_you_mean(kind, READERS)}", param_hint="--kind")
    wanted = FactFilter(provider, kind, model, stale)
    found = list_facts(_settings_if_any(config), wanted, instant_at(at))
    if as_json:
        for fact in found:
            json_line(fact)
        return
    table(_LIST, [_row(fact) for fact in found])
    aged = sum(fact.freshness != "fresh" for fact in found)
    tell(f"{len(found)} facts, {aged} of them stale or held; `routeproof facts show FACT` says more of one")


@facts_commands.command()
def show(
    fact_id: Annotated[str, typer.Argument(metavar="FACT", help="As `routeproof facts list` shows it.")],
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show one fact: source, window, age, what contradicts it, and the routes that rest on it."""
    settings = _settings_if_any(config)
    detail = show_fact(settings, fact_id, instant_at(at))
    if as_json:
        json_line(detail)
        return
    for name, value in _lines(detail, configured=settings is not None):
        say(f"{name:<16}{value}")


@facts_commands.command()
def check(at: AtOption = None, config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Say which facts are stale or held, in doubt, about to end or missing.

    The exit code is 1 if a fact is held; everything else is a warning.
    """
    report = check_facts(_settings_if_any(config), instant_at(at))
    if as_json:
        json_line(report)
    else:
        _show_report(report)
    raise typer.Exit(Exit.OK if report.ok else Exit.FAILED)


facts_commands.command()(verify)
facts_commands.command()(page)


def _settings_if_any(path: Path) -> Settings | None:
    """The configuration; None where none is named and there is none, for the shipped facts need no other."""
    if path == CONFIG_DEFAULT and not path.exists():
        tell(f"There is no {path} here; these are the facts that come with Routeproof.")
        return None
    return settings_at(path, keys_needed=False)


def _row(fact: FactView) -> tuple[str, ...]:
    return (
        fact.id,
        fact.kind,
        fact.about,
        fact.says,
        fact.window,
        fact.checked_at,
        str(fact.age_days),
        "disputes another" if fact.contradicts else fact.freshness,
        fact.confidence,
    )


def _lines(detail: FactDetail, *, configured: bool) -> Iterator[tuple[str, str]]:
    fact = detail.fact
    yield "fact", fact.id
    yield "kind", fact.kind
    yield "about", fact.about
    yield "says", fact.says
    yield "window", f"{fact.window}: from {fact.effective_from} until {fact.effective_until or 'further notice'}"
    yield "source", fact.source
    yield "confidence", fact.confidence
    yield "checked", f"on {fact.checked_at}, {fact.age_days} days ago"
    yield "freshness", f"{fact.freshness} ({detail.policy})"
    yield "stale from", detail.stale_from or "never"
    yield "held from", detail.held_from or "never"
    yield "file", fact.file
    if fact.note:
        yield "note", fact.note
    for other in detail.contradicts:
        yield "contradicts", f"{other.id}: {other.says}"
    for other in detail.contradicted_by:
        yield "contradicted by", f"{other.id}: {other.says} ({other.confidence}, {other.source})"
    if detail.replaces is not None:
        yield "replaces", f"{detail.replaces.says} of {detail.replaces.file}"
    if configured:
        yield "routes", ", ".join(detail.routes) or "none rests on it"


def _show_report(report: FactsReport) -> None:
    table(_CHECK, [(row.trouble.value, row.detail, ", ".join(row.routes) or "-") for row in report.findings])
    found = {finding.trouble for finding in report.findings}
    for trouble in Trouble:
        if trouble in found:
            tell(f"{trouble.value}: {REMEDIES[trouble]}")
    tell(f"{len(report.findings)} findings at {report.at}; {'nothing is held' if report.ok else 'facts are held'}")
