"""Where concrete adapters meet engines: the only module that knows both, and the program's entry point."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import uvloop

from routeproof.admin.process import admin_process
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.cli import console
from routeproof.cli.app import run
from routeproof.cli.exits import Exit
from routeproof.clock import Clock, SystemClock
from routeproof.config.alias_facts import require_alias_facts
from routeproof.config.facts_files import load_facts
from routeproof.config.families import require_price_families
from routeproof.config.loading import load_settings
from routeproof.config.settings import ListenAddress, Settings
from routeproof.errors import ConfigError, FactsError, OperatorError, StoreError
from routeproof.gateway.bounds import bound_of
from routeproof.gateway.data_plane import DataPlane
from routeproof.gateway.pinned_facts import facts_behind
from routeproof.gateway.serving import serve_until_stopped
from routeproof.ledger.entries import Entry
from routeproof.operations.keys import create_key
from routeproof.operations.kill_matrix.gateways import TappedGateway
from routeproof.store.opening import OpenLedger

_log = logging.getLogger("routeproof")
_FLUSH_S = 10.0
_DEMO_ROWS_MAX = 1_000


class Wiring:
    """The program's long-running parts (`operations.runtime.Runtime`)."""

    def serve(self, settings: Settings) -> int:
        """Serve clients until SIGTERM or SIGINT. SIGHUP reads `settings.source_path` again."""
        # A start may take a while, and unheeded the signal would end the process; it waits until someone listens.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
        prices = PriceBook.compile(load_facts(settings.server.facts), settings.staleness)
        server = settings.server
        with (
            _open_ledger(settings, prices, keep_small=True) as ledger,
            admin_process(server.admin_listen, ledger.database, log_level=server.log_level, log_style=server.log_style),
        ):
            uvloop.run(_serve(settings, prices, ledger))
        return Exit.OK

    def simulate(self, script: Path | None, replay: Path | None, *, host: str, port: int, as_json: bool) -> int:
        """Run the simulated providers alone, or replays of recordings, until told to stop."""
        # What only this needs is read here, and so below: a gateway that serves does not carry it.
        from routeproof.operations.simulating import replay_recordings, simulate  # noqa: PLC0415

        if replay is not None:
            uvloop.run(replay_recordings(replay, host=host, port=port, screen=console, as_json=as_json))
        else:
            uvloop.run(simulate(script, host=host, port=port, screen=console, as_json=as_json))
        return Exit.OK

    def demo(self, *, once: bool, as_json: bool, fault: str | None) -> int:
        """Run gateway and simulated providers together; `once` sends the scripted mix, judges it and ends."""
        from routeproof.operations.demo.running import fault_named, run_demo  # noqa: PLC0415

        ok = uvloop.run(
            run_demo(
                _demo_gateway,
                console,
                once=once,
                as_json=as_json,
                fault=None if fault is None else fault_named(fault),
                start_tapped=self.tapped_gateway,
            )
        )
        return Exit.OK if ok else Exit.FAILED

    def tapped_gateway(self, settings: Settings, clock: Clock) -> AbstractAsyncContextManager[TappedGateway]:
        """A gateway in this process that the prover tests itself on."""
        return _tapped_gateway(settings, clock)


def main() -> None:
    """The program."""
    sys.exit(run(Wiring()))


def _open_ledger(settings: Settings, prices: PriceBook, *, keep_small: bool, clock: Clock | None = None) -> OpenLedger:
    return OpenLedger(
        settings.server.data_dir,
        slots=settings.limits.recorder_slots,
        durability=settings.server.durability,
        bound=bound_of(settings, prices),
        clock=clock or SystemClock(),
        on_failure=_ledger_failed,
        keep_small=keep_small,
        facts_behind=facts_behind(settings, prices),
    )


def _ledger_failed(error: BaseException) -> None:
    _log.critical("requests are refused until a restart: %s", error)


def _data_plane(settings: Settings, prices: PriceBook, ledger: OpenLedger, clock: Clock | None = None) -> DataPlane:
    """A data plane on the running loop, kept up to date with the keys in the database."""
    plane = DataPlane(
        settings,
        prices=prices,
        keys=ledger.keys(),
        recorder=ledger.recorder,
        writer=ledger.writer,
        ids=ledger.ids,
        clock=clock or SystemClock(),
        note_sync=ledger.slot_sync,
    )
    ledger.on_keys_changed = partial(_hand_over_keys, asyncio.get_running_loop(), plane, ledger)
    ledger.read_counters = plane.counters
    return plane


