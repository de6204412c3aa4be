"""Cuts a byte stream into server-sent events without changing a byte of them.

The relay passes events on as they were sent, so the cutter only finds where each event ends: at an empty line,
whatever mixture of LF, CR and CRLF the lines end with (WHATWG HTML, "Server-sent events", parsing an event stream).
"""

import re

_EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r(?!\n)|\n\r\n|\r\n\n|\n\r(?!\n)")
_LINE = re.compile(rb"\r\n|\n|\r")
BOM = b"\xef\xbb\xbf"


class EventTooLarge(Exception):
    """One event is over the limit."""


class EventCutter:
    """Fed with bytes as they arrive; gives back whole events and keeps the unfinished one, up to a bound."""

    __slots__ = ("_event_bytes_max", "_parts", "_size")

    def __init__(self, event_bytes_max: int) -> None:
        self._event_bytes_max = event_bytes_max
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns all whole events so far as one run of bytes (empty while none is whole).

        Raises EventTooLarge once an unfinished event is over the limit.
        """
        if data.endswith(b"\n\n") and not self._parts:
            return data
        # A line end may be split over two reads: join before looking for it, but look only near the seam.
        if self._parts:
            tail = self._parts[-1]
            if len(tail) < 4 and len(self._parts) > 1:
                tail = b"".join(self._parts)
                self._parts = [tail]
            if not self._may_end(tail[-3:] + data):
                return self._keep(data)
            data = b"".join((*self._parts, data))
            self._parts.clear()
            self._size = 0
        end = last_event_end(data)
        if end == 0:
            return self._keep(data)
        if end < len(data):
            self._keep(data[end:])
        return data[:end]

    @property
    def rest(self) -> bytes:
        """The unfinished event."""
        return b"".join(self._parts)

    @staticmethod
    def _may_end(data: bytes) -> bool:
        return _EVENT_END.search(data) is not None

    def _keep(self, data: bytes) -> bytes:
        if data:
            self._parts.append(data)
            self._size += len(data)
            if self._size > self._event_bytes_max:
                raise EventTooLarge
        return b""


def last_event_end(data: bytes) -> int:
    """Position after the last empty line in `data`, 0 where there is none.

    A CR at the very end may be half of a CRLF: such an end is not taken until the next byte is seen.
    """
    if data.endswith(b"\n\n"):
        return len(data)
    end = data.rfind(b"\n\n") + 2
    if b"\r" not in data:
        return end if end > 1 else 0
    end = 0
    for match in _EVENT_END.finditer(data):
        if not (match.end() == len(data) and data.endswith(b"\r")):
            end = match.end()
    return end


def split_events(data: bytes) -> list[bytes]:
    """Cut a run of whole events into single ones; their bytes joined are `data` again."""
    if b"\r" not in data:
        pieces = data.split(b"\n\n")
        last = pieces.pop()
        events = [piece + b"\n\n" for piece in pieces]
        if last:
            events.append(last)
        return events
    events = []
    start = 0
    for match in _EVENT_END.finditer(data):
        events.append(data[start : match.end()])
        start = match.end()
    if start < len(data):
        events.append(data[start:])
    return events


def event_data(event: bytes) -> bytes | None:
    """The data of one event, its lines joined by LF; None where it has no data field (a comment, an empty event)."""
    if event.startswith(b"data: ") and event.endswith(b"\n\n") and event.find(b"\n") == len(event) - 2:
        return event[6:-2] if b"\r" not in event else event[6:-2].rstrip(b"\r")
    lines: list[bytes] = []
    for line in _LINE.split(event.removeprefix(BOM)):
        name, _, value = line.partition(b":")
        if name == b"data":
            lines.append(value.removeprefix(b" "))
    return b"\n".join(lines) if lines else None
