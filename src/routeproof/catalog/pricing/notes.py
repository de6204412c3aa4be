"""What a row says about a known cost: words in a fixed order, as one text."""

from collections.abc import Iterable
from typing import Final

STRADDLES_WINDOW: Final = "straddles_window"
HELD_PRICE: Final = "held_price"
STALE_PRICE: Final = "stale_price"

NOTE_WORDS: Final = (
    STRADDLES_WINDOW,
    HELD_PRICE,
    STALE_PRICE,
    "list_price",
    "scope_unknown",
    "holiday_unknown",
)
"""Every word, in the order in which they stand."""

SEPARATOR: Final = ","


def join_words(words: Iterable[str]) -> str | None:
    """The words as a row has them, in their order; None where there are none."""
    return SEPARATOR.join(sorted(words, key=NOTE_WORDS.index)) or None
