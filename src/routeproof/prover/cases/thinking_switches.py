"""How thinking is switched, by dialect: for cases that are about something else, and must not pay for thoughts."""

from collections.abc import Mapping
from typing import Final

_SWITCHES: Final[Mapping[str, Mapping[bool, Mapping[str, object]]]] = {
    "deepseek": {True: {"thinking": {"type": "enabled"}}, False: {"thinking": {"type": "disabled"}}},
    "qwen": {True: {"enable_thinking": True}, False: {"enable_thinking": False}},
}


def thinking_off(dialect: str) -> Mapping[str, object]:
    """The control that switches thinking off; none where the dialect has none."""
    return _SWITCHES.get(dialect, {}).get(False, {})


def thinking_on(dialect: str) -> Mapping[str, object]:
    """The control that switches thinking on; none where the dialect has none. Qwen wants a stream with it."""
    return _SWITCHES.get(dialect, {}).get(True, {})
