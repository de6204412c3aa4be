"""Options that several commands share, and what they lead to."""

import os
from pathlib import Path
from typing import Annotated, Final, cast

import typer

from routeproof.config.alias_facts import require_alias_facts
from routeproof.config.facts_files import load_facts
from routeproof.config.families import require_price_families
from routeproof.config.loading import load_settings
from routeproof.config.settings import Settings
from routeproof.operations.runtime import Runtime

CONFIG_DEFAULT: Final = Path("routeproof.toml")
CONFIG_VARIABLE: Final = "ROUTEPROOF_CONFIG"

ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", envvar=CONFIG_VARIABLE, metavar="PATH", help="The configuration file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON for machines to stdout.")]


def settings_at(path: Path, *, keys_needed: bool = True) -> Settings:
    """The checked configuration. Raises ConfigError.

    Commands that ask no provider take it without `keys_needed`: whoever reads prices or a ledger needs no keys.
    """
    return load_settings(path, os.environ, keys_needed=keys_needed)


def checked_settings_at(path: Path, *, keys_needed: bool = True) -> Settings:
    """The configuration, checked against the facts files as well. Raises ConfigError or FactsError."""
    settings = settings_at(path, keys_needed=keys_needed)
    facts = load_facts(settings.server.facts)
    require_price_families(settings, facts)
    require_alias_facts(settings, facts)
    return settings


def runtime_of(context: typer.Context) -> Runtime:
    """The program's long-running parts, which the entry point handed in."""
    return cast(Runtime, context.obj)
