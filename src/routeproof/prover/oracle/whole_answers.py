"""The rules for an answer as one value: a whole body, or a stream put together. Both pass the same oracle."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from routeproof.prover.oracle.asked import AnswerAsked
from routeproof.prover.oracle.messages import AnsweredMessage, ToolCall, message_faults
from routeproof.prover.oracle.shapes import ShapeFault, shape_named
from routeproof.prover.oracle.usage_arithmetic import count_of, usage_faults

JsonObject = dict[str, object]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the messages."""

    id: str
    created: int
    model: str


def completion_of(envelope: Envelope, messages: Iterable[AnsweredMessage]) -> JsonObject:
    """The completion that a stream says bit by bit, as the answer to the same request would be without a stream."""
    return {
        "id": envelope.id,
        "object": "chat.completion",
        "created": envelope.created,
        "model": envelope.model,
        "choices": [_choice(message) for message in messages],
    }


def answer_faults(
    completion: JsonObject, messages: Iterable[AnsweredMessage], usage: object, asked: AnswerAsked
) -> Iterator[ShapeFault]:
    """What is wrong with a completion, its messages and its usage (None: there is none, which is not judged here)."""
    yield from shape_named("completion").faults(completion)
    texts = 0
    for message in messages:
        texts += bool(message.content or message.reasoning or message.tool_calls)
        for fault in message_faults(message, asked):
            yield ShapeFault(fault.code, "", fault.detail)
    if usage is None:
        return
    for wrong in usage_faults(usage):
        yield ShapeFault(wrong.code, wrong.where, wrong.detail)
    if texts and count_of(usage, "completion_tokens") == 0:
        yield ShapeFault("usage_completion_zero", "", "")


def messages_of(completion: JsonObject) -> tuple[AnsweredMessage, ...]:
    """The messages of a completion that may have any faults; what is of the wrong type counts as absent."""
    choices = completion.get("choices")
    found = [one for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
    return tuple(_message(place, choice) for place, choice in enumerate(found))


def _message(place: int, choice: JsonObject) -> AnsweredMessage:
    index, finish, held = choice.get("index"), choice.get("finish_reason"), choice.get("message")
    message = held if isinstance(held, dict) else {}
    calls = message.get("tool_calls")
    return AnsweredMessage(
        index=index if type(index) is int else place,
        content=_text(message, "content"),
        reasoning=_text(message, "reasoning_content") or _text(message, "reasoning"),
        refusal=_text(message, "refusal"),
        tool_calls=tuple(
            _call(number, call)
            for number, call in enumerate(calls if isinstance(calls, list) else ())
            if isinstance(call, dict)
        ),
        finish_reason=finish if isinstance(finish, str) else None,
    )


def _call(number: int, call: JsonObject) -> ToolCall:
    function = call.get("function")
    named = function if isinstance(function, dict) else {}
    return ToolCall(number, _text(call, "id"), _text(named, "name"), _text(named, "arguments"))


def _text(value: JsonObject, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _choice(message: AnsweredMessage) -> JsonObject:
    content: JsonObject = {
        "role": "assistant",
        "content": message.content or None,
        "refusal": message.refusal or None,
    }
    if message.tool_calls:
        content["tool_calls"] = [
            {"id": call.id, "type": _FUNCTION, _FUNCTION: {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return {
        "index": message.index,
        "message": content,
        "finish_reason": message.finish_reason,
        "logprobs": None,
    }


_FUNCTION: Final = "function"
