"""The case of a long prompt that is asked again with another ending, and once with another beginning."""

from typing import Final

from routeproof.evidence.plan import Case
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.reference_text import units
from routeproof.prover.setup import Setup

LONG_PREFIX: Final = "long-prefix"
PREFIX_UNITS: Final = 160
"""1,280 tokens: over the 1,024 from which OpenAI and Qwen cache, and many of DeepSeek's blocks of 64."""
COLD, WARM, CHANGED = 1, (2, 3), 4
"""The steps: the first of its prefix, two more with it, and one whose very first word is another."""


def long_prefix_case(setup: Setup, check: str, repeats: int | None = None) -> Case:
    """A prefix that nobody has sent before, because it begins with the trial's nonce; its own questions at the end."""
    endings = ("one", "two", "six")
    same = [_body(setup, "@@nonce@@", ending) for ending in endings]
    changed = _body(setup, "@@nonce:changed@@", "one")
    return case(setup, LONG_PREFIX, check, *same, changed, repeats=repeats)


def _body(setup: Setup, beginning: str, ending: str) -> bytes:
    text = f"{beginning}{units(PREFIX_UNITS)}\nSay the word {ending} and nothing else."
    return chat(setup, [user(text)], max_tokens=16)
