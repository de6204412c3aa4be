"""Asks requests that met a rate limit once more, when all first attempts are over: counted, and never judged.

Whether back-off works is worth knowing, and must not make up for what was measured: the second answer is dropped once
its status has been seen.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Attempts
from routeproof.prover.engine.accounting import Accounts
from routeproof.prover.engine.endpoints import Endpoint
from routeproof.prover.engine.sending import Sender

WAIT_MAX_S: Final = 60.0
WAIT_S: Final = 5.0
"""Where no answer says how long."""
_LIMITED: Final = 429


class SecondAttempts:
    """Those of one run."""

    def __init__(self, plan: Plan, observations: Iterable[Observation]) -> None:
        seen = tuple(observations)
        self._plan = plan
        self._sent = sum(one.transcript.ending is not Ending.NOT_SENT for one in seen)
        limited = [one for one in seen if one.transcript.status == _LIMITED]
        self._limited = len(limited)
        # What was masked can't be sent again as it was.
        self.waiting = tuple(one for one in limited if one.transcript.request.body.as_observed)
        self.wait_s = max((_wait_of(one) for one in self.waiting), default=0.0)
        """The longest wait that an answer asked for, up to `WAIT_MAX_S`."""
        self._asked = self._through = 0

    async def ask(
        self,
        sender: Sender,
        endpoints: Mapping[Arm, Endpoint],
        accounts: Accounts,
        halt: asyncio.Event,
    ) -> None:
        """Wait, then ask one after the other, as far as the budget reaches and nobody says stop."""
        cases = {case.id: case for case in self._plan.cases}
        await _wait(self.wait_s, halt)
        for one in self.waiting:
            case = cases[one.case]
            if await accounts.reserve(case, one.step, halt) is not None:
                return
            body = one.transcript.request.body.data
            transcript = await sender.send(endpoints[one.arm], case.steps[one.step - 1], body)
            await accounts.settle(
                case, one.step, Observation(plan=one.plan, transcript=transcript, **one.key._asdict())
            )
            self._asked += 1
            self._through += transcript.status not in (None, _LIMITED)

    def counted(self, planned: int) -> Attempts:
        """What came of it."""
        return Attempts(
            planned=planned,
            sent=self._sent,
            rate_limited=self._limited,
            asked_again=self._asked,
            got_through_then=self._through,
        )


async def _wait(seconds: float, halt: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await halt.wait()
    except TimeoutError:
        return


def _wait_of(observation: Observation) -> float:
    text = observation.transcript.header("retry-after") or ""
    seconds = float(text) if text.isascii() and text.isdigit() else WAIT_S
    return min(seconds, WAIT_MAX_S)
