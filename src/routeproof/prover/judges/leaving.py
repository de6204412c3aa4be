"""Requests whose client leaves in the middle of the answer, and what the ledger may say of them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import LedgerRow, Observation
from routeproof.evidence.plan import Case, Step
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.judges.rows import attempt_rows, exchange_rows, text_in
from routeproof.prover.judges.tapped import on_gateway
from routeproof.prover.setup import Setup

LEAVE_AFTER: Final = 4
"""Events: the answer has begun, and most of it is still to come."""
CANCELLED: Final = "cancelled"
LABELS: Final = frozenset(("reported", "counted", "estimated", "unknown"))
_PROMPT: Final = "Write a story of about five hundred words about a lighthouse. Begin with the word @@nonce@@."


def leaving_case(setup: Setup, checks: Sequence[str]) -> tuple[Case, ...]:
    """The same long answer twice: left after its first events, then read to the end."""
    body = stream(setup, [user(_PROMPT)], **thinking_off(setup.dialect))
    left, whole = Step(body=body, leave_after_events=LEAVE_AFTER), Step(body=body)
    one = msgspec.structs.replace(case(setup, "leaving", checks, body), steps=(left, whole))
    return on_gateway([one])


def rows_of_left(observation: Observation) -> tuple[LedgerRow, LedgerRow] | None:
    """The exchange's row and that of its last attempt; None where either is missing."""
    exchanges, attempts = exchange_rows(observation), attempt_rows(observation)
    return (exchanges[0], attempts[-1]) if len(exchanges) == 1 and attempts else None


def is_labelled(attempt: LedgerRow) -> bool:
    """Whether the row says where its counts come from."""
    return text_in(attempt, "provenance") in LABELS
