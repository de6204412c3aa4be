"""`routeproof prices pull`: read what a gateway asks and what a provider lists, and set it against the facts."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.clock import SystemClock
from routeproof.config.facts_files import load_facts
from routeproof.config.settings import ProviderSettings
from routeproof.operations.asking.verifying import providers_named
from routeproof.operations.pulling.comparing import ListQuery
from routeproof.operations.pulling.models import PulledModels, fetch_models, read_models, save_limits
from routeproof.operations.pulling.prices import PulledPrices, fetch_account, fetch_prices, read_prices, save_prices
from routeproof.operations.screen import Column

pull_commands = typer.Typer(no_args_is_help=True)

_ROWS: Final[Sequence[Column]] = (
    ("model", "left"),
    ("billed by", "left"),
    ("input", "right"),
    ("output", "right"),
    ("cache hit", "right"),
    ("cache write", "right"),
    ("a call", "right"),
    ("callable", "left"),
    ("note", "left"),
)
_LINES: Final[Sequence[Column]] = (
    ("model", "left"),
    ("list of", "left"),
    ("hours", "left"),
    ("scope", "left"),
    ("input up to", "right"),
    ("line", "left"),
    ("list", "right"),
    ("gateway", "right"),
    ("mark-up %", "right"),
    ("list checked", "left"),
)
_MODELS: Final[Sequence[Column]] = (
    ("model", "left"),
    ("limit", "left"),
    ("listed", "right"),
    ("facts", "right"),
    ("", "left"),
    ("fact", "left"),
)

ProviderOption = Annotated[
    str | None, typer.Option("--provider", metavar="NAME", help="The account to look for callable models with.")
]
ModelOption = Annotated[str | None, typer.Option("--model", metavar="ID", help="Only this model.")]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="The gateway's group to price for; its only one, or 'default'.")
]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="The region of the list prices; the provider's unless given.")
]
SaveOption = Annotated[
    Path | None, typer.Option("--save", metavar="FILE", help="Write a facts file for review; never over another.")
]
SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="URL", help="With --save: where a file's prices were read.")
]
FamilyOption = Annotated[str, typer.Option("--family", help="With --save: the family that the facts are of.")]
PlainOption = Annotated[
    bool, typer.Option("--allow-plain", help="Allow plain http and private addresses for this address.")
]


class SavedPrices(msgspec.Struct, frozen=True):
    """What `--save` wrote, in `--json`."""

    path: str
    facts: int
    left_out: tuple[str, ...]


class PriceReport(msgspec.Struct, frozen=True):
    """What `prices pull newapi --json` writes."""

    prices: PulledPrices
    saved: SavedPrices | None


class ModelReport(msgspec.Struct, frozen=True):
    """What `prices pull models --json` writes."""

    listed: PulledModels
    saved: SavedPrices | None


@pull_commands.callback()
def pull() -> None:
    """Read what a gateway asks or a provider lists, and set it against the facts."""


@pull_commands.command()
def newapi(
    target: Annotated[
        str, typer.Argument(metavar="LIST", help="The site's address, its `/api/pricing`, or a saved file.")
    ],
    provider: ProviderOption = None,
    model: ModelOption = None,
    group: GroupOption = None,
    region: RegionOption = None,
    save: SaveOption = None,
    source: SourceOption = None,
    family: FamilyOption = "newapi",
    allow_plain: PlainOption = False,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show a new-api gateway's prices as USD per 1M tokens, and its mark-up over the provider's list price.

    The exit code is 1 where the model that is asked for has no row.
    """
    wall_ns = instant_at(at)
    account, facts_files = _account(config, provider)
    prices, read_at = asyncio.run(fetch_prices(target, allow_plain=allow_plain, provider=account))
    query = ListQuery(
        facts=load_facts(facts_files),
        family=None if account is None else account.prices,
        region=region or (None if account is None else account.region),
        wall_ns=wall_ns,
    )
    pulled = read_prices(prices, read_at, asyncio.run(fetch_account(account)), query, model=model, group=group)
    saved = None
    if save is not None:
        count, left_out = save_prices(
            save, prices, source or read_at, model=model, group=group, family=family, wall_ns=_now_ns()
        )
        saved = SavedPrices(str(save), count, left_out)
    if as_json:
        json_line(PriceReport(pulled, saved))
    else:
        _show_prices(pulled)
        _show_saved(saved)
    if pulled.standing is not None and not pulled.standing.listed:
        raise typer.Exit(Exit.FAILED)


