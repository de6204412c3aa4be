"""Performs the steps of a reply on a transport: in order, on time, and never faster than the client reads."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator

from routeproof.simulator.actions import (
    Action,
    CloseWhenIdle,
    DieOnReuse,
    HalfClose,
    Pause,
    Reset,
    Stall,
    Write,
)
from routeproof.simulator.seen import SeenRequest

_LINGER_NONE = struct.pack("ii", 1, 0)
"""SO_LINGER with a timeout of zero: closing sends RST (socket(7))."""


_TICK_S = 0.001
"""What loops round timers to."""


class Player:
    """Performs one reply. `on_over(idle_s, dies_on_reuse)` is called once, if the connection may go on."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        actions: Iterator[Action],
        seen: SeenRequest,
        on_over: Callable[[float | None, bool], None],
    ) -> None:
        self._loop = loop
        self._transport = transport
        self._actions = actions
        self.seen = seen
        self._on_over = on_over
        self._due = self._loop.time()
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._blocked = False
        self._halted = False
        self.closing = False
        """We are ending the connection ourselves."""

    def run(self) -> None:
        """Perform steps until one waits or the reply is over."""
        idle_s: float | None = None
        dies = False
        while not (self._blocked or self._halted or self._timer is not None):
            action = next(self._actions, None)
            if action is None:
                self._halted = True
                self._on_over(idle_s, dies)
            elif isinstance(action, CloseWhenIdle):
                idle_s = action.seconds
            elif isinstance(action, DieOnReuse):
                dies = True
            else:
                self._perform(action)

    def block(self) -> None:
        """The transport's buffer is not empty: wait."""
        self._blocked = True

    def unblock(self) -> None:
        """The transport's buffer has drained: go on."""
        self._blocked = False
        self.run()

    def stop(self) -> None:
        """The connection is gone."""
        self._halted = True
        if self._timer is not None:
            self._timer.cancel()

    def _perform(self, action: Action) -> None:
        if isinstance(action, Write):
            self.seen.response_bytes += len(action.data)
            self.seen.response_events += action.ends_event
            self._transport.write(action.data)
        elif isinstance(action, Pause):
            self._pause(action.seconds)
        elif isinstance(action, Stall):
            self._halted = True
        elif isinstance(action, HalfClose) and self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._end(reset=isinstance(action, Reset))

    def _pause(self, seconds: float) -> None:
        self._due += seconds
        if not seconds:
            self._timer = self._loop.call_soon(self._wake)
        elif self._due - self._loop.time() > _TICK_S / 2:
            self._timer = self._loop.call_at(self._due, self._wake)
        else:
            # Late already. A turn's timers run before its callbacks, and both before it reads: only two turns on has
            # the other side, if it is on this loop, surely read what was written before the wait.
            self._timer = self._loop.call_soon(self._late)

    def _late(self) -> None:
        self._timer = self._loop.call_soon(self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.run()

    def _end(self, *, reset: bool) -> None:
        self._halted = True
        self.closing = True
        if reset:
            linger_none(self._transport)
            self._transport.abort()
        else:
            self._transport.close()


def linger_none(transport: asyncio.Transport) -> None:
    """Make the end of this connection a reset."""
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
