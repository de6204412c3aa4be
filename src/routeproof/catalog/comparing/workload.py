"""A workload: how many requests of which type, with how many tokens, how much of it cached, and at which hours."""

from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

HOURS_OF_WEEK: Final = 168
ANY_HOUR: Final = (1,) * HOURS_OF_WEEK
"""Requests that come alike at every hour."""


class RequestType(StrEnum):
    """What a request is for, as far as its cost may differ."""

    PLAIN = "plain"
    TOOLS = "tools"
    JSON = "json"
    LONG_CONTEXT = "long_context"
    CACHED = "cached"
    THINKING = "thinking"


class Load(msgspec.Struct, frozen=True):
    """Requests of one type that are billed alike: each is in the same tier. Token counts are of all of them."""

    type: RequestType
    requests: int
    """At least 1."""
    input_tokens_each: Fraction
    """What the tier follows from: no request has more, and no tier ends between the least and this."""
    input_tokens: Fraction
    """Hits and writes included."""
    output_tokens: Fraction
    hit_tokens: Fraction = Fraction(0)
    write_tokens: Fraction = Fraction(0)
    thinking: Fraction = Fraction(0)
    """The share of the output that is billed as thinking output."""
    explicit_cache: bool = False
    """Hits and writes are an explicit cache's."""
    hours: tuple[int, ...] = ANY_HOUR
    """Weights of the hours of a week in UTC, from Monday 00:00 on; not all zero."""

    @property
    def plain_tokens(self) -> Fraction:
        """Input that neither came from a cache nor went into one."""
        return self.input_tokens - self.hit_tokens - self.write_tokens


class Workload(msgspec.Struct, frozen=True):
    """What routes are compared for; at least one load."""

    loads: tuple[Load, ...]
    source: str
    """The file it was stated in, or the ledger's rows that it was measured from."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of it."""

    @property
    def requests(self) -> int:
        """Of all loads."""
        return sum(load.requests for load in self.loads)
