"""The entries of the overlays: what each family was seen or is documented to do, and where that can be looked up.

A source is an address, or `recordings/` and the name of a recorded answer (`ROUTEPROOF_RECORDINGS` names the folder).
"""

from typing import Final

import msgspec

_RECORDED: Final = "recordings/"
_DEEPSEEK_TOOLS: Final = (
    _RECORDED + "deepseek__chat_function_calling_deepseek_deepseek-chat_can_use_parallel_tool_calls__00.json"
)
_DEEPSEEK_STREAM: Final = (
    _RECORDED + "deepseek__chat_streaming_responses_deepseek_deepseek-chat_supports_streaming_responses__00.json"
)
_DEEPSEEK_THINKS: Final = (
    _RECORDED + "deepseek__chat_deepseek_thinking_control_returns_reasoning_content_for_effort_high__00.json"
)
_DEEPSEEK_CONTEXT: Final = (
    _RECORDED
    + "deepseek__chat_real_error_scenarios_deepseek_deepseek-chat_handles_context_length_exceeded_errors__00.json"
)
_DEEPSEEK_CHAT: Final = "https://api-docs.deepseek.com/api/create-chat-completion"
_DEEPSEEK_MODELS: Final = "https://api-docs.deepseek.com/api/list-models"
_QWEN_TWO: Final = _RECORDED + "alibaba__litellm__TestStreamCompletion.test_streaming_multiple_choices__00.json"
_QWEN_TOOLS: Final = _RECORDED + "alibaba__litellm__TestToolCalls.test_function_calling_with_streaming__00.json"
_QWEN_WHOLE: Final = _RECORDED + "alibaba__litellm__TestToolCalls.test_completion_with_multiple_tools__00.json"
_QWEN_THINKING: Final = "https://www.alibabacloud.com/help/en/model-studio/deep-thinking"
_QWEN_ERRORS: Final = "https://www.alibabacloud.com/help/en/model-studio/error-code"
_QWEN_CHAT: Final = "https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions"
_QWEN3_MAX: Final = "https://github.com/alibaba/loongsuite-python-agent/tree/0ae17251071d6875a81179558be1509780217ed5"
_NEWAPI: Final = "https://github.com/QuantumNous/new-api/blob/"
_NEWAPI_COST: Final = (
    _NEWAPI + "f14fae301f6763ac03924a7a979fac67fc3f1309/relay/channel/openai/relay_openai_stream_usage_test.go"
)
_NEWAPI_RELAY: Final = (
    _NEWAPI + "ab1f78de286f2faf503e6dd3f234feac9f7cc687/relay/channel/openai/relay-openai_stream_test.go"
)
_NEWAPI_MODELS: Final = _NEWAPI + "dc4941d31cf514d8a3c7f9dde849d5f20cf45c34/controller/model.go"
_NEWAPI_ERRORS: Final = _NEWAPI + "3e92b6bb3c401472833444bc48b7cfc2ecbca5ee/middleware/utils.go"
_FLATKEY: Final = "https://github.com/flatkey-ai/flatkey-cli/tree/49ce9d56"


class Entry(msgspec.Struct, frozen=True):
    """One finding that is none for a dialect."""

    code: str
    where: str
    why: str
    source: str


