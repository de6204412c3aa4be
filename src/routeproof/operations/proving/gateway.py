"""The arm of a proof that goes through a gateway: how it is reached, and what it put into its ledger."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from routeproof.config.settings import Settings
from routeproof.errors import OperatorError
from routeproof.evidence.observations import Arm, LedgerRow, Observation
from routeproof.ids import ExchangeId, parse_exchange_id
from routeproof.ledger.entries import Entry
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.judges.rows import ATTEMPT, EXCHANGE
from routeproof.secret import Secret
from routeproof.store.data_dir import database_path
from routeproof.store.reading import LedgerFilter, LedgerReader

ROWS_WAIT_S: Final = 10.0
"""A gateway writes rows in batches, shortly after the answer."""
_LOOK_EVERY_S: Final = 0.1
_ANY_HOST: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server that listens there is asked at


class GatewayAccess(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway in front of the route."""

    base_url: str
    """Up to and with `/v1`."""
    key: Secret
    """One of the gateway's own; with one of `keys create --tap` what goes upstream can be judged too."""
    model: str
    """What a client asks it for, to be sent to the route and to no other."""
    database: Path | None = None
    """Of our own gateway, where its rows are; None for somebody else's."""
    headers: tuple[tuple[str, str], ...] = ()
    """Besides the usual ones; kept out of evidence."""
    ca_file: Path | None = None

    def endpoint(self, seed: int) -> Endpoint:
        """Where requests through it go."""
        return Endpoint(
            base_url=self.base_url,
            keys=keys_for(self.key.reveal(), seed=seed),
            model=self.model,
            is_gateway=True,
            tapped=self.database is not None,
            headers=self.headers,
            ca_file=self.ca_file,
        )


def own_gateway(settings: Settings, route: str, key: Secret) -> GatewayAccess:
    """Our own gateway of this configuration, which must be running. Raises OperatorError."""
    server = settings.server
    scheme = "http" if server.tls_cert is None else "https"
    host = _ANY_HOST.get(server.listen.host, server.listen.host)
    if server.listen.port == 0:
        raise OperatorError("server.listen has port 0, so nobody knows where the gateway is; give it a port of its own")
    address = f"[{host}]" if ":" in host else host
    return GatewayAccess(
        base_url=f"{scheme}://{address}:{server.listen.port}/v1",
        key=key,
        model=model_for(settings, route),
        database=database_path(server.data_dir),
        ca_file=server.tls_cert,
    )


def model_for(settings: Settings, route: str) -> str:
    """A name that the gateway always sends to this route. Raises OperatorError where there is none."""
    if settings.server.direct_routes:
        return route
    for model in settings.models.values():
        if [entry.route for entry in model.routes] == [route] and not model.fallbacks:
            return model.name
    raise OperatorError(
        f"the gateway has no name that always goes to {route!r}; set `direct_routes = true` under [server], or add a "
        "model with this one route and no fallbacks"
    )


async def with_rows(
    observations: Sequence[Observation], database: Path, *, wait_s: float = ROWS_WAIT_S
) -> tuple[Observation, ...]:
    """The observations with the rows that each left in the ledger, waiting a little for those that are missing.

    What left no row, or never got an id, has none. Raises StoreError.
    """
    reader = LedgerReader(database)
    wanted = {one.gateway_request_id for one in observations if one.arm is Arm.GATEWAY}
    missing = {text: parsed for text in wanted if text is not None and (parsed := _parsed(text)) is not None}
    found: dict[str, Entry] = {}
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    while missing:
        for text, exchange_id in tuple(missing.items()):
            entry = _entry(reader, exchange_id)
            if entry is not None:
                found[text] = entry
                del missing[text]
        if loop.time() > until:
            break
        if missing:
            await asyncio.sleep(_LOOK_EVERY_S)
    return tuple(_with_rows(one, found.get(one.gateway_request_id or "")) for one in observations)


def _entry(reader: LedgerReader, exchange_id: ExchangeId) -> Entry | None:
    page = reader.page(LedgerFilter(), 1, before_id=exchange_id + 1)
    return next((entry for entry in page.entries if entry.exchange.id == exchange_id), None)


def _with_rows(observation: Observation, entry: Entry | None) -> Observation:
    return observation if entry is None else msgspec.structs.replace(observation, ledger=rows_of(entry))


def rows_of(entry: Entry) -> tuple[LedgerRow, ...]:
    """An entry of the ledger as observations have it."""
    attempts = (LedgerRow(table=ATTEMPT, columns=msgspec.structs.asdict(attempt)) for attempt in entry.attempts)
    return (LedgerRow(table=EXCHANGE, columns=msgspec.structs.asdict(entry.exchange)), *attempts)


def _parsed(text: str) -> ExchangeId | None:
    try:
        return parse_exchange_id(text)
    except ValueError:  # somebody else's id
        return None
