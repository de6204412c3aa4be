"""Prompts as long as a route declares that it takes, with codes at several depths."""

from collections.abc import Mapping
from typing import Final

from routeproof.evidence.plan import Case, Declared
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.declared import declared_count
from routeproof.prover.setup import Setup

THINGS: Final = ("anchor", "bridge", "castle", "desert", "engine")
"""At the beginning, after a quarter, in the middle, after three quarters, and at the end."""
ANSWER_TOKENS: Final = 128
ROOM_TOKENS: Final = 512
"""For the codes, the questions, and what a chat template puts around them."""
_CHUNKS: Final = len(THINGS) - 1


def declared_context(declared: Mapping[str, Declared]) -> int | None:
    """Most tokens of prompt and answer, as declared; the usable figure where there are two."""
    usable = declared_count(declared, "usable-context-tokens")
    return declared_count(declared, "context-tokens") if usable is None else usable


def filled_case(setup: Setup, name: str, check: str, tokens: int, *, repeats: int | None = None) -> Case:
    """A prompt of so many tokens of plain words, with a code at each depth, and at its end the questions for all."""
    filler = f"@@words:{max(1, tokens // _CHUNKS)}@@"
    told = [f"\nThe code of the {thing} is @@nonce:{thing}@@.\n" for thing in THINGS]
    asked = " ".join(f"What is the code of the {thing}?" for thing in THINGS)
    text = f"{filler.join(told)}\n{asked} Answer with the five codes, in this order, and nothing else."
    body = chat(setup, [user(text)], max_tokens=ANSWER_TOKENS, **thinking_off(setup.dialect))
    return case(setup, name, check, body, repeats=repeats)
