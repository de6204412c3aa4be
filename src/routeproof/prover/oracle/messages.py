"""An answer's message, streamed or not, and the rules that hold for it as a whole."""

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from routeproof.prover.oracle.asked import AnswerAsked

_THINK_TAG: Final = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_DECODER: Final = json.JSONDecoder()


class ToolCall(msgspec.Struct, frozen=True):
    """One whole call."""

    index: int
    id: str
    name: str
    arguments: str


class AnsweredMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One choice's message."""

    index: int
    content: str
    """Empty where there is none."""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None


class MessageFault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a message."""

    code: str
    detail: str = ""


def message_faults(message: AnsweredMessage, asked: AnswerAsked) -> Iterator[MessageFault]:
    """Everything that is wrong with a message as a whole, but for its arguments."""
    choice = f"choice {message.index}"
    finish, calls = message.finish_reason, message.tool_calls
    if finish == "tool_calls" and not calls:
        yield MessageFault("finish_without_tool_calls", choice)
    if calls and finish == "stop" and not asked.tool_named:
        yield MessageFault("tool_calls_without_finish", choice)
    if finish == "stop" and not (message.content or message.refusal or calls):
        yield MessageFault("answer_only_reasoning" if message.reasoning else "answer_empty", choice)
    if _THINK_TAG.search(message.content):
        yield MessageFault("think_tags_in_content", choice)
    if message.reasoning and asked.thinking is False:
        yield MessageFault("reasoning_unasked", choice)
    for call in calls:
        if asked.tool_names is not None and call.name not in asked.tool_names:
            yield MessageFault("tool_name_unknown", f"call {call.index} in {choice}")


def call_faults(message: AnsweredMessage) -> Iterator[MessageFault]:
    """What is wrong with the calls of a message that was not streamed."""
    ids = [call.id for call in message.tool_calls]
    if len(set(ids)) < len(ids):
        yield MessageFault("tool_id_shared", f"choice {message.index}")
    for call in message.tool_calls:
        code = arguments_fault(call.arguments) if is_whole(message.finish_reason) else None
        if code is not None:
            yield MessageFault(code, f"call {call.index} in choice {message.index}")


def is_whole(finish_reason: str | None) -> bool:
    """Whether a message with this finish reason was not cut short."""
    return finish_reason in ("stop", "tool_calls", "function_call")


def arguments_fault(arguments: str) -> str | None:
    """The code of what is wrong with a call's arguments, or None: a JSON object, as functions take one."""
    text = arguments.strip()
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return "tool_arguments_invalid"
    if end < len(text):
        return "tool_arguments_joined"
    return None if isinstance(value, dict) else "tool_arguments_not_object"
