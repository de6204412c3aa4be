"""A snapshot as the data plane has it, without its listener: one provider, one model, and prices of the test's own."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from routeproof.access.keys import KeyRing
from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.loading import parse_settings
from routeproof.gateway.assembly import Assembly
from routeproof.gateway.routes import Pin
from routeproof.gateway.snapshot import Snapshot
from routeproof.net.tasks import Tasks

CONFIG = """
server.direct_routes = true
[providers.acme]
dialect = "openai"
base_url = "https://api.example.com/v1"
api_key = "none"
prices = "acme"
[models.assistant]
routes = ["acme/configured"]
"""


def with_snapshot(look: Callable[[Snapshot], None], facts: str = "", pin: Pin = lambda *_: None) -> None:
    """Let `look` have a snapshot, on a loop as its pools need it; `facts` is the text of a facts file."""

    async def main() -> None:
        settings = parse_settings(CONFIG, Path("routeproof.toml"), {})
        prices = PriceBook.compile(parse_facts(facts, "facts.toml") if facts else Facts())
        look(Assembly(Tasks(_fail), pin).snapshot(settings, prices, KeyRing([])))

    asyncio.run(main())


def _fail(name: str, error: BaseException) -> None:
    raise AssertionError(f"{name} failed") from error
