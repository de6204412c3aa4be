"""The data plane's life: start, reload, drain, stop."""

import asyncio
import logging
from collections.abc import Callable
from ssl import SSLContext

from routeproof.access.keys import KeyRing
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import Clock
from routeproof.config.settings import ServerSettings, Settings
from routeproof.errors import ShuttingDown
from routeproof.gateway.application import Gateway
from routeproof.gateway.assembly import Assembly
from routeproof.gateway.hub import Hub, NoteSync, Recorder, Writer
from routeproof.gateway.relay import Exchange
from routeproof.ids import ExchangeIds
from routeproof.net.deadlines import Deadlines
from routeproof.net.listener import Listener
from routeproof.net.server_tls import ServerTls, load_certificate
from routeproof.net.tasks import Tasks

_log = logging.getLogger("routeproof.data_plane")
_STOP_WAIT_S = 5.0


class DataPlane:
    """One process's data plane. Everything runs on the loop it is made on."""

    def __init__(
        self,
        settings: Settings,
        *,
        prices: PriceBook,
        keys: KeyRing,
        recorder: Recorder,
        writer: Writer,
        ids: ExchangeIds,
        clock: Clock,
        note_sync: NoteSync | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._settings = settings
        self._prices = prices
        self._deadlines = Deadlines(loop, settings.limits.sweep_interval_s)
        self._tasks = Tasks(_report)
        self._assembly = Assembly(self._tasks, writer.pin)
        self.hub = Hub(
            clock=clock,
            now_s=loop.time,
            limits=settings.limits,
            deadlines=self._deadlines,
            ids=ids,
            recorder=recorder,
            writer=writer,
            note_sync=note_sync,
        )
        self.gateway = Gateway(self.hub, self._assembly.snapshot(settings, prices, keys))
        self.listener = Listener(self.gateway, settings.limits, self._deadlines)
        self._tls: ServerTls | None = None

    async def start(self) -> int:
        """Listen; returns the port. Raises OSError where the address can't be had, OperatorError for the TLS files."""
        server = self._settings.server
        context = _load_tls(server)
        self._tls = None if context is None else ServerTls(context)
        self._deadlines.start()
        self._sweep_pools()
        return await self.listener.start(server.listen.host, server.listen.port, context)

    def reload(self, settings: Settings, prices: PriceBook) -> None:
        """Serve by new settings from the next request on; exchanges in flight end by the old ones.

        The listener's address, whether it speaks TLS, and the limits of open connections stay as they were started.
        Its certificate is loaded again, whether its place has changed or only what stands there.
        Raises OSError or OperatorError, with the old settings still in force.
        """
        context = None if self._tls is None else _load_tls(settings.server)
        snapshot = self._assembly.snapshot(settings, prices, self.gateway.snapshot.keys)
        self._settings, self._prices = settings, prices
        self.gateway.snapshot = snapshot
        if self._tls is not None and context is not None:
            self._tls.show(context)

    def use_keys(self, keys: KeyRing) -> None:
        """Serve by a new set of keys."""
        self.gateway.snapshot = self.gateway.snapshot.with_keys(keys)

    async def drain(self, log_waiting: Callable[[int], None] | None = None) -> bool:
        """Stop in good order: not ready at once, accept a little longer, let streams finish, then end them visibly.

        Returns True where every exchange ended by itself.
        """
        limits = self._settings.limits
        self.gateway.serving = False
        self.listener.begin_drain()
        await asyncio.sleep(limits.drain_accept_s)
        self.listener.stop_accepting()
        if log_waiting is not None:
            log_waiting(self.hub.exchanges)
        finished = await self.listener.wait_ended(limits.drain_streams_s)
        if not finished:
            self.gateway.stopping = True
            self._end_exchanges()
            await self.listener.wait_ended(_STOP_WAIT_S)
        await self.close()
        return finished

    async def close(self) -> None:
        """Close everything at once; exchanges still in flight are settled as interrupted."""
        self.gateway.stopping = True
        self.listener.stop_accepting()
        self._end_exchanges()
        self.listener.abort_all()
        self._deadlines.stop()
        await self._tasks.cancel_all()
        for pool in self._assembly.pools:
            pool.close()

    def counters(self) -> dict[str, int]:
        """What the heartbeat publishes."""
        return {
            **self.hub.counters,
            "in_flight": self.hub.exchanges,
            "connections": self.listener.open_connections,
            "connections_refused": self.listener.refused,
            "upstream_connections": sum(pool.open_connections for pool in self._assembly.pools),
            "ledger_backlog": self.hub.writer.backlog,
            "ledger_rows_shed": self.hub.writer.shed,
        }

    def _end_exchanges(self) -> None:
        # Those with a client hang on its connection; those read on for their usage are watched by themselves.
        candidates: list[object] = [*self.listener.handlers(), *self._deadlines.watched()]
        unfinished = [candidate for candidate in candidates if isinstance(candidate, Exchange)]
        for exchange in unfinished:
            exchange.stop(ShuttingDown("The gateway stopped before the answer was complete."))
        if unfinished:
            _log.warning("ended %d exchanges before their time", len(unfinished))

    def _sweep_pools(self) -> None:
        self._deadlines.add(_PoolSweep(self._assembly))


class _PoolSweep:
    """Closes connections to providers that have been idle for too long."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def check_deadlines(self, now_s: float) -> None:
        for pool in self._assembly.pools:
            pool.check_deadlines(now_s)


def _load_tls(server: ServerSettings) -> SSLContext | None:
    """The context of the listener's certificate as it is now, None for plain HTTP. Raises OperatorError."""
    if server.tls_cert is None or server.tls_key is None:
        return None
    return load_certificate(server.tls_cert, server.tls_key)


def _report(name: str, error: BaseException) -> None:
    _log.error("background task %s failed", name, exc_info=error)
