"""`routeproof demo`: gateway and simulated providers together, without a key or a network."""

from typing import Annotated

import typer

from routeproof.cli.options import JsonOption, runtime_of
from routeproof.observe.logs import configure_logging

OnceOption = Annotated[
    bool, typer.Option("--once", help="Send a scripted mix of requests, judge every row and cost, and end.")
]


def demo(context: typer.Context, once: OnceOption = False, as_json: JsonOption = False) -> None:
    """Try everything out with simulated providers.

    Runs on free ports of this machine and needs neither a key nor a network.
    Without --once it stays up and shows the lines to try.
    """
    configure_logging("warning")
    raise typer.Exit(runtime_of(context).demo(once=once, as_json=as_json))
