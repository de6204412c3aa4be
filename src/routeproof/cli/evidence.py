"""`routeproof evidence`: what was proven here, shown, shared and believed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.evidence_options import EvidenceArgument, place_at
from routeproof.cli.evidence_trust import trust
from routeproof.cli.evidence_verify import verify
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.cli.proof_shown import show_facets, show_results, show_spent
from routeproof.operations.evidence.kept import SHORT_DIGEST, EvidenceRow, evidence_named, export_evidence, list_rows
from routeproof.operations.evidence.route_digests import RouteDigests
from routeproof.operations.screen import Column

_ROWS: Final[Sequence[Column]] = (
    ("evidence", "left"),
    ("route", "left"),
    ("pack", "left"),
    ("via", "left"),
    ("verdict", "left"),
    ("state", "left"),
    ("ended", "left"),
    ("expires", "left"),
)

evidence_commands = typer.Typer(no_args_is_help=True)

RouteOption = Annotated[str | None, typer.Option("--route", help="Of this route alone.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")]


@evidence_commands.callback()
def evidence() -> None:
    """List, show, share and verify evidence about routes."""


@evidence_commands.command("list")
def list_(
    route: RouteOption = None, at: AtOption = None, config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False
) -> None:
    """List the evidence that is kept here, the newest first.

    The exit code is 1 where a file can't be read.
    """
    place, at_ns = place_at(config), instant_at(at)
    listed = list_rows(place, at_ns, RouteDigests(place.settings), route=route)
    if as_json:
        for row in listed.rows:
            json_line(row)
    elif listed.rows:
        table(_ROWS, [_cells(row) for row in listed.rows])
    else:
        tell("There is no evidence yet; `routeproof prove ROUTE` makes some.")
    for problem in listed.problems:
        tell(problem)
    if listed.problems:
        raise typer.Exit(Exit.FAILED)


@evidence_commands.command()
def show(name: EvidenceArgument, config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Show what one evidence says; `evidence verify` says whether to believe it."""
    stored = evidence_named(place_at(config), name)
    predicate = stored.statement.predicate
    if as_json:
        json_line({"digest": stored.digest, "signers": stored.signers, "statement": stored.statement})
        return
    say(f"{predicate.plan.route.name}: {predicate.plan.pack} pack, {predicate.plan.via}, ended {predicate.run.ended}")
    say(f"evidence {stored.digest}")
    say(f"plan     {predicate.plan_sha256}")
    say(f"route    {predicate.plan.route.digest}")
    say(f"expires  {predicate.expires} ({predicate.expires_because})")
    for signer in stored.signers:
        say(f"signed   {signer}")
    say()
    show_facets(predicate.run.facets)
    show_results(predicate.plan, predicate.run.results)
    show_spent(predicate.plan, predicate.run.spent)


@evidence_commands.command()
def export(
    name: EvidenceArgument,
    output: OutputOption = None,
    force: ForceOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Write one evidence as one file, for others to verify."""
    path = export_evidence(place_at(config), name, output, force=force)
    if as_json:
        json_line({"file": str(path)})
    else:
        say(f"Wrote {path}. Whoever trusts the signer can check it: routeproof evidence verify {path}")


evidence_commands.command()(verify)
evidence_commands.command()(trust)


def _cells(row: EvidenceRow) -> Sequence[str]:
    short = row.digest[:SHORT_DIGEST]
    return (short, row.route, row.pack, row.via, row.verdict, row.state, row.ended, row.expires)
