"""`routeproof demo`: gateway and simulated providers together, without a key or a network."""

import sys
from typing import Annotated

import typer

from routeproof.cli.options import JsonOption, runtime_of
from routeproof.observe.logs import configure_logging

OnceOption = Annotated[
    bool | None,
    typer.Option(
        "--once/--stay",
        help="End after the report, or stay up and show the lines to try. Without either: stay up on a terminal only.",
        show_default=False,
    ),
]


FaultOption = Annotated[
    str | None, typer.Option("--fault", metavar="NAME", help="Also prove a route that does this wrong, to see it fail.")
]


def demo(
    context: typer.Context, once: OnceOption = None, fault: FaultOption = None, as_json: JsonOption = False
) -> None:
    """Try everything out with simulated providers.

    Proves the simulated routes, then sends a scripted mix of requests and judges every row and cost, on free ports of
    this machine, without a key or a network. Exit code 0: each request had exactly the row and cost that it should
    have.
    """
    configure_logging("warning")
    once = not _on_terminal() if once is None else once
    raise typer.Exit(runtime_of(context).demo(once=once, as_json=as_json, fault=fault))


def _on_terminal() -> bool:
    """Whether somebody is there to read the lines to try, and to end the demo: a script must not hang."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
