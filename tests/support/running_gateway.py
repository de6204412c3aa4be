"""A data plane on real sockets, in front of simulated providers, with the ledger in memory."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Self

from tests.support.loop_thread import LoopThread
from tests.support.memory_ledger import MemoryLedger

from routeproof.access.keys import RANDOM_BYTES, KeyRecord, KeyRing, key_id_of, mint_key
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.staleness import StalenessPolicies, StalenessPolicy
from routeproof.clock import Clock, SystemClock, parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.gateway.data_plane import DataPlane
from routeproof.gateway.hub import NoteSync
from routeproof.ids import ExchangeIds
from routeproof.ledger.audit import audit_entries
from routeproof.simulator.reply import Behaviour
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_behaviour, start_simulator

SIM_KEYS = {"deepseek": "sk-sim-deepseek", "qwen": "sk-sim-qwen", "newapi": "sk-sim-newapi"}
_AS_OF_NS = parse_instant("2026-11-18T05:00:00Z")
"""Whose model names the simulated providers know, whatever the machine's clock says."""
MODELS = """
[models."assistant"]
routes = ["deepseek/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]
rollback = "deepseek/deepseek-v4-pro"
[models."qwen"]
routes = ["qwen/qwen-plus"]
[models."relayed"]
routes = ["newapi/deepseek-flash"]
"""

AGELESS = StalenessPolicies(**dict.fromkeys(StalenessPolicies.__struct_fields__, StalenessPolicy()))


class RunningGateway:
    """Use as a context manager. `limits` are lines of the `[limits]` table, `models` the models' tables.

    `server` are lines of the `[server]` table. With `provider_tls` the providers speak TLS.
    `behaviours` are providers by name that stand in for, or beside, the simulated ones.
    `facts` are files that go before those of the package. Each dispatch waits for `note_sync`, where it is given.
    Facts don't age unless `staleness` says otherwise, so that rows are the same on whatever day the tests run.
    """

    def __init__(
        self,
        *,
        limits: str = "",
        models: str = MODELS,
        provider_lines: Mapping[str, str] | None = None,
        simulated: SimulatorSettings | None = None,
        behaviours: Mapping[str, Behaviour] | None = None,
        more: str = "",
        server: str = "",
        provider_tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        staleness: StalenessPolicies = AGELESS,
        facts: Sequence[Path] = (),
        note_sync: NoteSync | None = None,
    ) -> None:
        self._limits = limits
        self._models = models
        self._provider_lines = provider_lines or {}
        self._simulated = simulated or SimulatorSettings(
            providers=tuple(
                ProviderSettings(name=kind.value, kind=kind, keys=(SIM_KEYS[kind.value],), as_of_ns=_AS_OF_NS)
                for kind in Kind
            )
        )
        self._behaviours = behaviours or {}
        self._more = more
        self._server = server
        self._provider_tls = provider_tls
        self._clock = clock or SystemClock()
        self._staleness = staleness
        self._facts = facts
        self._note_sync = note_sync
        self.loop = LoopThread()
        self.ledger = MemoryLedger()
        self.key, self.key_record = _new_key(b"held", revoked_ns=None)
        self.revoked_key, self._revoked_record = _new_key(b"revoked", revoked_ns=1)
        self.tap_key, self._tap_record = _new_key(b"tap", revoked_ns=None, tap=True)
        self.other_tap_key, self._other_tap_record = _new_key(b"other tap", revoked_ns=None, tap=True)
        self.simulator: RunningSimulator
        self.plane: DataPlane
        self.port = 0

    @property
    def base_url(self) -> str:
        """What an SDK is pointed at."""
        return f"http://127.0.0.1:{self.port}/v1"

    def config(self) -> str:
        """The configuration that the gateway runs by."""
        tables = []
        for name in self.simulator.servers:
            dialect = name if name in SIM_KEYS else "openai"
            extra = self._provider_lines.get(name, "")
            region = 'region = "singapore"\n' if dialect == "qwen" and "region" not in extra else ""
            tables.append(
                f'[providers.{name}]\ndialect = "{dialect}"\nbase_url = "{self.simulator.base_url(name)}"\n'
                f'allow_plain = true\napi_key = "env:SIM_{name.upper()}"\n{region}{extra}\n'
            )
        limits = f"[limits]\nsweep_interval_s = 0.02\n{self._limits}\n"
        server = '[server]\nlisten = "127.0.0.1:0"\ndirect_routes = true\n' + self._server + "\n"
        return server + "\n".join(tables) + self._models + self._more + limits

    def turn(self) -> None:
        """Return once the gateway's loop has read whatever was sent to it before."""
        self.loop.run(asyncio.sleep(0))

    def environ(self) -> dict[str, str]:
        """The variables that the configuration names."""
        return {f"SIM_{name.upper()}": SIM_KEYS.get(name, "sk-sim-other") for name in self.simulator.servers}

    def __enter__(self) -> Self:
        self.loop.__enter__()
        self.loop.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.run(self._stop())
        self.loop.__exit__()
        assert not self.loop.faults, self.loop.faults
        assert self.ledger.open == {}, "exchanges were left without a row"
        assert audit_entries(self.ledger.entries) == []

    async def _start(self) -> None:
        self.simulator = await start_simulator(self._simulated, ssl_context=self._provider_tls)
        for name, behaviour in self._behaviours.items():
            replaced = self.simulator.servers.pop(name, None)
            if replaced is not None:
                await replaced.stop()
            self.simulator.servers[name] = await start_behaviour(name, behaviour)
        settings = parse_settings(self.config(), Path("routeproof.toml"), self.environ())
        self.plane = DataPlane(
            settings,
            prices=PriceBook.compile(load_facts(self._facts), self._staleness),
            keys=KeyRing([self.key_record, self._revoked_record, self._tap_record, self._other_tap_record]),
            recorder=self.ledger,
            writer=self.ledger,
            ids=ExchangeIds(0),
            clock=self._clock,
            note_sync=self._note_sync,
        )
        self.port = await self.plane.start()

    async def _stop(self) -> None:
        await self.plane.close()
        await self.simulator.stop()


def _new_key(seed: bytes, *, revoked_ns: int | None, tap: bool = False) -> tuple[str, KeyRecord]:
    minted = mint_key(sha256(seed).digest()[:RANDOM_BYTES])
    record = KeyRecord(
        key_id=key_id_of(minted.public_id),
        digest=minted.digest,
        owner="owner-1",
        account="account-1",
        created_ns=0,
        revoked_ns=revoked_ns,
        name="test",
        tap=tap,
    )
    return minted.text, record
