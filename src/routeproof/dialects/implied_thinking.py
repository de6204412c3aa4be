"""Keeps what a model name says about thinking where another model, which decides it by a control, is asked instead."""

from typing import Final

import msgspec

from routeproof.dialects.base import Fields
from routeproof.dialects.controls import given

DECLARED_CHANGE: Final = (
    "where `[aliases]` maps a name that implies thinking or its absence and the request has no control for it, "
    "`thinking` (`deepseek`) or `enable_thinking` (`qwen`) is set to what the name implies"
)
"""In words; shown in the docs."""

_CONTROLS: Final = ("thinking", "enable_thinking", "reasoning_effort")
_ADDED: Final[dict[str, tuple[str, dict[bool, msgspec.Raw]]]] = {
    "deepseek": (
        "thinking",
        {True: msgspec.Raw(b'{"type":"enabled"}'), False: msgspec.Raw(b'{"type":"disabled"}')},
    ),
    "qwen": ("enable_thinking", {True: msgspec.Raw(b"true"), False: msgspec.Raw(b"false")}),
}
"""The control of each family that has one."""


def imply_thinking(dialect: str, fields: Fields, thinking: bool) -> Fields:
    """A client's fields with the family's thinking control added; as they are where they decide it themselves.

    Does not change `fields`. A family without such a control decides by its models' names, so nothing is added.
    """
    control = _ADDED.get(dialect)
    if control is None or any(given(fields, name) is not None for name in _CONTROLS):
        return fields
    name, values = control
    return {**fields, name: values[thinking]}
