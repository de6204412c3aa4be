"""The packs of checks, and how often a deterministic case is repeated in each."""

from enum import StrEnum
from typing import Final


class Pack(StrEnum):
    """A named set of checks."""

    SMOKE = "smoke"
    """About 40 requests a route: whether it works at all and can be billed."""
    QUALIFY = "qualify"
    """About 600: adds rates, limits and latency."""
    SENTINEL = "sentinel"
    """A few an hour beside production traffic."""
    CUSTOM = "custom"
    """The checks that were named."""


REPEATS: Final = {Pack.SMOKE: 1, Pack.QUALIFY: 3, Pack.SENTINEL: 1, Pack.CUSTOM: 3}
"""How often a deterministic case runs; every repeat must pass."""

EVERYWHERE: Final = frozenset((Pack.SMOKE, Pack.QUALIFY, Pack.SENTINEL))
FIRST: Final = frozenset((Pack.SMOKE, Pack.QUALIFY))
LATER: Final = frozenset((Pack.QUALIFY,))
