"""`routeproof compare`: what a gateway changes, against the direct way, as a migration checklist names it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.console import json_line, say, show_error, table, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.prove import agree
from routeproof.cli.prove_options import ConcurrencyOption, PackName, PlainOption, SeedOption, YesOption
from routeproof.cli.prove_plan_shown import show_plan
from routeproof.cli.prove_progress import prove_progress
from routeproof.errors import OperatorError
from routeproof.operations.proving.comparing import Compared, CompareWords, compare_to_the_end, plan_comparison
from routeproof.operations.reports.words import money_words
from routeproof.prover.engine.running import CONCURRENCY
from routeproof.prover.packs import Pack

DirectArgument = Annotated[
    str,
    typer.Argument(metavar="DIRECT", help="The provider: a route of the configuration, or a URL up to and with /v1."),
]
GatewayArgument = Annotated[
    str, typer.Argument(metavar="GATEWAY", help="The gateway: a URL, or a route to ask through our own gateway.")
]
ApiKeyOption = Annotated[
    str | None,
    typer.Option("--api-key", metavar="REF", help="DIRECT's key, where it is a URL: env:NAME, file:PATH or none."),
]
ModelOption = Annotated[str | None, typer.Option("--model", metavar="ID", help="DIRECT's model, where it is a URL.")]
DialectOption = Annotated[str, typer.Option("--dialect", help="DIRECT's family: openai, deepseek, qwen or newapi.")]
GatewayKeyOption = Annotated[
    str | None, typer.Option("--gateway-api-key", metavar="REF", help="GATEWAY's key: env:NAME, file:PATH or none.")
]
GatewayModelOption = Annotated[
    str | None,
    typer.Option("--gateway-model", metavar="ID", help="What GATEWAY calls the model; as DIRECT unless given."),
]


def compare(
    direct: DirectArgument,
    gateway: GatewayArgument,
    api_key: ApiKeyOption = None,
    model: ModelOption = None,
    dialect: DialectOption = "openai",
    gateway_api_key: GatewayKeyOption = None,
    gateway_model: GatewayModelOption = None,
    allow_plain: PlainOption = False,
    pack: Annotated[PackName, typer.Option("--pack", help="How often each question is asked.")] = PackName.SMOKE,
    seed: SeedOption = None,
    concurrency: ConcurrencyOption = CONCURRENCY,
    yes: YesOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show what a gateway changes, facet by facet.

    The same questions go straight and through it. Every question is asked straight twice, so that what the model
    itself varies is not taken for the gateway's.
    Exit code 0: nothing differs; 1: something does; 2: nothing could be compared, or it was interrupted.
    """
    words = CompareWords(
        direct=direct,
        gateway=gateway,
        api_key=api_key,
        model=model,
        dialect=dialect,
        gateway_api_key=gateway_api_key,
        gateway_model=gateway_model,
        allow_plain=allow_plain,
        pack=Pack(pack),
        seed=seed,
        concurrency=concurrency,
    )
    try:
        compared = _carry_out(words, config, yes=yes, as_json=as_json)
    except OperatorError as error:  # 1 says that something differs
        show_error(error)
        raise typer.Exit(Exit.USAGE) from error
    if as_json:
        json_line(compared)
    else:
        _show(compared)
    raise typer.Exit(compared.exit_code)


def _carry_out(words: CompareWords, config: Path, *, yes: bool, as_json: bool) -> Compared:
    planned = plan_comparison(words, place_at(config), os.environ, Path.cwd())
    show_plan(planned.plan, tell if as_json else say)
    agree(yes=yes)
    with prove_progress(planned.plan) as progress:
        compared, _ = compare_to_the_end(planned, progress)
    return compared


def _show(compared: Compared) -> None:
    say()
    rows = []
    for row in compared.facets:
        told = [one.words for one in row.differences] or [row.words]
        rows.append((row.facet.value, row.outcome.value, str(row.pairs) if row.pairs else "-", told[0]))
        rows += [("", "", "", words) for words in told[1:]]
    table([("facet", "left"), ("outcome", "left"), ("pairs", "right"), ("how, where, how often", "left")], rows)
    say()
    say(f"{compared.direct} and {compared.gateway}: {compared.outcome}.")
    cost = "an unknown cost" if compared.cost_nanousd is None else money_words(compared.cost_nanousd)
    say(f"{compared.requests} requests, {cost}.")
    if compared.stopped is not None:
        tell(f"Interrupted ({compared.stopped}): what is shown is not all that was planned.")
