"""Waiting for a condition, not for a time: a test goes on as soon as it holds, and fails where it never does."""

import time
from collections.abc import Callable

_LOOK_AGAIN_S = 0.002


def until(condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    """Return as soon as the condition holds; fails, saying `what` never came, after `timeout_s` seconds."""
    give_up_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up_s, f"never came: {what}"
        time.sleep(_LOOK_AGAIN_S)
