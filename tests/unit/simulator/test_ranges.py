"""Which numbers and roles the simulated providers take."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat

from routeproof.simulator.chat import read_chat
from routeproof.simulator.ranges import (
    DEEPSEEK_RANGES,
    QWEN_RANGES,
    ROLES,
    Range,
    first_outside,
    unknown_role,
)


@pytest.mark.parametrize(
    ("allowed", "inside", "outside", "text"),
    [
        (Range(0, 2), (0, 1, 2), (-0.1, 2.1), "[0, 2]"),
        (Range(0, 2, without_most=True), (0, 1.99), (2,), "[0, 2)"),
        (Range(0, 1, without_least=True), (0.01, 1), (0, 1.01), "(0, 1]"),
    ],
)
def test_a_range_has_its_ends(allowed: Range, inside: tuple[float, ...], outside: tuple[float, ...], text: str) -> None:
    """Closed or open, as written."""
    assert all(allowed.holds(value) for value in inside)
    assert not any(allowed.holds(value) for value in outside)
    assert str(allowed) == text


@pytest.mark.parametrize(
    ("controls", "deepseek", "qwen"),
    [
        ({}, None, None),
        ({"temperature": 2}, None, "temperature"),
        ({"temperature": 5}, "temperature", "temperature"),
        ({"top_p": 0}, "top_p", "top_p"),
        ({"max_tokens": 0}, "max_tokens", "max_tokens"),
        ({"presence_penalty": 3}, "presence_penalty", "presence_penalty"),
        ({"top_logprobs": 21}, "top_logprobs", None),
        ({"thinking_budget": -1}, None, "thinking_budget"),
    ],
)
def test_each_family_has_its_own(controls: dict[str, Any], deepseek: str | None, qwen: str | None) -> None:
    """The first field that is outside."""
    asked = read_chat(json.dumps(chat(**controls)).encode())
    found = [first_outside(asked, ranges) for ranges in (DEEPSEEK_RANGES, QWEN_RANGES)]

    assert [one and one[0] for one in found] == [deepseek, qwen]


def test_roles_are_known_or_not() -> None:
    """DeepSeek has no developers."""
    asked = read_chat(json.dumps({**chat(), "messages": [{"role": "developer", "content": "x"}]}).encode())

    assert unknown_role(asked, ROLES) is None
    assert unknown_role(asked, ROLES - {"developer"}) == "developer"
