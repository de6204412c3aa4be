"""How a simulated model deals with tools: which of them a text calls for, with which arguments, and what came back.

A text calls for a tool where it holds a word of the tool's name (verbs such as `get` don't count). A text of fewer
than three words without one says nothing of what it wants, and calls for any. A string argument is what stands in
quotes behind its name in the text: `parcel "KX-1"`; everything else is drawn from the schema.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.simulator.chat import Message, Tool
from routeproof.simulator.draws import Draws
from routeproof.simulator.samples import sample

_WORD: Final = re.compile(r"[^\W_]+")
_VERBS: Final = frozenset(
    ("add", "book", "call", "convert", "create", "find", "get", "look", "make", "plan", "read", "search", "send", "set")
)
_WORDS_MIN: Final = 3


def tools_meant(tools: Sequence[Tool], text: str) -> list[Tool]:
    """The tools that a text calls for, in the order in which they are offered."""
    spoken = {word.lower() for word in _WORD.findall(text)}
    meant = [tool for tool in tools if _nouns(tool.function.name) & spoken]
    return meant or (list(tools) if len(spoken) < _WORDS_MIN else [])


def arguments_for(tool: Tool, text: str, draws: Draws) -> str:
    """Arguments that fit the tool's schema, as JSON text."""
    schema = tool.function.parameters
    arguments = sample(schema if isinstance(schema, Mapping) else {}, draws)
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if isinstance(arguments, dict) and isinstance(properties, Mapping):
        arguments |= {name: value for name in properties if (value := _said(name, text)) is not None}
    return msgspec.json.encode(arguments).decode()


def results_told(messages: Sequence[Message]) -> str | None:
    """What the tool messages at the end say, value by value; None where the last message is no tool's."""
    last: list[str] = []
    for message in reversed(messages):
        if message.role != "tool":
            break
        last[:0] = _values(message.text())
    return " ".join(last) if last else None


class HistoryProblem(msgspec.Struct, frozen=True):
    """What is wrong with the tool messages of a conversation."""

    place: int
    """The message's index."""
    unanswered: bool
    """A call has no answer; else the message answers no call."""


def history_problem(messages: Sequence[Message]) -> HistoryProblem | None:
    """The first tool message that answers no call, or message that comes while a call has no answer."""
    open_calls: set[str] = set()
    for place, message in enumerate(messages):
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                return HistoryProblem(place, unanswered=bool(open_calls))
            open_calls.discard(message.tool_call_id or "")
        elif open_calls:
            return HistoryProblem(place, unanswered=True)
        open_calls.update(call.id for call in message.tool_calls or [])
    return HistoryProblem(len(messages), unanswered=True) if open_calls else None


def _nouns(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)} - _VERBS


def _said(name: str, text: str) -> str | None:
    found = re.search(rf'\b{re.escape(name)} "([^"]*)"', text)
    return None if found is None else found[1]


def _values(text: str) -> list[str]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return [text]
    return list(_leaves(value))


def _leaves(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield str(value)
