"""The four things that may become of a control, and when what was measured is what was declared."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from routeproof.evidence.plan import Declared
from routeproof.prover.declared import declared_count


class Effect(StrEnum):
    """What becomes of a request parameter. docs/controls.md says it at length."""

    EFFECTIVE = "effective"
    """Its effect shows in the answer."""
    IGNORED = "ignored"
    """It is taken without a word, and has no effect."""
    REJECTED = "rejected"
    """The request is refused for its value."""
    UNSUPPORTED = "unsupported"
    """Measured: it is refused because the parameter is not known. Declared: nothing is promised of it."""


_MET: Final[Mapping[Effect, frozenset[Effect]]] = {
    Effect.EFFECTIVE: frozenset((Effect.EFFECTIVE,)),
    Effect.IGNORED: frozenset((Effect.IGNORED,)),
    Effect.REJECTED: frozenset((Effect.REJECTED, Effect.UNSUPPORTED)),
    Effect.UNSUPPORTED: frozenset((Effect.UNSUPPORTED, Effect.REJECTED, Effect.IGNORED)),
}
_FACTS_SAY: Final = {
    "response_format": "response_format.type",
    "stream_options": "stream_options.include_usage",
}
"""Controls whose fact is about a part of them."""
_LIMITS: Final = {"n": "choices", "stop": "stop-strings", "tools": "tools"}
"""Controls that have a limit, which says as much: of one choice, that there can't be two."""


def meets(declared: Effect, measured: Effect, *, by_gateway: bool = False) -> bool:
    """Whether a control does what is declared of it.

    Facts speak of the provider. What it ignores, the gateway in front refuses or says in the provider's words, so that
    nobody loses it unawares: by the gateway nothing is promised of such a control.
    """
    return measured in _MET[declared] or (by_gateway and declared is Effect.IGNORED)


def declared_effect(declared: Mapping[str, Declared], control: str) -> Effect | None:
    """What is declared of a control in ordinary requests, thinking off; None where nothing is."""
    value = declared.get(f"control.{_FACTS_SAY.get(control, control)}")
    if isinstance(value, str) and value in set(Effect):
        return Effect(value)
    limit = declared_count(declared, _LIMITS[control]) if control in _LIMITS else None
    if limit is None:
        return None
    if control == "n":
        return Effect.REJECTED if limit == 1 else Effect.EFFECTIVE
    return Effect.EFFECTIVE
