"""Which numbers the simulated providers take, and what they say of others."""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.simulator.chat import ChatBody


class Range(msgspec.Struct, frozen=True):
    """An interval with its ends, each of which may be left out."""

    least: float
    most: float
    without_least: bool = False
    without_most: bool = False

    def holds(self, value: float) -> bool:
        """Whether the value lies in it."""
        above = value > self.least if self.without_least else value >= self.least
        return above and (value < self.most if self.without_most else value <= self.most)

    def __str__(self) -> str:
        left, right = "(" if self.without_least else "[", ")" if self.without_most else "]"
        return f"{left}{self.least:g}, {self.most:g}{right}"


def first_outside(body: ChatBody, ranges: Mapping[str, Range]) -> tuple[str, Range] | None:
    """The first field whose value is outside its range, and that range."""
    for name, allowed in ranges.items():
        value = getattr(body, name)
        if value is not None and not allowed.holds(value):
            return name, allowed
    return None


_PENALTY: Final = Range(-2, 2)
_SHARE: Final = Range(0, 1, without_least=True)
DEEPSEEK_RANGES: Final[Mapping[str, Range]] = {
    "max_tokens": Range(1, 393_216),
    "temperature": Range(0, 2),
    "top_p": _SHARE,
    "presence_penalty": _PENALTY,
    "frequency_penalty": _PENALTY,
    "top_logprobs": Range(0, 20),
}
"""https://api-docs.deepseek.com/api/create-chat-completion"""
QWEN_RANGES: Final[Mapping[str, Range]] = {
    "max_tokens": Range(1, 65_536),
    "max_completion_tokens": Range(1, 65_536),
    "temperature": Range(0, 2, without_most=True),
    "top_p": _SHARE,
    "presence_penalty": _PENALTY,
    "thinking_budget": Range(0, 81_920),
}
"""https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions; how many tokens: by model"""
ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool"})


def unknown_role(body: ChatBody, roles: frozenset[str]) -> str | None:
    """The first role that the provider does not know."""
    return next((message.role for message in body.messages if message.role not in roles), None)