_DEEPSEEK: Final = (
    Entry("usage_on_choices", "finish chunk", "The usage rides on the chunk with the finish reason.", _DEEPSEEK_STREAM),
    Entry("usage_unasked", "finish chunk", "The last chunk has the usage, asked for or not.", _DEEPSEEK_CHAT),
    Entry("member_unknown", "choices[].delta.reasoning_content", "The channel of its reasoning.", _DEEPSEEK_CHAT),
    Entry("member_unknown", "choices[].message.reasoning_content", "The channel of its reasoning.", _DEEPSEEK_THINKS),
    Entry("member_unknown", "choices[].message.tool_calls[].index", "Whole calls are numbered, too.", _DEEPSEEK_TOOLS),
    Entry("nullable_member_missing", "choices[].message.refusal", "It knows no refusals.", _DEEPSEEK_TOOLS),
    Entry("finish_reason_unknown", "insufficient_system_resource", "Overload ends an answer.", _DEEPSEEK_CHAT),
    Entry("finish_reason_unknown", "aborted", "An answer broken off by the provider.", _DEEPSEEK_CHAT),
    Entry(
        "blank_before_body",
        "",
        "Blank lines keep a waiting connection alive.",
        "https://api-docs.deepseek.com/quick_start/rate_limit",
    ),
    Entry(
        "content_type_wrong",
        "application/octet-stream",
        "Some errors come with the content type of a download.",
        _DEEPSEEK_CONTEXT,
    ),
    Entry("member_missing", "data[].created", "Its list of models has no dates.", _DEEPSEEK_MODELS),
    *(
        Entry("member_unknown", f"data[].{name}", "Its list of models says what they can do.", _DEEPSEEK_MODELS)
        for name in (
            "name",
            "context_window",
            "max_output_tokens",
            "input_modalities",
            "effort",
            "api_capabilities",
        )
    ),
)
_QWEN: Final = (
    Entry("nullable_member_missing", "choices[].finish_reason", "It is left out until it is known.", _QWEN_TWO),
    Entry("member_null", "choices[].delta.role", "Null in all deltas but the first.", _QWEN_TWO),
    Entry("role_repeated", "", "A choice's last delta may give the role again.", _QWEN_TWO),
    Entry("member_null", "system_fingerprint", "It has none: null in chunks of qwen3-max.", _QWEN3_MAX),
    Entry("tool_id_repeated", "", "Fragments of qwen-plus repeat the id.", _QWEN_TOOLS),
    Entry("tool_id_empty", "", "The id is empty in later fragments.", _QWEN_TOOLS),
    Entry("tool_name_empty", "", "The name is empty in later fragments.", _QWEN_TOOLS),
    Entry("tool_type_repeated", "", "Every fragment has the type.", _QWEN_TOOLS),
    Entry("member_unknown", "choices[].delta.reasoning_content", "The channel of its reasoning.", _QWEN_THINKING),
    Entry("member_unknown", "choices[].message.reasoning_content", "The channel of its reasoning.", _QWEN_THINKING),
    Entry("member_unknown", "choices[].message.tool_calls[].index", "Whole calls are numbered, too.", _QWEN_WHOLE),
    Entry("nullable_member_missing", "choices[].message.refusal", "It knows no refusals.", _QWEN_WHOLE),
    Entry("nullable_member_missing", "choices[].logprobs", "Left out where they were not asked for.", _QWEN_WHOLE),
    Entry("member_unknown", "request_id", "Errors carry the provider's own id of the request.", _QWEN_ERRORS),
    Entry("member_unknown", "id", "Errors may carry the id of the completion.", _QWEN_ERRORS),
    Entry("error_framed_as_event", "", "A stream that the content check refuses: status 400, one event.", _QWEN_ERRORS),
    Entry("content_type_wrong", "text/event-stream", "The same refusal calls itself a stream.", _QWEN_ERRORS),
)
_NEW_API: Final = (
    Entry("foreign_frame", "after usage", "A reseller's frame with its own cost is passed on.", _NEWAPI_COST),
    Entry("usage_unasked", "finish chunk", "A usage that rides on a chunk with choices is passed on.", _NEWAPI_RELAY),
    Entry("member_unknown", "data[].supported_endpoint_types", "Which addresses take the model.", _FLATKEY),
    *(
        Entry("member_unknown", f"data[].{name}", "As OpenAI's list of 2023 had it.", _NEWAPI_MODELS)
        for name in ("permission", "root", "parent")
    ),
    Entry("member_missing", "object", "Its lists don't say that they are lists.", _NEWAPI_MODELS),
    Entry("member_unknown", "success", "Its lists say that they worked.", _NEWAPI_MODELS),
    Entry("nullable_member_missing", "error.param", "Its own errors name no parameter.", _NEWAPI_ERRORS),
)

ENTRIES: Final[dict[str, tuple[Entry, ...]]] = {
    "openai": (),
    "deepseek": _DEEPSEEK,
    "qwen": _QWEN,
    "newapi": _NEW_API,
}
INHERITED: Final = {"newapi": ("deepseek", "qwen")}
"""new-api passes its providers' frames on as they came (the relay's tests, in the source of `usage_unasked`)."""
