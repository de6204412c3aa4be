"""Deadlines go by the loop's time alone, whatever the clock that measures durations shows."""

import pytest
from tests.support.raw_client import ask, chat
from tests.support.running_gateway import RunningGateway

from routeproof.clock import FixedClock, parse_instant

DEEPSEEK = "deepseek/deepseek-flash"
BEHIND, AHEAD = 1.0, 1e9
"""Far from any loop's time, on either side."""


def clock(monotonic_s: float) -> FixedClock:
    """One whose durations have nothing to do with the loop's time."""
    return FixedClock(parse_instant("2026-11-18T05:00:00Z"), monotonic_s)


@pytest.mark.parametrize("monotonic_s", [BEHIND, AHEAD])
def test_nothing_is_ended_before_its_time(monotonic_s: float) -> None:
    """A stream that outlives many sweeps comes to its end."""
    with RunningGateway(clock=clock(monotonic_s)) as gateway:
        text = "[[sim:events=30]][[sim:event_interval_ms=5]]"
        answer = ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True))
        (entry,) = gateway.ledger.wait(1)

    assert answer.events[-1] == b"[DONE]"
    assert (entry.exchange.outcome, entry.exchange.duration_us) == ("ok", 0)


@pytest.mark.parametrize("monotonic_s", [BEHIND, AHEAD])
@pytest.mark.parametrize(
    ("timeout", "text", "code"),
    [
        ("first_byte_timeout_s", "[[sim:stall_before_headers]]", "upstream_first_byte_timeout"),
        ("idle_event_timeout_s", "[[sim:stall_mid_stream]]", "upstream_idle_timeout"),
        ("total_timeout_s", "[[sim:events=10000]][[sim:event_interval_ms=5]]", "upstream_total_timeout"),
    ],
)
def test_each_timeout_is_met(monotonic_s: float, timeout: str, text: str, code: str) -> None:
    """Once it has passed on the loop's time."""
    lines = {"deepseek": f"{timeout} = 0.1"}
    with RunningGateway(provider_lines=lines, clock=clock(monotonic_s)) as gateway:
        ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True))
        (entry,) = gateway.ledger.wait(1)

    assert entry.exchange.error_code == code
