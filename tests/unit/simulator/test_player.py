"""Steps are performed in order, when they are due, and never faster than the client reads."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.simulator.sim_support import get

from routeproof.simulator.actions import (
    Action,
    Close,
    CloseWhenIdle,
    DieOnReuse,
    HalfClose,
    Pause,
    Reset,
    Stall,
    Write,
)
from routeproof.simulator.player import Player
from routeproof.simulator.seen import SeenLog, SeenRequest


class FakeLoop:
    """Time that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        """Now."""
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> asyncio.Handle:
        """Note a timer."""
        self.due.append((when, callback))
        return asyncio.Handle(callback, (), self)  # type: ignore[arg-type]

    def call_soon(self, callback: Callable[[], None]) -> asyncio.Handle:
        """Note a callback."""
        return self.call_at(self.now, callback)

    def get_debug(self) -> bool:
        """Handles ask for this."""
        return False

    def turn(self, late_by: float = 0.0) -> float:
        """Let the next timer fire, and say when it was due."""
        when, callback = self.due.pop(0)
        self.now = when + late_by
        callback()
        return when


class FakeTransport:
    """Notes what is done to it."""

    def __init__(self, *, eof: bool = True) -> None:
        self.done: list[Any] = []
        self._eof = eof

    def write(self, data: bytes) -> None:
        """Note bytes."""
        self.done.append(data)

    def can_write_eof(self) -> bool:
        """Whether half of it can close."""
        return self._eof

    def write_eof(self) -> None:
        """Note a half-close."""
        self.done.append("eof")

    def close(self) -> None:
        """Note a close."""
        self.done.append("close")

    def abort(self) -> None:
        """Note an abort."""
        self.done.append("abort")

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""


class Stage:
    """A player with its fakes."""

    def __init__(self, *actions: Action, eof: bool = True) -> None:
        self.loop = FakeLoop()
        self.transport = FakeTransport(eof=eof)
        self.seen: SeenRequest = SeenLog().add(0, get("/"))
        self.over: list[tuple[float | None, bool]] = []
        self.player = Player(
            self.loop,  # type: ignore[arg-type]
            self.transport,  # type: ignore[arg-type]
            iter(actions),
            self.seen,
            lambda idle_s, dies: self.over.append((idle_s, dies)),
        )
        self.player.run()

    @property
    def done(self) -> list[Any]:
        """What was done to the transport."""
        return self.transport.done


def test_without_waits_all_is_done_at_once() -> None:
    """And what was sent is counted."""
    stage = Stage(Write(b"head"), Write(b"event", True), Write(b"end"))
    assert stage.done == [b"head", b"event", b"end"]
    assert stage.over == [(None, False)]
    assert (stage.seen.response_bytes, stage.seen.response_events) == (12, 1)


def test_waits_count_from_when_the_step_before_was_due() -> None:
    """A late loop does not delay the rest: 0.5, 0.75 and 1.0 after the start, whatever happens in between."""
    stage = Stage(Pause(0.5), Write(b"a"), Pause(0.25), Write(b"b"), Pause(0.25), Write(b"c"))
    assert stage.done == []
    assert [stage.loop.turn(late_by=0.2) for _ in range(3)] == [100.5, 100.75, 101.0]
    assert stage.done == [b"a", b"b", b"c"]


def test_a_wait_of_nothing_takes_one_turn_of_the_loop() -> None:
    """So that bytes leave in writes of their own."""
    stage = Stage(Write(b"a"), Pause(), Write(b"b"))
    assert stage.done == [b"a"]
    assert stage.loop.turn() == 100.0
    assert stage.done == [b"a", b"b"]


def test_a_client_that_does_not_read_is_waited_for() -> None:
    """Nothing is written while the buffer is full, not even when a timer fires."""
    stage = Stage(Write(b"a"), Pause(1), Write(b"b"))
    stage.player.block()
    stage.loop.turn()
    assert stage.done == [b"a"]
    stage.player.unblock()
    assert stage.done == [b"a", b"b"]


def test_a_timer_is_not_outrun_by_a_client_that_reads() -> None:
    """Unblocking does not skip a wait."""
    stage = Stage(Write(b"a"), Pause(1), Write(b"b"))
    stage.player.block()
    stage.player.unblock()
    assert stage.done == [b"a"]


@pytest.mark.parametrize(("action", "did"), [(Close(), "close"), (Reset(), "abort")])
def test_an_end_is_final(action: Action, did: str) -> None:
    """What follows is not performed, and it was us."""
    stage = Stage(Write(b"a"), action, Write(b"b"))
    assert stage.done == [b"a", did]
    assert stage.player.closing
    assert stage.over == []


def test_half_a_close_is_a_close_where_there_are_no_halves() -> None:
    """TLS has none."""
    assert Stage(HalfClose(), Write(b"x")).done == ["eof", b"x"]
    assert Stage(HalfClose(), Write(b"x"), eof=False).done == ["close"]


def test_a_stall_is_for_ever() -> None:
    """The reply is not over."""
    stage = Stage(Write(b"a"), Stall(), Write(b"b"))
    stage.player.unblock()
    assert (stage.done, stage.over) == ([b"a"], [])


def test_a_connection_that_is_gone_gets_nothing_more() -> None:
    """Its timer is cancelled."""
    stage = Stage(Pause(1), Write(b"a"))
    stage.player.stop()
    stage.player.unblock()
    assert stage.done == []


def test_what_becomes_of_the_connection_is_told() -> None:
    """How long it may idle, and whether it dies on reuse."""
    assert Stage(CloseWhenIdle(0.5)).over == [(0.5, False)]
    assert Stage(DieOnReuse()).over == [(None, True)]
