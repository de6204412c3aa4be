"""Reads a usage object of Anthropic's Messages format, whose input leaves out what a cache read or wrote.

`input_tokens` counts neither `cache_read_input_tokens` nor `cache_creation_input_tokens`; the whole input is the sum of
the three (DeepSeek's `/anthropic` endpoint, read 2026-08-05; Anthropic's API reference, "Messages", read 2026-10).
"""

from typing import Final

import msgspec

from routeproof.dialects.base import UsageReading
from routeproof.dialects.usage_shapes import COUNT_MAX, MessagesUsage
from routeproof.usage import Usage

_decode: Final = msgspec.json.Decoder(MessagesUsage).decode


def read_messages_usage(raw: bytes | msgspec.Raw) -> UsageReading | None:
    """The counts, or the anomaly that makes them untrustworthy; None where the object is not of this shape.

    The shape is declared by a cache count beside the input. Which kind of cache it was is not told, so the hits are
    taken as an implicit one's, which cost no less than an explicit one's.
    """
    try:
        wire = _decode(raw)
    except (ValueError, RecursionError):
        return None
    hits, writes = wire.cache_read_input_tokens, wire.cache_creation_input_tokens
    if hits is None and writes is None:
        return None
    counts = (wire.input_tokens, hits or 0, writes or 0, wire.output_tokens)
    if min(counts) < 0:
        return UsageReading(None, "negative")
    whole = sum(counts[:3])
    if max(whole, wire.output_tokens) > COUNT_MAX:
        return UsageReading(None, "too_large")
    return UsageReading(Usage(whole, wire.output_tokens, counts[1], counts[2]))
