"""The controls of thinking, read and mapped: DeepSeek's `thinking`, Qwen's `enable_thinking`, and the effort.

A family ignores the other's control without a word: DeepSeek thinks, and bills it, in spite of
`enable_thinking: false` (observed 2026-09). A control whose value is null says nothing and is left alone.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.dialects.base import Fields
from routeproof.errors import InvalidBody, UnsupportedControl

_NULL: Final = msgspec.Raw(b"null")
_TRUE: Final = msgspec.Raw(b"true")
_FALSE: Final = msgspec.Raw(b"false")
_NO_EFFORT: Final = msgspec.Raw(b'"none"')
_THINKING: Final = {True: msgspec.Raw(b'{"type":"enabled"}'), False: msgspec.Raw(b'{"type":"disabled"}')}
_ENABLE_THINKING: Final = {True: _TRUE, False: _FALSE}


class _Thinking(msgspec.Struct, gc=False):
    type: str


class _OnlyThinking(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    type: str


_decode_thinking: Final = msgspec.json.Decoder(_Thinking).decode
_decode_only_thinking: Final = msgspec.json.Decoder(_OnlyThinking).decode
_SWITCH: Final = {"enabled": True, "disabled": False}


def given(fields: Mapping[str, msgspec.Raw], name: str) -> msgspec.Raw | None:
    """A field's value, None where it is absent or null."""
    value = fields.get(name)
    return None if value is None or value == _NULL else value


def thinking_object_switch(fields: Mapping[str, msgspec.Raw]) -> bool | None:
    """What `thinking: {"type": ...}` asks for; None where it is not given or says neither on nor off."""
    value = given(fields, "thinking")
    if value is None:
        return None
    try:
        return _SWITCH.get(_decode_thinking(value).type)
    except (ValueError, RecursionError):
        return None


def enable_thinking_switch(fields: Mapping[str, msgspec.Raw]) -> bool | None:
    """What `enable_thinking` asks for; None where it is not given or is no boolean."""
    value = fields.get("enable_thinking")
    if value == _TRUE:
        return True
    return False if value == _FALSE else None


def effort_is_none(fields: Mapping[str, msgspec.Raw]) -> bool:
    """Whether `reasoning_effort` is "none", the one effort that switches thinking off."""
    return fields.get("reasoning_effort") == _NO_EFFORT


def refuse(fields: Fields, name: str, remedy: str) -> None:
    """Raise UnsupportedControl if the control is given. `remedy` says what to send instead."""
    if given(fields, name) is not None:
        raise UnsupportedControl(f"{name} would be ignored by this model's provider: {remedy}.", param=name)


def map_enable_thinking(fields: Fields) -> None:
    """Replace `enable_thinking` by the `thinking` that means the same. Changes `fields`.

    Raises InvalidBody where it is no boolean, UnsupportedControl where a `thinking` beside it says otherwise.
    """
    if given(fields, "enable_thinking") is None:
        return
    wanted = enable_thinking_switch(fields)
    if wanted is None:
        raise InvalidBody("enable_thinking must be true or false.", param="enable_thinking")
    if given(fields, "thinking") is None:
        fields["thinking"] = _THINKING[wanted]
    elif thinking_object_switch(fields) is not wanted:
        raise _contradiction("enable_thinking", "thinking")
    del fields["enable_thinking"]


def map_thinking(fields: Fields) -> None:
    """Replace `thinking` by the `enable_thinking` that means the same. Changes `fields`.

    Raises InvalidBody where it is not exactly `{"type": "enabled"}` or "disabled", as another member would be
    lost; UnsupportedControl where an `enable_thinking` beside it says otherwise.
    """
    value = given(fields, "thinking")
    if value is None:
        return
    wanted = _only_switch(value)
    if wanted is None:
        raise InvalidBody(
            'thinking must be {"type": "enabled"} or {"type": "disabled"} to become enable_thinking: '
            "for a budget send enable_thinking and thinking_budget.",
            param="thinking",
        )
    if given(fields, "enable_thinking") is None:
        fields["enable_thinking"] = _ENABLE_THINKING[wanted]
    elif enable_thinking_switch(fields) is not wanted:
        raise _contradiction("thinking", "enable_thinking")
    del fields["thinking"]


def _only_switch(value: msgspec.Raw) -> bool | None:
    try:
        return _SWITCH.get(_decode_only_thinking(value).type)
    except (ValueError, RecursionError):
        return None


def _contradiction(foreign: str, own: str) -> UnsupportedControl:
    return UnsupportedControl(f"{foreign} and {own} contradict each other: send only {own}.", param=foreign)
