"""What the relay keeps of one exchange: the tap's transcripts and the ledger's rows, in our own gateway's form."""

import time
from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Ending, Header, Read, Request, Times, Transcript, body_of
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.simulator.relay_defects import RelayDefect

_LOW_NANOUSD: Final = 1
_BOUND_NANOUSD: Final = 1_000_000_000
_WHOLE_NANOUSD: Final = 1_000
_OUTCOMES: Final = dict.fromkeys((400, 413, 422), "client_error")
_FREE: Final = "error_not_billed"


class Attempted:
    """One request to the provider, while it is under way and after."""

    def __init__(self, origin_ns: int, headers: Sequence[Header], body: bytes, path: str) -> None:
        self._origin_ns = origin_ns
        self._request = Request(
            method="POST", path=path, headers=tuple(headers), body=body_of([Read(self._now_ns(), body)])
        )
        self._sent_ns = self._now_ns()
        self._first_ns: int | None = None
        self._ended_ns: int | None = None
        self.status: int | None = None
        self.headers: tuple[Header, ...] = ()
        self.reads: list[Read] = []
        self.ending = Ending.RESET

    def take_head(self, status: int, headers: Sequence[Header]) -> None:
        """The answer's head has come."""
        self.status, self.headers, self._first_ns = status, tuple(headers), self._now_ns()
        self.ending = Ending.TRUNCATED

    def take(self, data: bytes) -> None:
        """A piece of its body has come."""
        self.reads.append(Read(self._now_ns(), data))

    def end(self, ending: Ending | None = None) -> None:
        """Nothing more comes."""
        if self._ended_ns is None:
            self._ended_ns = self._now_ns()
            self.ending = ending or self.ending

    @property
    def body(self) -> bytes:
        """All that has come of it."""
        return b"".join(read.data for read in self.reads)

    def transcript(self) -> Transcript:
        """As the tap hands it out."""
        ended_ns = self._now_ns() if self._ended_ns is None else self._ended_ns
        return Transcript(
            request=self._request,
            times=Times(
                begun_ns=0, connected_ns=0, sent_ns=self._sent_ns, first_byte_ns=self._first_ns, ended_ns=ended_ns
            ),
            status=self.status,
            headers=self.headers,
            body=body_of(self.reads),
            ending=self.ending,
        )

    def _now_ns(self) -> int:
        return time.monotonic_ns() - self._origin_ns


def entry_of(
    number: int,
    attempts: Sequence[Attempted],
    *,
    started_ns: int,
    stream: bool,
    status: int | None,
    left: bool,
    defect: RelayDefect | None,
) -> Entry:
    """The rows of an exchange; `left`: its client was gone before the end."""
    rows = [_attempt_row(number, ordinal, one, left) for ordinal, one in enumerate(attempts, 1)]
    if defect in (RelayDefect.HIDDEN_RETRY, RelayDefect.RETRY_MID_ANSWER):
        rows = rows[-1:]
    free = defect is RelayDefect.FREE_CANCEL and left
    outcome = "cancelled" if left else rows[-1].outcome if rows else "client_error"
    costs = [0 if free else row.cost_nanousd for row in rows]
    cost = None if None in costs else sum(cost for cost in costs if cost is not None)
    bound = _LOW_NANOUSD if defect is RelayDefect.LOW_BOUND else _BOUND_NANOUSD
    exchange = ExchangeRow(
        number, started_ns, 1, 1, "key_relay", "owner", "account", "relayed", None, int(stream), status,
        outcome, None, len(rows), cost, bound if cost is None else None, 1, 1,
    )  # fmt: skip
    if free:
        for row in rows:
            row.cost_nanousd = 0
    return Entry(exchange, rows)


def _attempt_row(number: int, ordinal: int, attempt: Attempted, left: bool) -> AttemptRow:
    failed = attempt.status is None or attempt.status >= 400
    outcome = "cancelled" if left else _OUTCOMES.get(attempt.status or 0, "upstream_error") if failed else "ok"
    refused = attempt.status is not None and attempt.status >= 400
    cost = 0 if refused else None if left else _WHOLE_NANOUSD
    return AttemptRow(
        number, ordinal, "relay/model", 0, 1, 1, attempt.status, outcome, None, None, None, None, 0,
        None, None, None, None, None, 0, "unknown", None, cost,
        _FREE if refused else "usage_missing", None,
    )  # fmt: skip
