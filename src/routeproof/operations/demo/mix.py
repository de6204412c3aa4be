"""Sends the demo's mix of requests through a gateway and judges what it left in the ledger."""

from collections.abc import Awaitable, Callable, Sequence

import httpx2

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.settings import Settings
from routeproof.ledger.entries import Entry
from routeproof.operations.demo.client import SCENE_DEADLINE_S, DemoClient
from routeproof.operations.demo.judge import judge, truth_of
from routeproof.operations.demo.prices import Tariffs
from routeproof.operations.demo.report import DemoReport
from routeproof.operations.demo.scene import Scene
from routeproof.operations.demo.scenes import SCENES
from routeproof.operations.demo.witness import Witness
from routeproof.simulator.simulator import RunningSimulator


async def run_mix(
    *,
    base_url: str,
    key: str,
    rows: Callable[[], Awaitable[list[Entry]]],
    simulator: RunningSimulator,
    prices: PriceBook,
    settings: Settings,
    scenes: Sequence[Scene] = SCENES,
) -> DemoReport:
    """Send the scenes one after the other, then compare each with its row.

    `base_url` and `key` are the client's; `rows` gives every ledger entry, once all that is due is committed;
    `settings` are those that the gateway runs by, with its providers in `simulator`.
    """
    with Witness(simulator) as witness:
        async with _http(base_url) as http:
            client = DemoClient(http, key, simulator, witness)
            seen = [await client.send(scene) for scene in scenes]
    entries = await rows()
    truth = truth_of(Tariffs(prices, settings.providers), settings, key)
    judged = tuple(judge(scene, one, entries, truth) for scene, one in zip(scenes, seen, strict=True))
    return DemoReport(judged, tuple(entries))


def _http(base_url: str) -> httpx2.AsyncClient:
    # Straight to loopback: no proxy of the environment, and no trust store to load for plain HTTP.
    return httpx2.AsyncClient(base_url=base_url, timeout=SCENE_DEADLINE_S, trust_env=False, verify=False)
