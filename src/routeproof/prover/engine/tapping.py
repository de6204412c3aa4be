"""Reads from our own gateway what it recorded of an exchange: the bytes that went upstream and came back."""

import asyncio
from typing import Final

from routeproof.evidence.canonical import decode
from routeproof.evidence.observations import Transcript
from routeproof.evidence.plan import Step
from routeproof.evidence.tap_record import TapRecord
from routeproof.prover.engine.endpoints import Endpoint
from routeproof.prover.engine.sending import Sender

PATH: Final = "/routeproof/tap/"
"""Below the base URL; the gateway's id of the request follows."""
LOOKS_MAX: Final = 40
LOOK_EVERY_S: Final = 0.1
_UNDER_WAY: Final = 409


async def read_tap(sender: Sender, endpoint: Endpoint, request_id: str | None) -> tuple[Transcript, ...]:
    """One transcript for each attempt; empty where nothing was sent upstream, or nothing was recorded.

    An exchange that its client left may take a moment to end: it is asked for again, a bounded number of times.
    """
    if not endpoint.tapped or request_id is None:
        return ()
    step = Step(method="GET", path=PATH + request_id)
    for _ in range(LOOKS_MAX):
        answer = await sender.send(endpoint, step, b"")
        if answer.status != _UNDER_WAY:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    if answer.status != 200:
        return ()
    record = decode(answer.body.data, TapRecord)
    return record.attempts if record.request_id == request_id else ()
