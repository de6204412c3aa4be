"""`routeproof report`: one page about one evidence, for product, platform and finance."""

from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.console import say, tell
from routeproof.cli.evidence_options import EvidenceArgument, place_at
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.errors import OperatorError
from routeproof.operations.evidence.reporting import ReportFormat, make_report

FormatOption = Annotated[
    bool | None,
    typer.Option(
        "--html/--md",
        help="As one page that needs nothing else (unless told otherwise), or as Markdown.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; stdout unless given.")
]


def report(
    name: EvidenceArgument,
    html: FormatOption = None,
    output: OutputOption = None,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
) -> None:
    """Write a page about one evidence.

    It says what was proven, what was not and why, what it costs, and what changed. The evidence is verified first;
    what speaks against it stands at the page's top.
    """
    kind = ReportFormat.MARKDOWN if html is False else ReportFormat.HTML
    text = make_report(place_at(config), name, kind, instant_at(at))
    if output is None:
        say(text.rstrip("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output} can't be written ({error.strerror}); name another with --output") from error
    tell(f"Wrote {output}.")
