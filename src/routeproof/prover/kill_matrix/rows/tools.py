"""Rows of the kill matrix: of tools, JSON and reasoning (T, J, K)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import SeededFault, Via
from routeproof.prover.kill_matrix.rows.routes import STRICT_REPLAY, STRUCTURED
from routeproof.prover.kill_matrix.rows.row import row

TOOLS: Final = (
    row("T01", "tool_choice is dropped", SeededFault(fault="drop_control", control="tool_choice")),
    row("T01", "no tool is ever called", "never_call", route="qwen-plus"),
    row("T01", "an unknown tool_choice is answered", "accept_any_value"),
    row("T02", "arguments lack their end", "cut_arguments"),
    row("T02", "arguments are of other types", "misfit_arguments", route="qwen-plus"),
    row("T02", "calls name a tool that was not offered", "rename_tool", route="qwen3-max"),
    row("T03", "behind the gateway no tool is ever called", "never_call", via=Via.BOTH, struck=Via.GATEWAY),
    row("T04", "a tool is called where none fits", "call_always"),
    row("T05", "all calls have one id", "share_call_id"),
    row("T05", "calls have each other's arguments", "cross_calls", route="qwen-plus"),
    row("T05", "calls come one by one", SeededFault(fault="drop_control", control="parallel_tool_calls")),
    row("T06", "tool results are not read", "drop_tool_results"),
    row("T06", "a result of an unknown call is answered", "accept_any_value", route="qwen-plus"),
    row("T07", "nested arguments are encoded twice", "encode_arguments_twice"),
)

FORMATS: Final = (
    row("J01", "the object lacks its end", "cut_json"),
    row("J01", "the object stands in a fence", "fence_json", route="qwen-plus"),
    row("J01", "the content is empty", "empty_content", route="qwen3-max"),
    row("J01", "response_format is dropped", SeededFault(fault="drop_control", control="response_format")),
    row("J02", "a schema is taken for any object", "schema_as_object", route=STRUCTURED),
    row("J03", "malformed formats are answered", "accept_any_value"),
    row("J03", "malformed formats get 500", "crash_on_bad_value", route="qwen-plus"),
    row("K01", "reasoning stands in the content", "think_in_content"),
    row("K01", "there is reasoning and no answer", "empty_content", route="qwen-plus"),
    row("K01", "thinking can't be switched off", SeededFault(fault="drop_control", control="thinking")),
    row("K02", "reasoning that comes back is refused", "reject_reasoning"),
    row("K02", "earlier turns are dropped", "drop_history", route="qwen-plus"),
    row("K02", "a turn without its reasoning is answered", "accept_any_value", route=STRICT_REPLAY),
)
