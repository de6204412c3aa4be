"""The command line: its commands, and how every one of them fails."""

from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from routeproof import __version__
from routeproof.cli.commands import SETTINGS, Commands
from routeproof.cli.console import say, show_error
from routeproof.cli.exits import Exit, exit_of
from routeproof.errors import OperatorError
from routeproof.operations.runtime import Runtime


class _Commands(TyperGroup):
    """Turns what the operator got wrong into a message and an exit code, never a traceback."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(dict[str, Any], Commands())

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            show_error(error)
            raise typer.Exit(exit_of(error)) from error


def build_app() -> typer.Typer:
    """The command line's application; `obj` is a Runtime."""
    app = typer.Typer(
        cls=_Commands,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback()(_root)
    return app


def run(runtime: Runtime, arguments: list[str] | None = None) -> int:
    """Carry out one command line (the process's own unless given) and give the exit code."""
    try:
        build_app()(args=arguments, prog_name="routeproof", obj=runtime)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.FAILED
    return Exit.OK


def _show_version(asked: bool) -> None:
    if asked:
        say(f"routeproof {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
]


def _root(version: VersionOption = False) -> None:
    """A gateway that keeps an exact row and an exact cost for every request."""
