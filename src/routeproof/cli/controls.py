"""`routeproof controls`: what is declared of each request parameter of a route, and what was measured."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, table, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.operations.evidence.controls import CHECK, ControlRow, controls_of
from routeproof.operations.evidence.kept import SHORT_DIGEST
from routeproof.operations.screen import Column

_COLUMNS: Final[Sequence[Column]] = (
    ("control", "left"),
    ("declared", "left"),
    ("measured", "left"),
    ("agrees", "left"),
    ("shown by", "left"),
    ("facts", "left"),
)
_AGREES: Final = {True: "yes", False: "NO", None: "-"}

RouteArgument = Annotated[
    str, typer.Argument(metavar="ROUTE", help="A route of the configuration, or one that evidence is about.")
]
EvidenceOption = Annotated[
    str | None,
    typer.Option("--evidence", metavar="EVIDENCE", help="Measured by this: a digest or its beginning, or a file."),
]


def controls(
    route: RouteArgument,
    evidence: EvidenceOption = None,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Show what each request parameter is declared to do, and does.

    The exit code is 1 where the two differ.
    """
    found = controls_of(place_at(config), route, instant_at(at), evidence=evidence)
    if as_json:
        json_line(found)
    else:
        table(_COLUMNS, [_cells(row) for row in found.rows])
        if found.evidence is None:
            tell(f"Nothing was measured yet; `routeproof prove {route} --checks {CHECK}` does.")
        else:
            tell(f"Measured by evidence {found.evidence[:SHORT_DIGEST]}, {found.ended}; {len(found.differ)} differ.")
    raise typer.Exit(Exit.FAILED if found.differ else Exit.OK)


def _cells(row: ControlRow) -> Sequence[str]:
    return (
        row.control,
        row.declared or "-",
        row.measured or "-",
        _AGREES[row.agrees],
        row.shown_by,
        "; ".join(row.facts) or "-",
    )
