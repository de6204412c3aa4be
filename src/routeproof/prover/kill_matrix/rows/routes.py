"""The honest routes of the kill matrix: each check must pass on them, or be one that the route declares absent."""

from typing import Final

from routeproof.evidence.plan import Declared
from routeproof.prover.kill_matrix.matrix import Route

FLASH: Final = "deepseek-flash"
STRUCTURED: Final = "qwen3.7-plus"
STRICT_REPLAY: Final = "deepseek-v4-pro"


def _deepseek(model: str) -> Route:
    return Route(name=model, kind="deepseek", model=model, dialect="deepseek", family="deepseek", prices="deepseek")


def _qwen(model: str) -> Route:
    return Route(name=model, kind="qwen", model=model, dialect="qwen", family="qwen", prices="qwen", region="singapore")


ROUTES: Final = (
    _deepseek(FLASH),
    _qwen("qwen-plus"),
    _qwen("qwen3-max"),
    _qwen(STRUCTURED),
    _deepseek(STRICT_REPLAY),
    Route(name="newapi", kind="newapi", model=FLASH, dialect="newapi", family="deepseek", prices="newapi"),
)
"""Both families, both of Qwen's stream shapes, one model that takes JSON schemas and one that insists on the reasoning
of earlier turns, and a gateway of the new-api family in front."""
ONLY_DIRECT: Final = frozenset((STRUCTURED, STRICT_REPLAY))
"""What is special about them is seen without a gateway."""
SHORT_CONTEXT: Final[dict[str, Declared]] = {"context-tokens": 8_000, "usable-context-tokens": 8_000}
SHORT_SETTINGS: Final[dict[str, int | str]] = {"context_tokens": 8_000}
"""Honest routes with a context that is filled in no time."""
