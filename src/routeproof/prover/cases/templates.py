"""Fills a step's template with what only its trial knows: nonces, and parts of earlier answers of the same trial.

    @@nonce@@            the trial's word               @@nonce:LABEL@@      another one
    @@words:N@@          N plain words, one token each (reference_text.py), so that a long prompt makes a short plan
    @@message:N@@        the assistant message of step N's answer, as a JSON object (streams are put together)
    @@call_id:N@@        the id of the first tool call in it (text within a JSON string)

A template whose answer never came can't be filled: its step is not sent, and counts as one that did not run.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.reference_text import words

_TOKEN: Final = re.compile(rb"@@(nonce|words|message|call_id)(?::([A-Za-z0-9_-]+))?@@")

Answers = Mapping[int, dict[str, object]]
"""The assistant messages of earlier steps, by step."""


class Unfillable(ValueError):
    """The template needs an answer that did not come; the message says which."""


def fill(template: bytes, *, seed: int, case: str, trial: int, answers: Answers) -> bytes:
    """The body to send. Raises Unfillable."""

    def value(match: re.Match[bytes]) -> bytes:
        kind, argument = match[1].decode(), (match[2] or b"").decode()
        if kind == "nonce":
            return nonce_of(seed, case, trial, argument).encode()
        if kind == "words":
            return words(int(argument)).encode()
        message = answers.get(int(argument)) if argument.isdigit() else None
        if message is None:
            raise Unfillable(f"step {argument or '?'} left no message to go on from")
        return msgspec.json.encode(message) if kind == "message" else _call_id(message, argument).encode()

    return _TOKEN.sub(value, template)


def written_bytes(template: bytes) -> int:
    """The size of a template once its words are written out; what depends on a trial counts as it stands."""
    extra = sum(
        len(words(int(found[2]))) - len(found[0]) for found in _TOKEN.finditer(template) if found[1] == b"words"
    )
    return len(template) + extra


def _call_id(message: dict[str, object], step: str) -> str:
    calls = message.get("tool_calls")
    if isinstance(calls, list) and calls and isinstance(calls[0], dict) and isinstance(calls[0].get("id"), str):
        return msgspec.json.encode(calls[0]["id"]).decode()[1:-1]
    raise Unfillable(f"the answer of step {step} holds no tool call")
