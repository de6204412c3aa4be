"""Faults of a model, or of who serves it: answers in perfect order that are not what was asked for."""

from collections.abc import Callable
from typing import Final

import msgspec

from routeproof.simulator.fault_requests import RequestFault, rewriting
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import Behaviour, HttpRequest, JsonObject, Reply
from routeproof.simulator.reply_texts import (
    arguments_of,
    content_of,
    each_call,
    each_choice,
    each_message,
    with_arguments,
    with_content,
)

_CUT_BYTES_MIN: Final = 2_000
"""Shorter texts are left whole by a server that cuts the middle out of long ones."""
_NO_THINKING: Final[JsonObject] = {"thinking": {"type": "disabled"}, "enable_thinking": False}


def _editing(edit: Callable[[Reply], Reply]) -> RequestFault:
    """Answers the request, and edits the reply."""

    def commit(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
        return edit(behaviour.answer(request, None))

    return commit


def _editing_arguments(edit: Callable[[str], str]) -> RequestFault:
    def edit_all(reply: Reply) -> Reply:
        return with_arguments(reply, {index: edit(text) for index, text in arguments_of(reply).items()})

    return _editing(edit_all)


def _editing_content(edit: Callable[[str], str]) -> RequestFault:
    return _editing(lambda reply: with_content(reply, edit(content_of(reply))))


def _messages(body: JsonObject) -> list[JsonObject]:
    messages = body.get("messages")
    return [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


def _cut_middle(body: JsonObject, _call: FaultCall) -> JsonObject:
    def cut(message: JsonObject) -> JsonObject:
        text = message.get("content")
        if not isinstance(text, str) or len(text) < _CUT_BYTES_MIN:
            return message
        third = len(text) // 3
        return {**message, "content": text[:third] + text[-third:]}

    return {**body, "messages": [cut(message) for message in _messages(body)]}


def _drop_tool_results(body: JsonObject, _call: FaultCall) -> JsonObject:
    kept = [{**one, "content": "{}"} if one.get("role") == "tool" else one for one in _messages(body)]
    return {**body, "messages": kept}


def _call_always(body: JsonObject, _call: FaultCall) -> JsonObject:
    tools = body.get("tools")
    if not isinstance(tools, list) or not tools or body.get("tool_choice") not in (None, "auto"):
        return body
    named = {"type": "function", "function": {"name": tools[0]["function"]["name"]}}
    return {**body, **_NO_THINKING, "tool_choice": named}


def _never_call(body: JsonObject, _call: FaultCall) -> JsonObject:
    return {**body, "tool_choice": "none"} if body.get("tools") else body


def _schema_as_object(body: JsonObject, _call: FaultCall) -> JsonObject:
    wanted = body.get("response_format")
    is_schema = isinstance(wanted, dict) and wanted.get("type") == "json_schema"
    return {**body, "response_format": {"type": "json_object"}} if is_schema else body


def _reject_reasoning(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    returned = b'"reasoning_content":' in request.body
    return behaviour.refusal("status_400", request) if returned else behaviour.answer(request, None)


def _misfit(arguments: str) -> str:
    """Every argument in a list of its own."""
    value = msgspec.json.decode(arguments)
    return msgspec.json.encode({name: [[item]] for name, item in value.items()}).decode()


def _encode_twice(arguments: str) -> str:
    """Objects and lists among the arguments as JSON text."""
    value = msgspec.json.decode(arguments)
    nested = {name: msgspec.json.encode(item).decode() for name, item in value.items() if isinstance(item, dict | list)}
    return msgspec.json.encode({**value, **nested}).decode()


def _rename_tool(call: JsonObject) -> JsonObject:
    function = call.get("function")
    named = isinstance(function, dict) and function.get("name")
    return {**call, "function": {**function, "name": "sim_unknown_tool"}} if named else call  # type: ignore[dict-item]


def _share_call_id(reply: Reply) -> Reply:
    return each_call(reply, lambda call: {**call, "id": "call_sim_shared"} if call.get("id") else call)


def _cross_calls(reply: Reply) -> Reply:
    arguments = arguments_of(reply)
    turned = list(reversed(arguments.values()))
    return with_arguments(reply, dict(zip(arguments, turned, strict=True)))


def _think_in_content(reply: Reply) -> Reply:
    thoughts = content_of(reply, "reasoning_content")
    if not thoughts:
        return reply
    hidden = each_message(reply, lambda one: {k: v for k, v in one.items() if k != "reasoning_content"})
    return with_content(hidden, f"<think>{thoughts}</think>{content_of(reply)}")


def _hide_length(reply: Reply) -> Reply:
    def edit(choice: JsonObject) -> JsonObject:
        return {**choice, "finish_reason": "stop"} if choice.get("finish_reason") == "length" else choice

    return each_choice(reply, edit)


ANSWER_FAULTS: Final[dict[Fault, RequestFault]] = {
    Fault.CUT_MIDDLE: rewriting(_cut_middle),
    Fault.DROP_TOOL_RESULTS: rewriting(_drop_tool_results),
    Fault.CALL_ALWAYS: rewriting(_call_always),
    Fault.NEVER_CALL: rewriting(_never_call),
    Fault.SCHEMA_AS_OBJECT: rewriting(_schema_as_object),
    Fault.REJECT_REASONING: _reject_reasoning,
    Fault.CUT_ARGUMENTS: _editing_arguments(lambda text: text[:-1]),
    Fault.MISFIT_ARGUMENTS: _editing_arguments(_misfit),
    Fault.ENCODE_ARGUMENTS_TWICE: _editing_arguments(_encode_twice),
    Fault.RENAME_TOOL: _editing(lambda reply: each_call(reply, _rename_tool)),
    Fault.SHARE_CALL_ID: _editing(_share_call_id),
    Fault.CROSS_CALLS: _editing(_cross_calls),
    Fault.CUT_JSON: _editing_content(lambda text: text[:-1]),
    Fault.FENCE_JSON: _editing_content(lambda text: f"```json\n{text}\n```"),
    Fault.EMPTY_CONTENT: _editing_content(lambda _text: ""),
    Fault.THINK_IN_CONTENT: _editing(_think_in_content),
    Fault.HIDE_LENGTH: _editing(_hide_length),
}
"""Each takes who answers, the request as it came, and the call."""
