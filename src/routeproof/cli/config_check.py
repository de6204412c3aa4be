"""`routeproof config check`: say everything that is wrong with a configuration."""

import msgspec
import typer

from routeproof.cli.console import json_line, say
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, checked_settings_at
from routeproof.errors import ConfigError, FactsError
from routeproof.operations.certificate import require_usable_certificate

config_commands = typer.Typer(no_args_is_help=True, help="Work with the configuration.")


class ConfigReport(msgspec.Struct, frozen=True):
    """What `config check --json` writes."""

    ok: bool
    path: str
    problems: list[str]


@config_commands.callback()
def config() -> None:
    """Work with the configuration."""


@config_commands.command()
def check(config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Say everything that is wrong with the configuration."""
    try:
        settings = checked_settings_at(config)
        require_usable_certificate(settings)
    except (ConfigError, FactsError) as error:
        if not as_json:
            raise
        json_line(ConfigReport(False, str(config), error.problems))
        raise typer.Exit(Exit.USAGE) from error
    if as_json:
        json_line(ConfigReport(True, str(config), []))
    else:
        say(f"{config} is in order: {len(settings.providers)} providers, {len(settings.models)} models.")
