"""Every code that an oracle may give, once: its layer, the check it counts against, and what it means in plain words.

A code never changes its meaning. A note is worth knowing and fails no check: the standard allows it, or no client is
known to depend on it, but some client may stumble.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Layer(StrEnum):
    """The layers in which a body is judged, from the bytes up."""

    BYTES = "bytes"
    FRAMING = "framing"
    CHUNK = "chunk"
    LIFE = "life"
    USAGE = "usage"
    AGREEMENT = "agreement"
    BODY = "body"
    """Whole bodies: answers that are no streams, errors, lists of models."""


class Rule(msgspec.Struct, frozen=True):
    """What a code stands for."""

    layer: Layer
    check: str
    meaning: str
    note: bool = False


_BYTES: Final = {
    "utf8_invalid": "bytes that are not UTF-8",
    "utf8_cut": "the body ends inside a character",
    "nul_byte": "a NUL byte",
}
_FRAMING: Final = {
    "body_empty": "the body is empty",
    "body_html": "the body is an HTML page, not what was asked for",
    "body_json": "the body is one JSON value, not a stream",
    "body_compressed": "the body is compressed, though nobody asked for that",
    "no_events": "there is not one event in the body",
    "line_ignored": "a line with an unknown field name, which clients drop",
    "event_named": "an event with a type of its own, which clients that wait for messages don't get",
    "data_empty": "an event with empty data",
    "event_unterminated": "the last event is not ended by an empty line, so that clients drop it",
    "done_missing": "the stream ends without [DONE]",
    "done_repeated": "more than one [DONE]",
    "done_inexact": "an end mark that is not exactly [DONE]",
    "data_after_done": "data after [DONE]",
    "bytes_after_done": "more than empty lines after [DONE]",
}
_FRAMING_NOTES: Final = {
    "bom_at_start": "a byte order mark at the beginning, which the standard allows and many clients don't take off",
    "line_ends_mixed": "lines end in different ways",
    "line_end_cr": "lines end with a lone CR, which the standard allows and many clients don't know",
    "field_unneeded": "an id or a retry field, which chat clients ignore",
    "data_on_several_lines": "data on several lines, which clients that read by line don't join",
}
_CHUNK: Final = {
    "chunk_not_json": "an event whose data is not JSON",
    "chunk_not_object": "an event whose data is JSON but no object",
    "name_repeated": "an object with the same member twice, which parsers read differently",
    "lone_surrogate": "half a surrogate pair, which is no character",
    "member_missing": "a required member is missing",
    "member_type": "a member of the wrong type",
    "member_value": "a member with a value that is not documented",
    "object_wrong": "the object's type name is wrong",
    "finish_reason_unknown": "a finish reason that is not documented",
    "id_empty": "the id is empty",
    "id_changed": "the id changes within a stream",
    "created_changed": "the creation time changes within a stream",
    "model_empty": "the model's name is empty",
    "model_changed": "the model changes within a stream",
    "foreign_frame": "a frame of another family",
}
_CHUNK_NOTES: Final = {
    "nullable_member_missing": "a required member that may be null is missing altogether",
    "member_null": "an optional member is null, though it is documented to be left out instead",
    "member_unknown": "a member that OpenAI does not document",
    "fingerprint_changed": "the system fingerprint changes within a stream",
}
_LIFE: Final = {
    "error_event": "the stream breaks off with an error",
    "done_after_error": "[DONE] after an error, so that clients take the broken answer for a whole one",
    "no_choices": "no choice in the whole answer",
    "chunk_without_choices": "a chunk with neither a choice nor a usage",
    "choice_index_unexpected": "a choice with an index that was not asked for",
    "choice_missing": "fewer choices than were asked for",
    "role_missing": "a choice begins without a role",
    "role_repeated": "the role is given again, which clients that join fragments put behind the first",
    "reasoning_after_content": "reasoning after the answer has begun",
    "content_after_finish": "content after the finish reason",
    "chunk_after_finish": "another chunk after the finish reason",
    "finish_repeated": "a second finish reason",
    "finish_missing": "a choice that never gets a finish reason",
}
_LIFE_NOTES: Final = {"content_after_tools": "text after a tool call, in one message"}
_TOOLS: Final = {
    "tool_id_missing": "a tool call begins without an id",
    "tool_type_missing": "a tool call begins without its type",
    "tool_name_missing": "a tool call begins without a name",
    "tool_id_empty": "a later fragment of a tool call has an empty id",
    "tool_id_repeated": "a later fragment of a tool call repeats the id",
    "tool_id_changed": "the id of a tool call changes: two calls under one index",
    "tool_id_shared": "two tool calls with one id",
    "tool_type_repeated": "a later fragment of a tool call repeats the type",
    "tool_name_empty": "a later fragment of a tool call has an empty name",
    "tool_name_repeated": "a later fragment of a tool call repeats the name",
    "tool_name_changed": "the name of a tool call changes",
    "tool_index_jump": "the indexes of tool calls don't count up from 0",
    "tool_arguments_invalid": "the arguments of a tool call are not JSON",
    "tool_arguments_not_object": "the arguments of a tool call are JSON but no object",
    "tool_arguments_joined": "more after the arguments of a tool call: two calls in one",
    "tool_name_unknown": "a call of a tool that was not offered",
    "finish_without_tool_calls": "the finish reason is tool_calls, and there is no call",
    "tool_calls_without_finish": "there are tool calls, and the finish reason does not say so",
}
_TOOL_NOTES: Final = {
    "tool_calls_interleaved": "fragments of one tool call between those of another, which clients that end a call when "
    "the next begins lose"
}
_STREAM_USAGE: Final = {
    "usage_missing": "no usage, though it was asked for",
    "usage_unasked": "a usage that was not asked for",
    "usage_repeated": "more than one usage in a stream",
    "usage_on_choices": "the usage is not in a chunk of its own",
    "usage_early": "a usage before every choice has ended",
    "chunk_after_usage": "a chunk after the usage",
}
_USAGE: Final = {
    "usage_not_object": "the usage is no object",
    "usage_count_missing": "a count is missing from the usage",
    "usage_count_not_integer": "a count that is no integer",
    "usage_count_negative": "a count below zero",
    "usage_count_absurd": "a count that cannot be true",
    "usage_total_wrong": "the total is not prompt plus completion",
    "usage_part_exceeds_whole": "a part that is larger than its whole",
    "usage_cache_sum_wrong": "cache hits and misses don't add up to the prompt",
    "usage_cache_disagrees": "two counts of cache hits that differ",
    "usage_completion_zero": "text was written, and no completion token is counted",
}
_REASONING: Final = {
    "think_tags_in_content": "thinking tags in the content: the reasoning leaks into the answer",
    "reasoning_unasked": "reasoning, though thinking was switched off",
    "answer_only_reasoning": "reasoning, and no answer after it",
}
_BODY: Final = {
    "answer_empty": "neither text nor a tool call in an answer that says it is whole",
    "body_not_json": "the body is not JSON",
    "body_not_object": "the body is JSON but no object",
    "content_type_wrong": "the content type does not say what the body is",
    "error_in_answer": "an error object where an answer should be",
    "error_framed_as_event": "an error written as an event of a stream",
}
_BODY_NOTES: Final = {"blank_before_body": "blank lines before the JSON"}
_ROW: Final = {"row_differs": "the ledger's row says something else"}
_MODEL: Final = {"model_unexpected": "the model that answers is not the one that was asked for"}


def _rules(layer: Layer, check: str, meanings: dict[str, str], *, note: bool = False) -> dict[str, Rule]:
    return {code: Rule(layer, check, meaning, note) for code, meaning in meanings.items()}


RULES: Final[dict[str, Rule]] = {
    **_rules(Layer.BYTES, "S01", _BYTES),
    **_rules(Layer.FRAMING, "S01", _FRAMING),
    **_rules(Layer.FRAMING, "S01", _FRAMING_NOTES, note=True),
    **_rules(Layer.CHUNK, "S02", _CHUNK),
    **_rules(Layer.CHUNK, "S02", _CHUNK_NOTES, note=True),
    **_rules(Layer.CHUNK, "R04", _MODEL),
    **_rules(Layer.LIFE, "S03", _LIFE),
    **_rules(Layer.LIFE, "S03", _LIFE_NOTES, note=True),
    **_rules(Layer.LIFE, "T05", _TOOLS),
    **_rules(Layer.LIFE, "T05", _TOOL_NOTES, note=True),
    **_rules(Layer.LIFE, "S04", _STREAM_USAGE),
    **_rules(Layer.USAGE, "U01", _USAGE),
    **_rules(Layer.AGREEMENT, "K01", _REASONING),
    **_rules(Layer.AGREEMENT, "S05", _BODY),
    **_rules(Layer.AGREEMENT, "S05", _BODY_NOTES, note=True),
    **_rules(Layer.AGREEMENT, "U07", _ROW),
    **_rules(Layer.AGREEMENT, "S05", {"answers_differ": "streamed and whole answer to one request differ in kind"}),
}
