"""The sweep: everything watched is looked at with the loop's time, whatever one of them does."""

import asyncio
from collections.abc import Callable
from typing import cast

from routeproof.net.deadlines import Deadlines


class FakeLoop:
    """An event loop of which only timers, time and fault reports exist."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.reports: list[dict[str, object]] = []

    def time(self) -> float:
        """As it was set."""
        return self.now_s

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> "FakeTimer":
        """Note a timer."""
        timer = (self.now_s + delay_s, callback)
        self.timers.append(timer)
        return FakeTimer(self, timer)

    def call_exception_handler(self, context: dict[str, object]) -> None:
        """Note a fault."""
        self.reports.append(context)

    def advance(self, seconds: float) -> None:
        """Let time pass and fire what is due."""
        self.now_s += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now_s]
        self.timers = [timer for timer in self.timers if timer[0] > self.now_s]
        for _, callback in due:
            callback()


class FakeTimer:
    """A timer that can be cancelled."""

    def __init__(self, loop: FakeLoop, timer: tuple[float, Callable[[], None]]) -> None:
        self._loop = loop
        self._timer = timer

    def cancel(self) -> None:
        """Never fire."""
        self._loop.timers.remove(self._timer)


class Seen:
    """Notes the times that it is looked at with; then does what it was told to."""

    def __init__(self, act: Callable[[], None] = lambda: None) -> None:
        self.times: list[float] = []
        self._act = act

    def check_deadlines(self, now_s: float) -> None:
        """Note, and act."""
        self.times.append(now_s)
        self._act()


def started(loop: FakeLoop) -> Deadlines:
    """Deadlines that sweep every quarter of a second."""
    deadlines = Deadlines(cast("asyncio.AbstractEventLoop", loop), 0.25)
    deadlines.start()
    return deadlines


def test_everything_is_looked_at_in_every_sweep() -> None:
    """With the loop's time, not the planned one."""
    loop = FakeLoop()
    deadlines = started(loop)
    one, other = Seen(), Seen()
    deadlines.add(one)
    deadlines.add(other)
    loop.advance(0.25)
    loop.advance(0.375)

    assert one.times == other.times == [100.25, 100.625]
    assert set(deadlines.watched()) == {one, other}


def test_who_is_discarded_is_not_looked_at() -> None:
    """Discarding what is not there is no fault."""
    loop = FakeLoop()
    deadlines = started(loop)
    one = Seen()
    deadlines.add(one)
    deadlines.discard(one)
    deadlines.discard(one)
    loop.advance(0.25)

    assert one.times == []
    assert deadlines.watched() == ()


def test_a_sweep_may_change_what_is_watched() -> None:
    """Who ends, or adds others, while it is looked at disturbs nobody."""
    loop = FakeLoop()
    deadlines = started(loop)
    late = Seen()
    leaving: list[Seen] = []

    def all_leave() -> None:
        for one in leaving:
            deadlines.discard(one)

    leaving += [Seen(all_leave) for _ in range(5)]
    for one in leaving:
        deadlines.add(one)
    adding = Seen(lambda: deadlines.add(late))
    deadlines.add(adding)
    loop.advance(0.25)
    loop.advance(0.25)

    assert set(deadlines.watched()) == {adding, late}
    assert late.times == [100.5]


def test_a_fault_in_one_stops_neither_the_others_nor_the_next_sweep() -> None:
    """It is reported each time, by the loop's own way."""

    def fail() -> None:
        raise ValueError("broken")

    loop = FakeLoop()
    deadlines = started(loop)
    others = [Seen() for _ in range(5)]
    for watched in (*others, Seen(fail)):
        deadlines.add(watched)
    loop.advance(0.25)
    loop.advance(0.25)

    assert all(len(one.times) == 2 for one in others)
    assert [str(report["exception"]) for report in loop.reports] == ["broken", "broken"]


def test_starting_twice_sweeps_once_and_stopping_ends_it() -> None:
    """Stopping before starting, and twice, is no fault."""
    loop = FakeLoop()
    deadlines = Deadlines(cast("asyncio.AbstractEventLoop", loop), 0.25)
    deadlines.stop()
    deadlines.start()
    deadlines.start()
    one = Seen()
    deadlines.add(one)
    loop.advance(0.25)
    assert len(one.times) == 1

    deadlines.stop()
    deadlines.stop()
    loop.advance(10.0)
    assert len(one.times) == 1
    assert loop.timers == []
