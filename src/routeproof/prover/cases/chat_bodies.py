"""Builds request bodies and cases: one way to write them, so that equal questions are equal bytes."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Case, Credential, Step
from routeproof.prover.setup import Setup

MAX_TOKENS: Final = 512
"""Of ordinary cases: room for an answer and for some thinking before it."""

Message = Mapping[str, object]


def user(text: str | Sequence[object]) -> Message:
    """A user's message."""
    return {"role": "user", "content": text}


def system(text: str) -> Message:
    """A system message."""
    return {"role": "system", "content": text}


def chat(setup: Setup, messages: Sequence[object], **controls: object) -> bytes:
    """The body of a chat request; `max_tokens` is MAX_TOKENS unless given, None leaves it out.

    Strings of the form `@@...@@` are filled per trial (templates.py). A message may be such a string standing for a
    whole object: it is written without its quotes.
    """
    limit = controls.pop("max_tokens", MAX_TOKENS)
    body: dict[str, object] = {"model": setup.model, "messages": list(messages), **controls}
    if limit is not None:
        body["max_tokens"] = limit
    encoded = msgspec.json.encode(body)
    for message in messages:
        if isinstance(message, str):
            encoded = encoded.replace(msgspec.json.encode(message), message.encode())
    return encoded


def stream(setup: Setup, messages: Sequence[object], **controls: object) -> bytes:
    """The body of a request for a stream; with its usage, unless `include_usage` is given as False."""
    options = {"stream_options": {"include_usage": True}} if controls.pop("include_usage", True) else {}
    return chat(setup, messages, stream=True, **options, **controls)


def case(
    setup: Setup,
    name: str,
    checks: str | Sequence[str],
    *bodies: bytes,
    repeats: int | None = None,
    arms: tuple[Arm, ...] | None = None,
    credential: Credential = Credential.ROUTE,
) -> Case:
    """A case of one chat request a body. Repeats are the pack's unless given."""
    return Case(
        id=name,
        checks=(checks,) if isinstance(checks, str) else tuple(checks),
        steps=tuple(Step(body=body, credential=credential) for body in bodies),
        repeats=setup.repeats if repeats is None else repeats,
        arms=setup.arms if arms is None else arms,
    )