def _hand_over_keys(loop: asyncio.AbstractEventLoop, plane: DataPlane, ledger: OpenLedger) -> None:
    """Called on the writer's thread when another process changed the database."""
    try:
        keys = ledger.keys()
    except StoreError as error:
        _log.error("the keys can't be read, the old ones stay in force: %s", error.message)
    else:
        loop.call_soon_threadsafe(plane.use_keys, keys)


async def _serve(settings: Settings, prices: PriceBook, ledger: OpenLedger) -> None:
    plane = _data_plane(settings, prices, ledger)
    writer = ledger.writer

    with _telling_how_to_listen(settings):
        port = await plane.start()

    def started() -> None:
        writer.announce("serving")
        _log.info("data plane listens on %s", ListenAddress(settings.server.listen.host, port))

    try:
        await serve_until_stopped(
            plane,
            reload=partial(_reload, plane, settings.source_path),
            started=started,
            draining=lambda: writer.announce("draining"),
        )
    finally:
        ledger.on_keys_changed = None  # the ledger is open for longer than the loop that this calls into


@contextmanager
def _telling_how_to_listen(settings: Settings) -> Iterator[None]:
    """Turns a failure to listen into what the operator can do about it."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
        remedy = "stop what uses it, or change server.listen"
        raise OperatorError(f"can't listen on {settings.server.listen} ({why}); {remedy}") from error


def _reload(plane: DataPlane, path: Path) -> None:
    """Serve by the configuration as it is now; where it is broken, the old one stays and the log says why."""
    try:
        settings = load_settings(path, os.environ)
        facts = load_facts(settings.server.facts)
        require_price_families(settings, facts)
        require_alias_facts(settings, facts)
        plane.reload(settings, PriceBook.compile(facts, settings.staleness))
    except (ConfigError, FactsError) as error:
        _log.error("the configuration was not reloaded, the old one stays in force:\n%s", "\n".join(error.problems))
    except (OperatorError, OSError) as error:
        _log.error("the configuration was not reloaded, the old one stays in force: %s", error)
    else:
        _log.info("the configuration was reloaded")


class _DemoGateway:
    """`operations.demo.running.DemoGateway` over a data plane in this process."""

    def __init__(self, port: int, key: str, ledger: OpenLedger) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.key = key
        self._ledger = ledger

    async def rows(self) -> list[Entry]:
        """Every entry of the ledger, once all that is due is committed."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[Entry]:
        from routeproof.store.reading import LedgerFilter, LedgerReader  # noqa: PLC0415

        if not self._ledger.writer.flush(_FLUSH_S):
            raise StoreError("the ledger did not commit in time; look at the log")
        return LedgerReader(self._ledger.database).page(LedgerFilter(), _DEMO_ROWS_MAX).entries


@asynccontextmanager
async def _demo_gateway(settings: Settings) -> AsyncIterator[_DemoGateway]:
    prices = PriceBook.compile(load_facts(settings.server.facts), settings.staleness)
    with _open_ledger(settings, prices, keep_small=False) as ledger:
        key = create_key(settings.server.data_dir, owner="demo", account="demo", name="demo")
        plane = _data_plane(settings, prices, ledger)
        try:
            port = await plane.start()
            ledger.writer.announce("serving")
            yield _DemoGateway(port, key.key, ledger)
        finally:
            await plane.close()


@asynccontextmanager
async def _tapped_gateway(settings: Settings, clock: Clock) -> AsyncIterator[TappedGateway]:
    """A data plane in this process whose exchanges can be looked into."""
    prices = PriceBook.compile(load_facts(settings.server.facts), settings.staleness)
    with _open_ledger(settings, prices, keep_small=True, clock=clock) as ledger:
        made = partial(create_key, settings.server.data_dir, tap=True, clock=clock)
        keys = [made(owner=f"owner-{who}", account=f"account-{who}") for who in ("a", "b")]
        plane = _data_plane(settings, prices, ledger, clock)
        try:
            port = await plane.start()
            ledger.writer.announce("serving")
            yield TappedGateway(
                base_url=f"http://127.0.0.1:{port}/v1",
                keys=tuple(key.key for key in keys),
                database=ledger.database,
            )
        finally:
            await plane.close()


if __name__ == "__main__":
    main()
