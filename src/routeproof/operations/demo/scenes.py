"""The demo's mix of requests, as data. The cache's scenes depend on their order."""

from collections.abc import Mapping
from typing import Final

from routeproof.errors import UpstreamKind
from routeproof.ledger.entries import Outcome
from routeproof.operations.demo.scene import Bill, Case, Scene, Sight, Try

_DEEPSEEK: Final = Try("deepseek/deepseek-flash", model_answered="deepseek-flash")
_QWEN: Final = Try("qwen/qwen-plus", model_answered="qwen-plus")
_NO_THINKING: Final = {"thinking": {"type": "disabled"}}
_STREAM: Final = {"stream": True}
_STREAM_USAGE: Final = {"stream": True, "stream_options": {"include_usage": True}}
_WHOLE_STREAM: Final = (Sight.TEXT, Sight.END_MARK)


def _tool(name: str, field: str) -> dict[str, object]:
    parameters = {"type": "object", "properties": {field: {"type": "string"}}, "required": [field]}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


_WEATHER: Final = _tool("weather", "city")
_CLOCK: Final = _tool("local_time", "zone")
_HANDBOOK: Final = (
    "You answer questions about a small harbour. The lock opens at six and closes at ten in the evening. "
    "Boats longer than twelve metres wait for the green light. Diesel is sold at the north quay, water is free, "
    "and the harbour master speaks on channel eleven. In fog nobody enters. Fees are paid at the kiosk by noon."
)


def _chat(model: str, prompt: str, *more: Mapping[str, object], system: str | None = None) -> dict[str, object]:
    messages = [] if system is None else [{"role": "system", "content": system}]
    body: dict[str, object] = {"model": model, "messages": [*messages, {"role": "user", "content": prompt}]}
    for fields in more:
        body |= fields
    return body


_ANSWERS: Final = (
    Scene(
        name="deepseek plain",
        case=Case.PLAIN,
        body=_chat("assistant", "Say hello.", _NO_THINKING),
        tries=(_DEEPSEEK,),
        sees=(Sight.TEXT, Sight.NO_REASONING, Sight.USAGE),
    ),
    Scene(
        name="qwen plain",
        case=Case.PLAIN,
        body=_chat("qwen", "Say hello."),
        tries=(_QWEN,),
        sees=(Sight.TEXT, Sight.NO_REASONING, Sight.USAGE),
    ),
    Scene(
        name="deepseek stream, usage",
        case=Case.STREAM_USAGE,
        body=_chat("assistant", "Name a colour.", _NO_THINKING, _STREAM_USAGE),
        tries=(_DEEPSEEK,),
        sees=(*_WHOLE_STREAM, Sight.USAGE),
    ),
    Scene(
        name="qwen stream, usage",
        case=Case.STREAM_USAGE,
        body=_chat("qwen", "Name a colour.", _STREAM_USAGE),
        tries=(_QWEN,),
        sees=(*_WHOLE_STREAM, Sight.USAGE),
    ),
    Scene(
        name="deepseek stream",
        case=Case.STREAM,
        body=_chat("assistant", "Name a river.", _NO_THINKING, _STREAM),
        tries=(_DEEPSEEK,),
        sees=_WHOLE_STREAM,
    ),
    Scene(
        name="qwen stream",
        case=Case.STREAM,
        body=_chat("qwen", "Name a river.", _STREAM),
        tries=(_QWEN,),
        sees=(*_WHOLE_STREAM, Sight.NO_USAGE),
    ),
)

