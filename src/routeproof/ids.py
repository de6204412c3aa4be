"""Identifiers: distinct types for what must not be mixed up, and the order-keeping exchange id."""

import re
from typing import Final, NewType

ExchangeId = NewType("ExchangeId", int)
"""63 bits that sort by start time: milliseconds since the epoch (41 bits), worker (6), sequence (16)."""

KeyId = NewType("KeyId", str)
RouteName = NewType("RouteName", str)
"""`provider/upstream-model-id`; the model id may itself contain slashes."""

_SEQUENCE_BITS: Final = 16
_WORKER_BITS: Final = 6
_MS_SHIFT: Final = _SEQUENCE_BITS + _WORKER_BITS
_SEQUENCE_MASK: Final = (1 << _SEQUENCE_BITS) - 1
_EXCHANGE_TEXT: Final = re.compile(r"req_([0-9a-f]{16})")
_MODEL_ID: Final = re.compile(r"[!-~]{1,200}")


class ExchangeIds:
    """Makes exchange ids that strictly increase within a worker, whatever the wall clock does."""

    def __init__(self, worker: int, last: int = 0) -> None:
        if not 0 <= worker < 1 << _WORKER_BITS:
            raise ValueError(f"worker {worker} is outside 0..{(1 << _WORKER_BITS) - 1}")
        self._worker_bits = worker << _SEQUENCE_BITS
        # The id is put together once a millisecond: beyond 62 bits a compiled number is no longer a cheap one.
        self._ms = self._sequence = self._base = 0
        self._begin(last >> _MS_SHIFT)
        if last >= self._base:
            self._sequence = last - self._base
        if self._sequence > _SEQUENCE_MASK:  # of another worker
            self._begin(self._ms + 1)

    def next(self, wall_ns: int) -> ExchangeId:
        """The id of an exchange that starts now; after a step back of the clock it goes on from the last."""
        ms = wall_ns // 1_000_000
        if ms > self._ms:
            self._begin(ms)
        elif self._sequence < _SEQUENCE_MASK:
            self._sequence += 1
        else:  # the sequence is full: borrow the next millisecond
            self._begin(self._ms + 1)
        return ExchangeId(self._base + self._sequence)

    def _begin(self, ms: int) -> None:
        self._ms = ms
        self._sequence = 0
        self._base = ms << _MS_SHIFT | self._worker_bits


def exchange_id_floor(wall_ns: int) -> ExchangeId:
    """The least id that an exchange started at this instant or later can have: makes a time range a key range."""
    return ExchangeId((wall_ns // 1_000_000) << _MS_SHIFT)


def format_exchange_id(exchange_id: ExchangeId) -> str:
    """As clients see it in `x-request-id`: 'req_' and sixteen hexadecimal digits."""
    return f"req_{exchange_id:016x}"


def parse_exchange_id(text: str) -> ExchangeId:
    """Read what `format_exchange_id` wrote. Raises ValueError for anything else."""
    match = _EXCHANGE_TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a request id; it looks like 'req_' and sixteen hexadecimal digits")
    return ExchangeId(int(match[1], 16))


def split_route(route: RouteName | str) -> tuple[str, str]:
    """Split 'provider/model' into its two parts. Raises ValueError where one is missing."""
    provider, slash, model = route.partition("/")
    if not (provider and slash and model):
        raise ValueError(f"{route!r} is not a route; write it as 'provider/model-id'")
    return provider, model


def is_model_id(text: str) -> bool:
    """Whether this can be a provider's model id: 1 to 200 printable ASCII characters without spaces."""
    return _MODEL_ID.fullmatch(text) is not None
