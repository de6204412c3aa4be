"""Holds the content of an answer to what JSON mode promises."""

import json

from routeproof.prover.oracle.messages import AnsweredMessage


def json_fault(message: AnsweredMessage | None) -> str | None:
    """Why the content is not the JSON object that was asked for; None where it is.

    An answer that was cut is none, even where what there is of it parses by luck.
    """
    if message is None:
        return "no message that can be read"
    if message.finish_reason != "stop":
        return f"the finish reason is {message.finish_reason!r}, so the object may be cut"
    if not message.content.strip():
        return "the content is empty"
    try:
        value = json.loads(message.content)
    except (ValueError, RecursionError):
        return "the content is not JSON"
    return None if isinstance(value, dict) else "the content is JSON and no object"


def object_in(message: AnsweredMessage) -> dict[str, object]:
    """The object in a content without fault."""
    value: dict[str, object] = json.loads(message.content)
    return value
