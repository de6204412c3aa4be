"""`routeproof simulate`: the simulated providers alone."""

from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.options import JsonOption, runtime_of
from routeproof.observe.logs import configure_logging

ScriptOption = Annotated[
    Path | None,
    typer.Option(
        "--script",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="Scenarios and faults to play.",
    ),
]
ReplayOption = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="DIR",
        exists=True,
        file_okay=False,
        readable=True,
        help="Recordings to serve instead.",
    ),
]
HostOption = Annotated[str, typer.Option("--host", help="The address to listen on.")]
PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65_000, help="The first provider's port; 0 takes any free ones.")
]


def simulate(
    context: typer.Context,
    script: ScriptOption = None,
    replay: ReplayOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Run the simulated providers alone.

    Each has a port of its own, and runs until it is told to stop.
    """
    if script is not None and replay is not None:
        raise typer.BadParameter("recordings follow no script; give --script or --replay", param_hint="'--replay'")
    configure_logging("info")
    raise typer.Exit(runtime_of(context).simulate(script, replay, host=host, port=port, as_json=as_json))
