"""The requests that show what a control does. One that several controls need is sent once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from routeproof.prover.cases.chat_bodies import Message, chat, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off, thinking_on
from routeproof.prover.cases.tool_sets import function_tool
from routeproof.prover.declared import declared_names
from routeproof.prover.setup import Setup

Probe = Callable[[Setup], bytes]

LIMIT_TOKENS: Final = 4
BUDGET_TOKENS: Final = 16
STOP: Final = "charlie"
SPREAD_REPEATS: Final = 4
"""Of the probes that are compared by how many different answers they get."""
SPREAD: Final = frozenset(("spread", "cool", "narrow", "seeded"))

_SAY: Final = user("Say the word @@nonce@@ and nothing else.")
_RANDOM: Final = user("Write one line of eight random words, and nothing else.")
_LONG: Final = user("Write the numbers from 1 to 200, separated by commas.")
_LINE: Final = user("Repeat this line exactly: alpha bravo charlie delta echo")
_WORDS: Final = user("Repeat the word apple 60 times, separated by spaces.")
_PLAIN: Final = user("Do not answer in JSON. Write one plain sentence about the sea.")
_PUZZLE: Final = user("A farmer has 17 sheep, and all but 9 run away. Think step by step: how many are left?")
_WEATHER: Final = user("What is the weather in Oslo right now? Use the tool.")
_TWO_THINGS: Final = user("What is the weather in Oslo, and what is the time in Lima? Use both tools at once.")
_CITY: Final = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_TOOLS: Final = (
    function_tool("get_weather", "The weather in a city right now.", _CITY),
    function_tool("get_time", "The time in a city right now.", _CITY),
)
_THOUGHTS: Final = "The user wants a short answer, and the sea is calm, so I will say that it is calm. " * 8
_WARM: Final = 1.9


def _quiet(message: Message, **controls: object) -> Probe:
    """A whole answer, thinking off."""
    return lambda setup: chat(setup, [message], **{**thinking_off(setup.dialect), **controls})


def _thinking(messages: Sequence[Message], **controls: object) -> Probe:
    """A stream, thinking on: Qwen's older models think in streams only."""
    return lambda setup: stream(setup, messages, max_tokens=2_048, **{**thinking_on(setup.dialect), **controls})


def _switched(**controls: object) -> Probe:
    """A stream with no switch but the one that is looked at."""
    return lambda setup: stream(setup, [_PUZZLE], max_tokens=2_048, **controls)


def _effort(place: int) -> Probe:
    """The declared effort that is least, or the one after it; `none` and `high` where none is declared."""

    def build(setup: Setup) -> bytes:
        known = declared_names(setup.declared, "control.reasoning_effort.values")
        effort = "none" if place == 0 else next((one for one in ("high", "xhigh", "max") if one in known), "high")
        return stream(setup, [_PUZZLE], max_tokens=2_048, reasoning_effort=effort)

    return build


def _preserving(*, preserve: bool) -> Probe:
    messages: list[Message] = [
        user("How is the sea?"),
        {"role": "assistant", "content": "Calm.", "reasoning_content": _THOUGHTS},
        user("And the sky? Answer in one word."),
    ]
    return _thinking(messages, preserve_thinking=preserve)


def _with_usage(setup: Setup) -> bytes:
    return stream(setup, [_SAY], **thinking_off(setup.dialect))


PROBES: Final[Mapping[str, Probe]] = {
    "spread": _quiet(_RANDOM, temperature=_WARM, max_tokens=64),
    "cool": _quiet(_RANDOM, temperature=0, max_tokens=64),
    "narrow": _quiet(_RANDOM, temperature=_WARM, top_p=0.01, max_tokens=64),
    "seeded": _quiet(_RANDOM, temperature=_WARM, seed=7, max_tokens=64),
    "max-tokens": _quiet(_LONG, max_tokens=LIMIT_TOKENS),
    "max-completion-tokens": _quiet(_LONG, max_tokens=None, max_completion_tokens=LIMIT_TOKENS),
    "stop": _quiet(_LINE, stop=[STOP]),
    "n": _quiet(_SAY, n=2),
    "logprobs": _quiet(_SAY, logprobs=True, top_logprobs=2),
    "response-format": _quiet(_PLAIN, response_format={"type": "json_object"}),
    "tools": _quiet(_WEATHER, tools=_TOOLS),
    "tool-choice": _quiet(_WEATHER, tools=_TOOLS, tool_choice="none"),
    "parallel-on": _quiet(_TWO_THINGS, tools=_TOOLS, parallel_tool_calls=True),
    "parallel-off": _quiet(_TWO_THINGS, tools=_TOOLS, parallel_tool_calls=False),
    "stream-options": _with_usage,
    "repetition": _quiet(_WORDS, temperature=0),
    "presence-penalty": _quiet(_WORDS, temperature=0, presence_penalty=2),
    "frequency-penalty": _quiet(_WORDS, temperature=0, frequency_penalty=2),
    "thinking-on": _switched(thinking={"type": "enabled"}),
    "thinking-off": _switched(thinking={"type": "disabled"}),
    "enable-thinking-on": _switched(enable_thinking=True),
    "enable-thinking-off": _switched(enable_thinking=False),
    "effort-high": _effort(1),
    "effort-none": _effort(0),
    "budget": _thinking([_PUZZLE], thinking_budget=BUDGET_TOKENS),
    "no-budget": _thinking([_PUZZLE]),
    "preserve-on": _preserving(preserve=True),
    "preserve-off": _preserving(preserve=False),
}
"""By name; `control-` and the name is the case's id."""
