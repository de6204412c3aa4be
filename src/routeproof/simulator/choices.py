"""Which choices of tools and of answer formats the simulated providers take, and what they say of others."""

from typing import Final

from routeproof.simulator.chat import ChatBody, NamedChoice
from routeproof.simulator.tool_sense import history_problem

_DEEPSEEK_CHOICES: Final = ("none", "auto", "required")
"""https://api-docs.deepseek.com/api/create-chat-completion"""
_QWEN_CHOICES: Final = ("none", "auto")
"""The refusal as quoted in https://github.com/pydantic/pydantic-ai/issues/1265"""
_FORMATS: Final = ("text", "json_object", "json_schema")
_QWEN_HISTORY: Final = {
    False: 'messages with role "tool" must be a response to a preceeding message with "tool_calls".',
    True: 'An assistant message with "tool_calls" must be followed by tool messages responding to each "tool_call_id".',
}
"""By whether a call is unanswered. The first as quoted in https://github.com/QwenLM/qwen-code/issues/2360."""
_DEEPSEEK_HISTORY: Final = {
    False: "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
    True: "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
    "'tool_call_id'. (insufficient tool messages following tool_calls message)",
}
"""The first as quoted in https://github.com/itmisx/deepx-code/issues/94."""


def deepseek_variant(body: ChatBody) -> str | None:
    """What a DeepSeek that can't read a choice says of it; None where it can."""
    choice, wanted = body.tool_choice, body.response_format
    if isinstance(choice, str) and choice not in _DEEPSEEK_CHOICES:
        return f"tool_choice: unknown variant `{choice}`, expected one of {_listed(_DEEPSEEK_CHOICES)}"
    if wanted is not None and wanted.type not in _FORMATS:
        return f"response_format: unknown variant `{wanted.type}`, expected one of {_listed(_FORMATS)}"
    return None


def deepseek_problem(body: ChatBody) -> str | None:
    """What DeepSeek refuses of tools: a choice of one that is not offered, answers that fit no call."""
    if _chooses_unknown(body):
        return "The function of tool_choice is not among the tools"
    found = history_problem(body.messages)
    return None if found is None else _DEEPSEEK_HISTORY[found.unanswered]


def qwen_problem(body: ChatBody, *, thinking: bool) -> str | None:
    """What Model Studio refuses of tools and formats."""
    choice, wanted = body.tool_choice, body.response_format
    if thinking and (isinstance(choice, NamedChoice) or choice == "required"):
        return "The tool_choice parameter does not support being set to required or object in thinking mode"
    if isinstance(choice, str) and choice not in _QWEN_CHOICES:
        return 'tool_choice is one of the strings that should be ["none", "auto"]'
    if _chooses_unknown(body):
        return "The function of tool_choice is not among the tools"
    found = history_problem(body.messages)
    if found is not None:
        return _QWEN_HISTORY[found.unanswered]
    if wanted is None or (wanted.type in _FORMATS and not _lacks_schema(body)):
        return None
    return f"'response_format' is invalid: '{wanted.type}' is not supported or lacks its schema."


def _chooses_unknown(body: ChatBody) -> bool:
    choice = body.tool_choice
    names = [tool.function.name for tool in body.tools or []]
    return isinstance(choice, NamedChoice) and choice.function.name not in names


def _lacks_schema(body: ChatBody) -> bool:
    wanted = body.response_format
    if wanted is None or wanted.type != "json_schema":
        return False
    return wanted.json_schema is None or wanted.json_schema.schema is None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
