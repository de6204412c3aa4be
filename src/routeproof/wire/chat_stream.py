"""Reads a stream of chat chunks while it passes: usage, model, finish reason, errors, and whether it came to its end.

The bytes go through untouched. Only events that may hold one of these are decoded; that is decided by counting a few
substrings over the run, which stays cheap whatever the event holds. JSON text can't forge them: inside a JSON string
every quote is escaped.
"""

import re

from routeproof.wire.chat_view import view_chat
from routeproof.wire.sse import BOM, EventCutter, event_data, split_events

DONE = b"[DONE]"
_DATA_LINE = re.compile(rb"(?:[\r\n]|^\xef\xbb\xbf)data")


class ChatStream:
    """One attempt's stream. Feed it the body's bytes; it returns those to relay."""

    __slots__ = (
        "_at_start",
        "_cutter",
        "_hide_usage",
        "data_events",
        "done",
        "error_raw",
        "finish_reason",
        "invalid_events",
        "model",
        "started",
        "usage_raw",
    )

    def __init__(self, *, hide_usage: bool, event_bytes_max: int) -> None:
        self._cutter = EventCutter(event_bytes_max)
        self._hide_usage = hide_usage
        self._at_start = True
        self.started = False
        """An event with data was seen; comments alone are not a start."""
        self.done = False
        """`[DONE]` was seen."""
        self.usage_raw: bytes | None = None
        """The last usage that was not null, from whichever chunk."""
        self.model: str | None = None
        self.finish_reason: str | None = None
        self.error_raw: bytes | None = None
        """An error object that came as an event."""
        self.data_events = 0
        """Runs of events relayed that were more than comments."""
        self.invalid_events = 0
        """Events that were looked at and were not a JSON object."""

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns whole events to relay, empty while none is whole. Raises wire.sse.EventTooLarge."""
        run = self._cutter.feed(data)
        if not run:
            return run
        if run[0] == 100 or _DATA_LINE.search(run) is not None:  # 100 is the "d" of "data"
            self.data_events += 1
        if (
            self.started
            and run.count(b'"usage"') == run.count(b'"usage":null')
            and run.count(b'"finish_reason"') == run.count(b'"finish_reason":null')
            and DONE not in run
            and b'"error"' not in run
        ):
            return run
        return self._inspect(run)

    @property
    def rest(self) -> bytes:
        """An event that was begun and not ended; line ends alone begin none."""
        rest = self._cutter.rest
        return rest if rest.strip(b"\r\n") else b""

    def _inspect(self, run: bytes) -> bytes:
        kept: list[bytes] = []
        hidden = False
        for event in split_events(run):
            # A byte order mark before the first event belongs to the stream, not to the event.
            if self._read(event.removeprefix(BOM) if self._at_start else event):
                kept.append(event)
            else:
                hidden = True
            self._at_start = False
        return b"".join(kept) if hidden else run

    def _read(self, event: bytes) -> bool:
        """Read one event; False where the client shall not see it."""
        data = event_data(event)
        if data is None:
            return True
        self.started = True
        if data.strip() == DONE:
            self.done = True
            return True
        chunk = view_chat(data)
        if chunk is None:
            self.invalid_events += 1
            return True
        if chunk.model:
            self.model = chunk.model
        if chunk.has_error:
            self.error_raw = data
        self.finish_reason = chunk.finish_reason or self.finish_reason
        usage_raw = chunk.usage_raw
        if usage_raw is None:
            return True
        self.usage_raw = usage_raw
        return not (self._hide_usage and chunk.choices == 0) or chunk.has_error
