"""`routeproof serve`: run the gateway."""

import typer

from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, checked_settings_at, runtime_of
from routeproof.observe.logs import configure_logging


def serve(context: typer.Context, config: ConfigOption = CONFIG_DEFAULT) -> None:
    """Run the gateway until it is told to stop.

    SIGTERM or Ctrl-C lets streams finish first; SIGHUP reads the configuration again.
    """
    settings = checked_settings_at(config)
    configure_logging(settings.server.log_level, settings.server.log_style)
    raise typer.Exit(runtime_of(context).serve(settings))
