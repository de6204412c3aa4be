"""The few plain sentences that a simulated model understands, so that what a request says decides its answer.

    Repeat this line exactly: TEXT            the text
    Repeat the word WORD N times.             the word, N times
    Say the word WORD and nothing else.       the word
    Begin with the word WORD.                 the word, and whatever else it would have said
    What is the code of THING?                what the latest `The code of THING is CODE.` said

Of several things asked for in one message it says the codes in that order.
The last user message asks, any message tells. An assistant's words tell nothing: a model does not learn from itself.
"""

import re
from collections.abc import Sequence

import msgspec

from routeproof.simulator.chat import Message

UNKNOWN = "I was not told."
"""The answer to a question for a code that no message gave."""
REPETITIONS_MAX = 1_000

_DIRECTION = re.compile(r"\s*\[\[sim:[^\]]*\]\]")
_LINE = re.compile(r"Repeat this line exactly: (.+)")
_TIMES = re.compile(r"Repeat the word (\S+) (\d{1,4}) times")
_SAY = re.compile(r"Say the word (\S+) and nothing else")
_BEGIN = re.compile(r"Begin with the word ([^\s.]+)")
_ASKED = re.compile(r"What is the code of ([^?]+)\?")
_TOLD = re.compile(r"The code of ([^.?\n]+?) is ([A-Za-z0-9_-]+)")
_PENALTY_SHARE = 4


class Understood(msgspec.Struct, frozen=True):
    """What a request wants to read."""

    text: str
    alone: bool = True
    """False: it is the beginning of the answer, and more follows."""


def understood(messages: Sequence[Message], *, penalised: bool = False) -> Understood | None:
    """What the last user message wants, or None where it is none of these sentences.

    `penalised`: repetitions cost, so that a word is said a quarter as often as asked for.
    """
    asked = next((message.text() for message in reversed(messages) if message.role == "user"), "")
    text = _DIRECTION.sub("", asked)
    if (found := _LINE.search(text)) is not None or (found := _SAY.search(text)) is not None:
        return Understood(found[1])
    if (found := _TIMES.search(text)) is not None:
        times = min(int(found[2]), REPETITIONS_MAX)
        return Understood(" ".join([found[1]] * (max(times // _PENALTY_SHARE, 1) if penalised else times)))
    if things := _ASKED.findall(text):
        codes = _codes(messages)
        return Understood(", ".join(codes.get(thing.strip(), UNKNOWN) for thing in things))
    if (found := _BEGIN.search(text)) is not None:
        return Understood(f"{found[1]} ", alone=False)
    return None


def _codes(messages: Sequence[Message]) -> dict[str, str]:
    told = (message.text() for message in messages if message.role != "assistant")
    return {found[1].strip(): found[2] for text in told for found in _TOLD.finditer(text)}
