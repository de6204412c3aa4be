"""The demo: simulated providers, a gateway before them, a scripted mix of requests, and a verdict on every row."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import msgspec

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import load_settings
from routeproof.config.problems import did_you_mean
from routeproof.config.settings import Settings
from routeproof.errors import OperatorError
from routeproof.ledger.entries import Entry
from routeproof.operations.demo.config import demo_providers, write_config
from routeproof.operations.demo.guide import Guide, guide_text
from routeproof.operations.demo.mix import run_mix
from routeproof.operations.demo.proving import prove_routes, show_proofs
from routeproof.operations.demo.report import DemoReport, show_report
from routeproof.operations.kill_matrix.gateways import StartGateway as StartTapped
from routeproof.operations.screen import Screen
from routeproof.operations.stopping import UntilStopped
from routeproof.simulator.faults import Fault
from routeproof.simulator.simulator import RunningSimulator, start_simulator


class DemoGateway(Protocol):
    """A gateway that serves, with a ledger of its own and a key that it accepts."""

    @property
    def base_url(self) -> str:
        """What an SDK is pointed at: scheme, host, port and `/v1`."""
        ...

    @property
    def key(self) -> str:
        """The key's text."""
        ...

    async def rows(self) -> list[Entry]:
        """Every entry of the ledger, once all that is due is committed."""
        ...


StartGateway = Callable[[Settings], AbstractAsyncContextManager[DemoGateway]]
"""Starts a gateway by these settings on the running loop, and stops it again."""


async def run_demo(
    start_gateway: StartGateway,
    screen: Screen,
    *,
    once: bool,
    as_json: bool,
    fault: Fault | None = None,
    start_tapped: StartTapped | None = None,
) -> bool:
    """Run the demo; True where every request has exactly the row and the cost that it should have.

    The routes are proven first; a `fault` is committed by one more of them. `start_tapped` starts the gateways that
    the prover tests itself on; without it, it does not.
    With `once` it ends after the report, else when SIGINT or SIGTERM comes. It leaves nothing behind.
    """
    report: DemoReport | None = None
    with TemporaryDirectory(prefix="routeproof-demo-") as folder, UntilStopped():
        providers = demo_providers(fault)
        async with await start_simulator(providers) as simulator:
            settings = load_settings(write_config(Path(folder), providers, simulator), {})
            if start_tapped is not None and not as_json:
                screen.say("The prover tests itself on seeded faults, then proves each route: a few seconds.")
            proofs = await prove_routes(settings, start_tapped)
            if not as_json:
                show_proofs(proofs, screen)
            async with start_gateway(settings) as gateway:
                report = msgspec.structs.replace(await _mix(gateway, settings, simulator), proofs=proofs)
                show_report(report, screen, as_json=as_json)
                if not once:
                    _show_guide(gateway, settings, simulator, screen, as_json=as_json)
                    await asyncio.Event().wait()
    if report is None:
        screen.tell("The demo was stopped before its report.")
        return False
    return report.ok


def fault_named(name: str) -> Fault:
    """A fault of the simulator. Raises OperatorError where there is none of that name."""
    try:
        return Fault(name)
    except ValueError as error:
        known = did_you_mean(name, [fault.value for fault in Fault])
        raise OperatorError(f"there is no fault {name!r}; {known} (docs/simulator.md)") from error


async def _mix(gateway: DemoGateway, settings: Settings, simulator: RunningSimulator) -> DemoReport:
    return await run_mix(
        base_url=gateway.base_url,
        key=gateway.key,
        rows=gateway.rows,
        simulator=simulator,
        prices=PriceBook.compile(load_facts(settings.server.facts), settings.staleness),
        settings=settings,
    )


def _show_guide(
    gateway: DemoGateway, settings: Settings, simulator: RunningSimulator, screen: Screen, *, as_json: bool
) -> None:
    """On stderr where stdout is for a machine."""
    guide = Guide(
        base_url=gateway.base_url,
        key=gateway.key,
        config_path=settings.source_path,
        data_dir=settings.server.data_dir,
        models=tuple(settings.models),
        providers={name: simulator.base_url(name) for name in simulator.servers},
        program=sys.argv[0] if Path(sys.argv[0]).name == "routeproof" else "routeproof",
        python=sys.executable,
    )
    if as_json:
        screen.tell(guide_text(guide))
    else:
        screen.say("\n" + guide_text(guide))
