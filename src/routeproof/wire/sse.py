"""Cuts a byte stream into server-sent events without changing a byte of them.

The relay passes events on as they were sent, so the cutter only finds where each event ends: at an empty line,
whatever mixture of LF, CR and CRLF the lines end with (WHATWG HTML, "Server-sent events", parsing an event stream).
"""

import re

# Two line ends, the second of an empty line; atomic, so that a CRLF never counts as two.
_EVENT_END = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_SEAM_BYTES = len(b"\r\n\r\n") - 1
BOM = b"\xef\xbb\xbf"


class EventTooLarge(Exception):
    """One event is over the limit."""


class EventCutter:
    """Fed with bytes as they arrive; gives back whole events and keeps the unfinished one, up to a bound."""

    __slots__ = ("_event_bytes_max", "_parts", "_size", "_tail")

    def __init__(self, event_bytes_max: int) -> None:
        self._event_bytes_max = event_bytes_max
        self._parts: list[bytes] = []
        self._size = 0
        self._tail = b""  # the last bytes of the parts: as many as may belong to an event's end

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns all whole events so far as one run of bytes (empty while none is whole).

        Raises EventTooLarge once an unfinished event is over the limit.
        """
        if data.endswith(b"\n\n") and not self._parts:
            return data
        if self._parts:
            # An event's end may be split over two reads: look for it from just before the seam.
            if _EVENT_END.search(self._tail + data) is None:
                return self._keep(data)
            data = b"".join((*self._parts, data))
            self._parts.clear()
            self._size = 0
        end = last_event_end(data)
        if end < len(data):
            self._tail = b""
            self._keep(data[end:])
        return data[:end]

    @property
    def rest(self) -> bytes:
        """What came after the last whole event."""
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> bytes:
        if data:
            self._parts.append(data)
            self._tail = (self._tail + data)[-_SEAM_BYTES:]
            self._size += len(data)
            if self._size > self._event_bytes_max:
                raise EventTooLarge
        return b""


def last_event_end(data: bytes) -> int:
    """Position after the last empty line in `data`, 0 where there is none.

    A CR at the very end may be half of a CRLF, so such an end waits for the next byte, but for CR CR: that stream ends
    its lines with lone CRs.
    """
    if b"\r" not in data:
        return data.rfind(b"\n\n") + 2 if b"\n\n" in data else 0
    end = 0
    for match in _EVENT_END.finditer(data):
        if match.end() < len(data) or data.endswith((b"\n", b"\r\r")):
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
    """The data of one event, its lines joined by LF; None where it has no data field (a comment, an empty event).

    A byte order mark is the caller's to take off: it means nothing anywhere but at the beginning of a stream.
    """
    if (
        event.startswith(b"data: ")
        and event.find(b"\n") == len(event) - 2
        and event.endswith(b"\n\n")
        and b"\r" not in event
    ):
        return event[6:-2]
    lines: list[bytes] = []
    for line in _LINE_END.split(event):
        name, _, value = line.partition(b":")
        if name == b"data":
            lines.append(value.removeprefix(b" "))
    return b"\n".join(lines) if lines else None
