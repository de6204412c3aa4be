"""Directions to the simulator inside a prompt."""

import pytest

from routeproof.simulator.chat import Message
from routeproof.simulator.directions import DirectionError, Directions, directions_in, read_directions


def test_reads_every_kind_of_direction() -> None:
    """A fault's name and shapes of the answer."""
    text = (
        "say [[sim:stall_mid_stream]] [[sim:events=50]] [[sim:event_interval_ms=2.5]] [[sim:bytes=4000]] "
        "[[sim:reasoning]] [[sim:tool_calls=3]] [[sim:keepalives=2]] [[sim:finish=content_filter]] "
        "[[sim:after_events=4]] [[sim:seconds=0.5]] [[sim:count=9]]"
    )
    assert directions_in(text) == Directions(
        fault="stall_mid_stream",
        events=50,
        event_interval_ms=2.5,
        bytes=4000,
        reasoning=True,
        tool_calls=3,
        keepalives=2,
        finish="content_filter",
        after_events=4,
        seconds=0.5,
        count=9,
    )


def test_only_the_last_user_message_counts() -> None:
    """A fault of an earlier turn does not strike again."""
    messages = [
        Message("user", "[[sim:reset]]"),
        Message("assistant", "[[sim:refuse]]"),
        Message("user", "[[sim:events=2]]"),
        Message("tool", "[[sim:reset]]"),
    ]
    assert read_directions(messages) == Directions(events=2)


def test_an_ordinary_prompt_directs_nothing() -> None:
    """Neither text nor brackets are directions."""
    assert read_directions([Message("user", "[[ sim:reset ]] [sim:reset]")]) == Directions()
    assert read_directions([]) == Directions()


@pytest.mark.parametrize(
    "text",
    [
        "[[sim:events=many]]",
        "[[sim:events]]",
        "[[sim:events=100001]]",
        "[[sim:seconds=-1]]",
        "[[sim:finish]]",
    ],
)
def test_a_value_out_of_range_is_refused(text: str) -> None:
    """Silence would make a test pass that tests nothing."""
    with pytest.raises(DirectionError, match=r"\[\[sim:"):
        directions_in(text)
