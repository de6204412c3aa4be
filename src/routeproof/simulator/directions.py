"""Directions to the simulator inside a prompt: `[[sim:stall_mid_stream]]`, `[[sim:events=50]]` and so on.

They work through any gateway, which a request header would not. The last user message counts.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from routeproof.simulator.chat import Message

MARK = "[[sim:"
EVENTS_MAX = 100_000
BYTES_MAX = 64 * 1024 * 1024
SECONDS_MAX = 3_600.0

_DIRECTION = re.compile(r"\[\[sim:([a-z0-9_]+)(?:=([^\]\s]*))?\]\]")


class DirectionError(Exception):
    """A direction that can't be followed; the message says what the simulator knows."""


class Directions(msgspec.Struct, frozen=True, kw_only=True):
    """What a prompt asks of the simulator. None: nothing was asked."""

    fault: str | None = None
    """The name of a fault, not yet checked."""
    events: int | None = None
    """Pieces of content."""
    bytes: int | None = None
    """UTF-8 bytes of content, spread over the events."""
    event_interval_ms: float | None = None
    reasoning: bool = False
    """Think, whatever the request says."""
    tool_calls: int | None = None
    keepalives: int | None = None
    finish: str | None = None
    """The finish reason to give instead of `stop`."""
    after_events: int | None = None
    seconds: float | None = None
    count: int | None = None
    control: str | None = None
    """The request parameter that the fault is about."""


def read_directions(messages: list[Message]) -> Directions:
    """The directions in the last user message. Raises DirectionError for a value that is out of range."""
    text = next((message.text() for message in reversed(messages) if message.role == "user"), "")
    if MARK not in text:
        return Directions()
    return directions_in(text)


def directions_in(text: str) -> Directions:
    """The directions in a text. Raises DirectionError for a value that is out of range."""
    found: dict[str, object] = {}
    for name, value in _DIRECTION.findall(text):
        if name in _READERS:
            found[name] = _READERS[name](name, value)
        else:
            found["fault"] = name
    return msgspec.convert(found, Directions)


def _flag(_name: str, _value: str) -> bool:
    return True


def _word(name: str, value: str) -> str:
    if not value:
        raise DirectionError(f"[[sim:{name}]] needs a word: write [[sim:{name}=length]]")
    return value


def _whole(most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if not value.isdecimal() or int(value) > most:
            raise DirectionError(f"[[sim:{name}={value}]] needs a whole number from 0 to {most}")
        return int(value)

    return read


def _decimal(most: float) -> Callable[[str, str], float]:
    def read(name: str, value: str) -> float:
        if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value) is None or float(value) > most:
            raise DirectionError(f"[[sim:{name}={value}]] needs a number from 0 to {most:g}")
        return float(value)

    return read


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "events": _whole(EVENTS_MAX),
    "bytes": _whole(BYTES_MAX),
    "event_interval_ms": _decimal(SECONDS_MAX * 1000),
    "reasoning": _flag,
    "tool_calls": _whole(128),
    "keepalives": _whole(EVENTS_MAX),
    "finish": _word,
    "after_events": _whole(EVENTS_MAX),
    "seconds": _decimal(SECONDS_MAX),
    "count": _whole(BYTES_MAX),
    "control": _word,
}
