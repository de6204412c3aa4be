"""The demo's client: sends one scene over a raw connection and notes all that comes back, or hangs up."""

import asyncio
from contextlib import aclosing
from enum import StrEnum
from typing import Final

import httpx2
import msgspec

from routeproof.operations.demo.reading import count_events
from routeproof.operations.demo.scene import Scene
from routeproof.operations.demo.witness import Promise, Witness
from routeproof.simulator.simulator import RunningSimulator

SCENE_DEADLINE_S: Final = 20.0
_NOBODYS_KEY: Final = "rp_live_nobody"


class Ending(StrEnum):
    """How an answer came to its end."""

    WHOLE = "whole"
    BROKEN = "broken off by the gateway"
    LEFT = "left by the client"
    NONE = "no answer"


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one request, seen from outside the gateway."""

    request_bytes: int
    ending: Ending = Ending.NONE
    status: int | None = None
    headers: dict[str, str] = {}
    body: bytes = b""
    promises: tuple[Promise, ...] = ()
    """What the providers set out to report on it."""
    upstream_closed: bool = False
    """The provider's connection was closed before its answer was over."""
    trouble: str | None = None
    """Why there is no answer."""


class DemoClient:
    """Sends scenes one after the other. `http` has the gateway's base URL."""

    def __init__(self, http: httpx2.AsyncClient, key: str, simulator: RunningSimulator, witness: Witness) -> None:
        self._http = http
        self._key = key
        self._simulator = simulator
        self._witness = witness

    async def send(self, scene: Scene) -> Sighting:
        """Send one scene and wait for its end; never raises for what the gateway does."""
        body = msgspec.json.encode(scene.body)
        promised = len(self._witness.promises)
        seen = Sighting(request_bytes=len(body))
        try:
            async with asyncio.timeout(SCENE_DEADLINE_S):
                seen = await self._exchange(scene, body)
                if seen.ending is Ending.LEFT:
                    seen = msgspec.structs.replace(seen, upstream_closed=await self._upstream_closes(scene))
        except TimeoutError:
            seen = msgspec.structs.replace(seen, trouble=f"it was not over within {SCENE_DEADLINE_S:g} s")
        except httpx2.TransportError as error:
            seen = msgspec.structs.replace(seen, trouble=f"{type(error).__name__}: {error}")
        return msgspec.structs.replace(seen, promises=tuple(self._witness.promises[promised:]))

    async def _exchange(self, scene: Scene, body: bytes) -> Sighting:
        headers = {
            "authorization": f"Bearer {self._key if scene.valid_key else _NOBODYS_KEY}",
            "content-type": "application/json",
        }
        async with self._http.stream("POST", "/chat/completions", content=body, headers=headers) as response:
            received, ending = await _receive(response, scene.leaves_after_events)
        return Sighting(
            request_bytes=len(body),
            ending=ending,
            status=response.status_code,
            headers=dict(response.headers),
            body=received,
        )

    async def _upstream_closes(self, scene: Scene) -> bool:
        """Wait until the last provider's connection is over, and tell whether the gateway closed it early."""
        server = self._simulator.server(scene.tries[-1].route.partition("/")[0])
        return (await server.wait_closed(server.log.total - 1)).client_gone


async def _receive(response: httpx2.Response, leave_after: int | None) -> tuple[bytes, Ending]:
    received = bytearray()
    try:
        async with aclosing(response.aiter_raw()) as pieces:
            async for piece in pieces:
                received += piece
                if leave_after is not None and count_events(bytes(received)) >= leave_after:
                    return bytes(received), Ending.LEFT
    except (httpx2.RemoteProtocolError, httpx2.ReadError):
        return bytes(received), Ending.BROKEN
    return bytes(received), Ending.WHOLE