_TOOLS: Final = (
    Scene(
        name="deepseek tool",
        case=Case.TOOLS,
        body=_chat("assistant", "How is the weather in Oslo?", _NO_THINKING, {"tools": [_WEATHER]}),
        tries=(_DEEPSEEK,),
        sees=(Sight.TOOL_CALL, Sight.USAGE),
    ),
    Scene(
        name="qwen tool",
        case=Case.TOOLS,
        body=_chat("qwen", "How is the weather in Oslo?", {"tools": [_WEATHER]}),
        tries=(_QWEN,),
        sees=(Sight.TOOL_CALL, Sight.USAGE),
    ),
    Scene(
        name="deepseek parallel tools",
        case=Case.PARALLEL_TOOLS_STREAMED,
        body=_chat(
            "assistant",
            "Weather and time in Lima?",
            _NO_THINKING,
            _STREAM_USAGE,
            {"tools": [_WEATHER, _CLOCK], "parallel_tool_calls": True},
        ),
        tries=(_DEEPSEEK,),
        sees=(Sight.PARALLEL_CALLS, Sight.USAGE, Sight.END_MARK),
    ),
    Scene(
        name="qwen parallel tools",
        case=Case.PARALLEL_TOOLS_STREAMED,
        body=_chat(
            "qwen",
            "Weather and time in Lima?",
            _STREAM_USAGE,
            {"tools": [_WEATHER, _CLOCK], "parallel_tool_calls": True},
        ),
        tries=(_QWEN,),
        sees=(Sight.PARALLEL_CALLS, Sight.USAGE, Sight.END_MARK),
    ),
)

_FORMS: Final = (
    Scene(
        name="deepseek JSON mode",
        case=Case.JSON_MODE,
        body=_chat("assistant", "Answer in JSON.", _NO_THINKING, {"response_format": {"type": "json_object"}}),
        tries=(_DEEPSEEK,),
        sees=(Sight.JSON_OBJECT, Sight.USAGE),
    ),
    Scene(
        name="qwen JSON mode",
        case=Case.JSON_MODE,
        body=_chat("qwen", "Answer in JSON.", {"response_format": {"type": "json_object"}}),
        tries=(_QWEN,),
        sees=(Sight.JSON_OBJECT, Sight.USAGE),
    ),
    Scene(
        name="deepseek thinking",
        case=Case.THINKING,
        body=_chat("assistant", "Is 51 prime?", _STREAM_USAGE, {"thinking": {"type": "enabled"}}),
        tries=(_DEEPSEEK,),
        sees=(*_WHOLE_STREAM, Sight.REASONING, Sight.USAGE),
        thinking=True,
    ),
    Scene(
        name="qwen thinking",
        case=Case.THINKING,
        body=_chat("qwen", "Is 51 prime?", _STREAM_USAGE, {"enable_thinking": True}),
        tries=(_QWEN,),
        sees=(*_WHOLE_STREAM, Sight.REASONING, Sight.USAGE),
        thinking=True,
    ),
    Scene(
        name="deepseek long prefix",
        case=Case.CACHE,
        body=_chat("assistant", "When does the lock open?", _NO_THINKING, system=_HANDBOOK),
        tries=(_DEEPSEEK,),
        sees=(Sight.TEXT, Sight.USAGE, Sight.CACHE_MISS),
    ),
    Scene(
        name="deepseek same prefix",
        case=Case.CACHE,
        body=_chat("assistant", "Where is diesel sold?", _NO_THINKING, system=_HANDBOOK),
        tries=(_DEEPSEEK,),
        sees=(Sight.TEXT, Sight.USAGE, Sight.CACHE_HIT),
    ),
    Scene(
        name="qwen long prefix",
        case=Case.CACHE,
        body=_chat("qwen", "When does the lock open?", system=_HANDBOOK),
        tries=(_QWEN,),
        sees=(Sight.TEXT, Sight.USAGE, Sight.CACHE_MISS),
    ),
    Scene(
        name="qwen same prefix",
        case=Case.CACHE,
        body=_chat("qwen", "Where is diesel sold?", system=_HANDBOOK),
        tries=(_QWEN,),
        sees=(Sight.TEXT, Sight.USAGE, Sight.CACHE_HIT),
    ),
)

