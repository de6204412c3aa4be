"""Times the price of one usage, as a route looks it up and works it out; run as a program, it prints the figure."""

import asyncio
import gc
import random
import sys
from pathlib import Path
from time import perf_counter_ns
from typing import Final

import msgspec

from bench.ledger_rows import CONFIG, MODELS
from routeproof.access.keys import KeyRing
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.gateway.assembly import Assembly
from routeproof.gateway.routes import Route
from routeproof.net.tasks import Tasks
from routeproof.usage import Usage

USAGES: Final = 200_000
"""In one measurement, spread over the models."""
_AT_NS: Final = parse_instant("2026-11-24T02:00:00Z")


async def time_pricing(usages: int) -> float:
    """Microseconds for each usage, with the shipped facts; prices that a first request would look up are at hand."""
    settings = parse_settings(CONFIG, Path("routeproof.toml"), {})
    prices = PriceBook.compile(load_facts())
    snapshot = Assembly(Tasks(_report), lambda *_: None).snapshot(settings, prices, KeyRing([]))
    named = [(snapshot.routes.named(name), name.partition("/")[2]) for name in MODELS]
    routes = [(route, model) for route, model in named if route is not None]
    assert len(routes) == len(MODELS)
    drawn = _usages(1_000)
    _price(routes, drawn, 1)
    gc.disable()
    rounds = max(usages // (len(drawn) * len(routes)), 1)
    began_ns = perf_counter_ns()
    _price(routes, drawn, rounds)
    return (perf_counter_ns() - began_ns) / (rounds * len(drawn) * len(routes)) / 1_000


def _price(routes: list[tuple[Route, str]], usages: list[Usage], rounds: int) -> None:
    for _ in range(rounds):
        for route, model in routes:
            for usage in usages:
                tariff = route.tariff(model, _AT_NS)
                assert tariff is not None
                assert tariff.cost_nanousd(usage, True) is not None


def _usages(count: int) -> list[Usage]:
    """Over all tiers of the models, with cache hits."""
    draw = random.Random(2)
    found = []
    for _ in range(count):
        given, written = draw.randrange(1, 250_000), draw.randrange(1, 8_000)
        found.append(Usage(given, written, draw.randrange(given), 0, draw.randrange(written)))
    return found


def _report(name: str, error: BaseException) -> None:
    raise AssertionError(f"{name} failed") from error


if __name__ == "__main__":
    figures = {"us_per_usage": asyncio.run(time_pricing(USAGES))}
    sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
