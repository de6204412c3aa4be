"""`routeproof prices`: what a route costs, which route is cheapest, and what a gateway asks."""

from typing import Any, Final

import typer
from typer.core import TyperGroup

from routeproof.cli.prices_compare import compare
from routeproof.cli.prices_pull import pull_commands
from routeproof.cli.prices_show import show

_DEFAULT_COMMAND: Final = "show"


class _Prices(TyperGroup):
    """Takes `prices ROUTE` as `prices show ROUTE`: no route is called like a command, for each has a slash."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)


prices_commands = typer.Typer(cls=_Prices, no_args_is_help=True)


@prices_commands.callback()
def prices() -> None:
    """Show what a route costs, and compare routes.

    `prices ROUTE` is short for `prices show ROUTE`.
    """


prices_commands.command()(show)
prices_commands.command()(compare)
prices_commands.add_typer(pull_commands, name="pull")