_FAILURES: Final = (
    Scene(
        name="failover, route busy",
        case=Case.FAILOVER,
        body=_chat("steady", "Say hello again.", _STREAM_USAGE),
        tries=(
            Try(
                "busy/deepseek-flash",
                Outcome.UPSTREAM_ERROR,
                Bill.NOT_BILLED,
                status=503,
                error_code=UpstreamKind.BUSY.value,
            ),
            _QWEN,
        ),
        sees=(*_WHOLE_STREAM, Sight.USAGE),
    ),
    Scene(
        name="failover, route drops",
        case=Case.FAILOVER,
        body=_chat("sturdy", "Say it once more.", {"max_tokens": 64}),
        tries=(
            Try(
                "dropping/deepseek-flash",
                Outcome.UPSTREAM_ERROR,
                Bill.NOT_KNOWN,
                status=None,
                error_code=UpstreamKind.RESET.value,
            ),
            _QWEN,
        ),
        sees=(Sight.TEXT, Sight.USAGE),
    ),
    Scene(
        name="no price facts",
        case=Case.NO_PRICE,
        body=_chat("resold", "Say hello.", {"max_tokens": 64}),
        tries=(Try("reseller/qwen-plus", model_answered="qwen-plus"),),
        sees=(Sight.TEXT, Sight.USAGE),
    ),
    Scene(
        name="provider refuses",
        case=Case.PROVIDER_REFUSAL,
        body=_chat("assistant", "No such form.", {"response_format": {"type": "json_schema"}}),
        tries=(
            Try(
                "deepseek/deepseek-flash",
                Outcome.CLIENT_ERROR,
                Bill.NOT_BILLED,
                status=400,
                error_code=UpstreamKind.BAD_REQUEST.value,
            ),
        ),
        sees=(Sight.ERROR_BODY,),
        status=400,
        outcome=Outcome.CLIENT_ERROR,
        error_code=UpstreamKind.BAD_REQUEST.value,
    ),
    Scene(
        name="stream breaks",
        case=Case.BREAK,
        body=_chat(
            "assistant",
            "Go on. [[sim:reset_mid_stream]] [[sim:after_events=4]]",
            _NO_THINKING,
            _STREAM_USAGE,
            {"max_tokens": 64},
        ),
        tries=(
            Try(
                "deepseek/deepseek-flash",
                Outcome.TRUNCATED,
                Bill.NOT_KNOWN,
                error_code=UpstreamKind.TRUNCATED.value,
                model_answered="deepseek-flash",
            ),
        ),
        sees=(Sight.TEXT, Sight.VISIBLE_BREAK),
        outcome=Outcome.TRUNCATED,
        error_code=UpstreamKind.TRUNCATED.value,
    ),
    Scene(
        name="client hangs up",
        case=Case.HANG_UP,
        body=_chat("qwen", "Go on. [[sim:stall_mid_stream]] [[sim:after_events=6]]", _STREAM_USAGE, {"max_tokens": 64}),
        tries=(Try("qwen/qwen-plus", Outcome.CANCELLED, Bill.NOT_KNOWN, model_answered="qwen-plus"),),
        sees=(Sight.TEXT, Sight.CLOSED_UPSTREAM),
        outcome=Outcome.CANCELLED,
        leaves_after_events=3,
    ),
)

_REFUSALS: Final = (
    Scene(
        name="bad key",
        case=Case.BAD_KEY,
        body=_chat("assistant", "Say hello."),
        sees=(Sight.ERROR_BODY,),
        status=401,
        outcome=Outcome.CLIENT_ERROR,
        error_code="invalid_api_key",
        valid_key=False,
    ),
    Scene(
        name="unknown model",
        case=Case.UNKNOWN_MODEL,
        body=_chat("nonesuch", "Say hello."),
        sees=(Sight.ERROR_BODY,),
        status=404,
        outcome=Outcome.CLIENT_ERROR,
        error_code="model_not_found",
    ),
    Scene(
        name="control of qwen",
        case=Case.FOREIGN_CONTROL,
        body=_chat("assistant", "Say hello.", {"enable_thinking": False}),
        sees=(Sight.ERROR_BODY, Sight.REMEDY),
        status=400,
        outcome=Outcome.CLIENT_ERROR,
        error_code="unsupported_control",
    ),
    Scene(
        name="control of deepseek",
        case=Case.FOREIGN_CONTROL,
        body=_chat("qwen", "Say hello.", {"thinking": {"type": "disabled"}}),
        sees=(Sight.ERROR_BODY, Sight.REMEDY),
        status=400,
        outcome=Outcome.CLIENT_ERROR,
        error_code="unsupported_control",
    ),
)

SCENES: Final = (*_ANSWERS, *_TOOLS, *_FORMS, *_FAILURES, *_REFUSALS)
