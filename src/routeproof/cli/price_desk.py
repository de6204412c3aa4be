"""What commands about prices share: their options, and the facts and routes of a configuration or of none."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from routeproof.cli.instants import read_instant
from routeproof.cli.options import settings_at
from routeproof.clock import SystemClock
from routeproof.operations.prices.priced_routes import PriceDesk

ROUTE_HELP: Final = "A route of the configuration, or FAMILY@REGION[:SCOPE]/MODEL without one."

AtOption = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="At this instant, or so long ago; now unless given.")
]


def desk_at(config: Path, routes: Sequence[str]) -> PriceDesk:
    """The facts and routes of the configuration; of none where no route needs one and there is none.

    Raises ConfigError or FactsError.
    """
    needed = not all("@" in route.partition("/")[0] for route in routes)
    return PriceDesk(settings_at(config, keys_needed=False) if needed or config.exists() else None)


def instant_at(text: str | None) -> int:
    """The instant asked about, in nanoseconds since the epoch; now where there is none. Raises BadParameter."""
    now_ns = SystemClock().wall_ns()
    at_ns = read_instant(text, "--at", now_ns)
    return now_ns if at_ns is None else at_ns
