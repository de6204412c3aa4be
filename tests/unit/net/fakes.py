"""A transport and a clock that tests drive by hand: no sockets, no waiting."""

import asyncio


class FakeTransport(asyncio.Transport):
    """Notes what is done to it. `unsent` is what the peer has not taken yet."""

    def __init__(self, *, half_closes: bool = True) -> None:
        super().__init__()
        self.written = b""
        self.unsent = 0
        self.reading = True
        self.ended = False
        """Closed for writing, by `write_eof` or `close`."""
        self.aborted = False
        self.high_water: int | None = None
        self._half_closes = half_closes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def taken(self) -> bytes:
        """What was written since the last look."""
        written, self.written = self.written, b""
        return written

    def can_write_eof(self) -> bool:
        return self._half_closes

    def write_eof(self) -> None:
        assert self._half_closes
        self.ended = True

    def close(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high_water = high


class FakeTime:
    """The part of an event loop that tells the time."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def time(self) -> float:
        """Seconds, as they were set."""
        return self.now_s
