"""The cases of JSON mode: asked once, judged by J01, and by J03 as what is well formed beside what is not."""

from typing import Final

from routeproof.evidence.plan import Case
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup

JSON_OBJECT: Final = {"type": "json_object"}
WHOLE, STREAM = "json-whole", "json-stream"
_REPEATS: Final = {Pack.SMOKE: 3}
_REPEATS_OF_A_RATE: Final = 30
"""Twice as many are 60 trials: all passed, they show 95 %."""
_PROMPT: Final = (
    'Reply in JSON: one object with the members "word", which is the word @@nonce@@, and "letters", the number of its '
    'letters. For the word abc that would be {"word": "abc", "letters": 3}.'
)


def whole_case(setup: Setup, check: str, *, repeats: int | None = None) -> Case:
    """JSON mode without a stream; as often as a rate needs, unless told otherwise."""
    body = chat(setup, [user(_PROMPT)], response_format=JSON_OBJECT, **thinking_off(setup.dialect))
    return case(setup, WHOLE, check, body, repeats=_repeats(setup) if repeats is None else repeats)


def stream_case(setup: Setup, check: str) -> Case:
    """JSON mode in a stream, as often."""
    body = stream(setup, [user(_PROMPT)], response_format=JSON_OBJECT, **thinking_off(setup.dialect))
    return case(setup, STREAM, check, body, repeats=_repeats(setup))


def _repeats(setup: Setup) -> int:
    return _REPEATS.get(setup.pack, _REPEATS_OF_A_RATE)
