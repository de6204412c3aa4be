"""The arm through a gateway: how it is reached, and its rows."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from tests.support.priced_ledger import PricedLedger
from tests.support.sample_evidence import PLAN, observations_of

from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.errors import OperatorError
from routeproof.evidence.observations import Arm, Observation
from routeproof.operations.proving.gateway import model_for, own_gateway, with_rows
from routeproof.secret import Secret

PROVIDERS = (
    '[providers.one]\ndialect = "deepseek"\napi_key = "none"\n[providers.two]\ndialect = "openai"\napi_key = "none"\n'
)
SHARED = '[models."shared"]\nroutes = ["one/a", "two/b"]\n'
BACKED = '[models."backed"]\nroutes = ["one/a"]\nfallbacks = ["two/b"]\n'
ALONE = '[models."alone"]\nroutes = ["one/a"]\n'


def settings(models: str = ALONE, server: str = "") -> Settings:
    """A configuration with these models."""
    return parse_settings(f"[server]\n{server}\n{PROVIDERS}{models}", Path("routeproof.toml"), {})


def test_a_name_must_always_lead_to_the_route() -> None:
    """Weights and fallbacks would prove another route now and then."""
    assert model_for(settings(SHARED + BACKED + ALONE), "one/a") == "alone"
    assert model_for(settings(SHARED, "direct_routes = true"), "one/a") == "one/a"
    with pytest.raises(OperatorError, match="direct_routes = true"):
        model_for(settings(SHARED + BACKED), "one/a")


@pytest.mark.parametrize(
    ("server", "base_url"),
    [
        ('listen = "127.0.0.1:8400"', "http://127.0.0.1:8400/v1"),
        ('listen = "0.0.0.0:8400"', "http://127.0.0.1:8400/v1"),
        ('listen = "[::]:8400"', "http://[::1]:8400/v1"),
    ],
)
def test_our_own_gateway_is_where_it_listens(server: str, base_url: str) -> None:
    """A server that listens everywhere is asked on this machine."""
    access = own_gateway(settings(server=server), "one/a", Secret("rp_live_key"))

    assert (access.base_url, access.model) == (base_url, "alone")
    assert access.database is not None
    assert access.endpoint(7).is_gateway


def test_a_gateway_on_any_free_port_can_not_be_found() -> None:
    """It needs a port of its own."""
    with pytest.raises(OperatorError, match="port of its own"):
        own_gateway(settings(server='listen = "127.0.0.1:0"'), "one/a", Secret("rp_live_key"))


def through(ids: Sequence[str | None]) -> list[Observation]:
    """Observations of the gateway's arm with these ids."""
    return [
        msgspec.structs.replace(one, arm=Arm.GATEWAY, gateway_request_id=text)
        for one, text in zip(observations_of(PLAN), ids, strict=False)
    ]


def test_each_observation_gets_the_rows_that_it_left(tmp_path: Path) -> None:
    """The exchange and its attempts; what left none, or has somebody else's id, has none."""
    ledger = PricedLedger(tmp_path)
    first, refused = ledger.add(), ledger.refuse()
    seen = asyncio.run(with_rows(through([first, refused, "somebody-elses", None]), ledger.database, wait_s=0))

    assert [[row.table for row in one.ledger] for one in seen] == [["exchange", "attempt"], ["exchange"], [], []]
    assert seen[0].ledger[0].columns["key_owner"] == "alice"
    assert seen[0].ledger[1].columns["route"] == "p/m"
    assert seen[1].ledger[0].columns["status"] == 400


def test_rows_that_are_still_on_their_way_are_waited_for(tmp_path: Path) -> None:
    """A gateway writes them in batches."""
    ledger = PricedLedger(tmp_path)
    known = ledger.add()

    async def main() -> tuple[Observation, ...]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(with_rows(through([known, _next(known)]), ledger.database))
            await asyncio.sleep(0)
            assert ledger.add() == _next(known)
            return await task

    seen = asyncio.run(main())
    assert [len(one.ledger) for one in seen] == [2, 2]


def _next(request_id: str) -> str:
    """The id that the sample ledger gives next: a millisecond later."""
    return f"req_{int(request_id.removeprefix('req_'), 16) + (1 << 22):016x}"


def test_rows_are_looked_for_on_the_gateways_arm_alone(tmp_path: Path) -> None:
    """A direct answer's id is the provider's."""
    ledger = PricedLedger(tmp_path)
    direct = msgspec.structs.replace(through([ledger.add()])[0], arm=Arm.DIRECT)

    assert asyncio.run(with_rows([direct], ledger.database, wait_s=0))[0].ledger == ()
