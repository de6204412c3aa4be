"""Edits the texts that a reply is made of, streamed or whole: contents, and the arguments of tool calls.

Of a stream's fragments the first takes the whole new text, and the others become empty.
"""

from collections.abc import Callable, Iterator
from typing import cast

from routeproof.simulator.fault_bodies import edited, json_of
from routeproof.simulator.reply import JsonObject, Reply

EditMessage = Callable[[JsonObject], JsonObject]
EditCall = Callable[[JsonObject], JsonObject]


def each_choice(reply: Reply, edit: Callable[[JsonObject], JsonObject]) -> Reply:
    """The reply with every choice of every object edited."""

    def edit_object(value: JsonObject) -> JsonObject:
        choices = value.get("choices")
        if not isinstance(choices, list):
            return value
        return {**value, "choices": [edit(choice) for choice in choices]}

    return edited(reply, edit_object)


def each_message(reply: Reply, edit: EditMessage) -> Reply:
    """The reply with every message or delta edited."""

    def edit_choice(choice: JsonObject) -> JsonObject:
        name = "delta" if "delta" in choice else "message"
        message = choice.get(name)
        return {**choice, name: edit(message)} if isinstance(message, dict) else choice

    return each_choice(reply, edit_choice)


def each_call(reply: Reply, edit: EditCall) -> Reply:
    """The reply with every tool call, or fragment of one, edited."""

    def edit_message(message: JsonObject) -> JsonObject:
        calls = message.get("tool_calls")
        return {**message, "tool_calls": [edit(call) for call in calls]} if isinstance(calls, list) else message

    return each_message(reply, edit_message)


def content_of(reply: Reply, name: str = "content") -> str:
    """The content of all choices together, or another text of the messages."""
    return "".join(text for message in _messages(reply) if isinstance(text := message.get(name), str))


def with_content(reply: Reply, content: str) -> Reply:
    """The reply with this content instead of its own. Meant for replies of one choice; one without any keeps that."""
    left = [content]

    def edit(message: JsonObject) -> JsonObject:
        if not message.get("content"):
            return message
        return {**message, "content": left.pop() if left else ""}

    return each_message(reply, edit)


def arguments_of(reply: Reply) -> dict[int, str]:
    """The arguments of each tool call, by its index."""
    found: dict[int, str] = {}
    for message in _messages(reply):
        for place, call in enumerate(_calls(message)):
            index = _index(call, place)
            found[index] = found.get(index, "") + str(_function(call).get("arguments") or "")
    return found


def with_arguments(reply: Reply, arguments: dict[int, str]) -> Reply:
    """The reply with other arguments, by the index of the call."""
    left = dict(arguments)

    def edit(message: JsonObject) -> JsonObject:
        calls = _calls(message)
        return {**message, "tool_calls": [_refilled(place, call, left) for place, call in enumerate(calls)]}

    return each_message(reply, lambda message: edit(message) if _calls(message) else message)


def _refilled(place: int, call: JsonObject, left: dict[int, str]) -> JsonObject:
    function = _function(call)
    if not function.get("arguments"):
        return call
    return {**call, "function": {**function, "arguments": left.pop(_index(call, place), "")}}


def _messages(reply: Reply) -> Iterator[JsonObject]:
    for piece in reply.pieces:
        choices = (json_of(piece) or {}).get("choices")
        for choice in choices if isinstance(choices, list) else ():
            message = choice.get("delta") or choice.get("message")
            if isinstance(message, dict):
                yield message


def _calls(message: JsonObject) -> list[JsonObject]:
    calls = message.get("tool_calls")
    return cast(list[JsonObject], calls) if isinstance(calls, list) else []


def _function(call: JsonObject) -> JsonObject:
    function = call.get("function")
    return function if isinstance(function, dict) else {}


def _index(call: JsonObject, place: int) -> int:
    index = call.get("index")
    return index if isinstance(index, int) else place
