"""The breaker's life, told as tables of what happens and whether the route is in."""

import pytest

from routeproof.routing.breaker import Breaker

FAILURES_MAX, EJECT_S, EJECT_MAX_S = 3, 10.0, 25.0

Step = tuple[str, float, bool | None]
"""What happens ("fail", "ok" or "ask"), at which second, and for "ask" the answer."""


def ejected(at_s: float) -> list[Step]:
    """Enough failures in a row to eject."""
    return [("fail", at_s, None)] * FAILURES_MAX


LIVES: dict[str, list[Step]] = {
    "a new route is in": [("ask", 0.0, True)],
    "one failure too few ejects nobody": [("fail", 0, None), ("fail", 0, None), ("ask", 0, True)],
    "failures in a row eject at once": [*ejected(100), ("ask", 100, False), ("ask", 109.9, False)],
    "a success between them starts the count anew": [
        *([("fail", 0, None), ("fail", 0, None), ("ok", 0, None)] * 3),
        ("ask", 0, True),
    ],
    "after its time one exchange is the probe": [
        *ejected(100),
        ("ask", 110, True),
        ("ask", 110, False),
        ("ask", 119.9, False),
    ],
    "the probe's success lets all in": [
        *ejected(100),
        ("ask", 110, True),
        ("ok", 111, None),
        *[("ask", 111, True)] * 3,
    ],
    "the probe's failure ejects for longer": [
        *ejected(100),
        ("ask", 110, True),
        ("fail", 111, None),
        ("ask", 130.9, False),
        ("ask", 131, True),
    ],
    "no ejection lasts longer than the longest": [
        *ejected(0),
        *[("ask", 10, True), ("fail", 10, None)],
        *[("ask", 30, True), ("fail", 30, None)],
        *[("ask", 54.9, False), ("ask", 55, True), ("fail", 55, None)],
        *[("ask", 79.9, False), ("ask", 80, True)],
    ],
    "after a success the next ejection is short again": [
        *ejected(0),
        *[("ask", 10, True), ("fail", 10, None), ("ask", 30, True), ("ok", 30, None)],
        *ejected(40),
        *[("ask", 49.9, False), ("ask", 50, True)],
    ],
    "after a success it takes failures in a row again": [
        *ejected(0),
        *[("ask", 10, True), ("ok", 10, None), ("fail", 11, None), ("fail", 11, None), ("ask", 11, True)],
    ],
    "a probe that never reports is followed by another": [*ejected(0), ("ask", 10, True), ("ask", 20, True)],
    "failures that were in flight at the ejection do not prolong it": [
        *ejected(0),
        *[("fail", second, None) for second in (1, 2, 3, 4, 5)],
        *[("ask", 9.9, False), ("ask", 10, True)],
    ],
    "failures that were in flight do not make the next ejection longer": [
        *ejected(0),
        *ejected(1),
        *[("ask", 10, True), ("fail", 10, None), ("ask", 29.9, False), ("ask", 30, True)],
    ],
    "a success that was in flight at the ejection does not end it": [
        *ejected(0),
        *[("ok", 1, None), ("ask", 1, False), ("ask", 9.9, False), ("ask", 10, True)],
    ],
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES.keys())
def test_the_life_of_a_breaker(life: list[Step]) -> None:
    """Each step happens; each question has the answer that the table gives."""
    breaker = Breaker(FAILURES_MAX, EJECT_S, EJECT_MAX_S)
    for at, (what, now_s, admitted) in enumerate(life):
        if what == "fail":
            breaker.failed(now_s)
        elif what == "ok":
            breaker.succeeded()
        else:
            assert breaker.admits(now_s) is admitted, f"step {at}: {life[at]}"


def test_what_the_hot_path_reads_is_what_the_state_is() -> None:
    """`ejected` is False exactly while every exchange may pass, and the breaker shows itself."""
    breaker = Breaker(1, EJECT_S, EJECT_MAX_S)
    assert not breaker.ejected
    assert repr(breaker) == "<Breaker admitted, 0 failures in a row>"

    breaker.failed(0.0)
    assert breaker.ejected
    assert "ejected" in repr(breaker)

    assert breaker.admits(EJECT_S)
    assert breaker.ejected
    breaker.succeeded()
    assert not breaker.ejected
