"""What commands about evidence share: where it is kept, with a configuration or without one."""

from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.options import settings_at
from routeproof.operations.evidence.kept import EvidencePlace, place_of

EvidenceArgument = Annotated[
    str,
    typer.Argument(metavar="EVIDENCE", help="A digest or its beginning, a route for its newest, or a file."),
]


def place_at(config: Path) -> EvidencePlace:
    """Where evidence is kept by this configuration; beside it where there is none. Raises ConfigError."""
    return place_of(settings_at(config, keys_needed=False) if config.exists() else None, config)