@pull_commands.command()
def models(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="As the configuration names it.")],
    save: SaveOption = None,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show the models that a provider lists, and their limits beside the facts.

    The exit code is 1 where a limit differs.
    """
    settings = settings_at(config)
    (account,) = providers_named(settings, [provider])
    wall_ns = instant_at(at)
    listed, read_at = asyncio.run(fetch_models(account))
    pulled = read_models(account, listed, read_at, load_facts(settings.server.facts), wall_ns)
    saved = None
    if save is not None:
        count = save_limits(save, pulled, account.prices or account.dialect, _now_ns())
        saved = SavedPrices(str(save), count, ())
    if as_json:
        json_line(ModelReport(pulled, saved))
    else:
        table(_MODELS, list(_model_rows(pulled)))
        _show_saved(saved)
    if any(limit.differs for each in pulled.models for limit in each.limits):
        raise typer.Exit(Exit.FAILED)


def _account(config: Path, provider: str | None) -> tuple[ProviderSettings | None, tuple[Path, ...]]:
    """The account to ask, and the operator's facts files: without a configuration neither is needed."""
    if provider is None and not config.exists():
        return None, ()
    settings = settings_at(config)
    found = None if provider is None else providers_named(settings, [provider])[0]
    return found, settings.server.facts


def _now_ns() -> int:
    """When facts are saved: they were read now, whatever instant was asked about."""
    return SystemClock().wall_ns()


def _show_prices(pulled: PulledPrices) -> None:
    say(f"{pulled.source}, group {pulled.group}, USD per 1M tokens")
    table(_ROWS, list(_price_rows(pulled)))
    lines = list(_compared_rows(pulled))
    if lines:
        say()
        table(_LINES, lines)
    for text in pulled.unread:
        tell(f"not read: {text}")
    if pulled.callable_without_row:
        tell(f"callable by this account but not listed: {', '.join(pulled.callable_without_row)}")
    if pulled.standing is not None:
        say(f"{pulled.standing.model}: {pulled.standing.detail}")
    if pulled.callable_unknown is not None:
        tell(f"models of the account: {pulled.callable_unknown}")


def _price_rows(pulled: PulledPrices) -> Iterator[Sequence[str]]:
    for row in pulled.rows:
        prices = (row.input_usd, row.output_usd, row.cache_hit_usd, row.cache_write_usd, row.call_usd)
        note = row.reason if row.sold_in_group else f"not sold in the group {pulled.group}"
        yield row.model, row.basis, *(text or "-" for text in prices), _yes(row.callable), note or ""


def _compared_rows(pulled: PulledPrices) -> Iterator[Sequence[str]]:
    for row in pulled.rows:
        for comparison in row.comparisons:
            bound = comparison.input_tokens_max
            for line in comparison.lines:
                yield (
                    row.model,
                    comparison.family,
                    comparison.hours,
                    comparison.scope or "-",
                    "any" if bound is None else str(bound),
                    line.line,
                    line.list_usd or "-",
                    line.gateway_usd or "-",
                    line.markup_percent or "-",
                    comparison.list_checked_at,
                )


def _model_rows(pulled: PulledModels) -> Iterator[Sequence[str]]:
    for model in pulled.models:
        for limit in model.limits:
            listed = "-" if limit.listed is None else str(limit.listed)
            known = "-" if limit.facts is None else str(limit.facts)
            yield model.id, limit.name, listed, known, "differs" if limit.differs else "", limit.fact_id or "-"


def _show_saved(saved: SavedPrices | None) -> None:
    if saved is None:
        return
    for text in saved.left_out:
        tell(f"left out: {text}")
    tell(f"{saved.path} holds {saved.facts} facts. Review them, then name the file under `server.facts`.")


def _yes(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"
