"""What can be made to go wrong, by stable name, and how a fault is asked for."""

import re
from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """Every fault of the simulator. Names never change their meaning."""

    # The connection
    REFUSE = "refuse"
    """Accept and close. From a script it strikes connections unread, else the request that names it."""
    RESET = "reset"
    """TCP reset instead of an answer."""
    STALL_BEFORE_HEADERS = "stall_before_headers"
    """Read the request and say nothing: for `seconds`, or until the client leaves."""
    STALL_MID_STREAM = "stall_mid_stream"
    """Fall silent after `after_events`: for `seconds`, or until the client leaves."""
    HALF_CLOSE = "half_close"
    """Shut down our side of the connection after `after_events`, and keep reading."""
    RESET_MID_STREAM = "reset_mid_stream"
    CLOSE_AFTER_RESPONSE = "close_after_response"
    """A whole keep-alive answer, and the connection closed at once: a stale pool entry."""
    CLOSE_ON_REUSE = "close_on_reuse"
    """A whole answer; the connection dies without a byte when its next request arrives."""
    CLOSE_WHILE_IDLE = "close_while_idle"
    """A whole answer; the connection closes after `seconds` (0.05) of idleness."""

    # Cuts
    CUT_MID_EVENT = "cut_mid_event"
    """The connection closes inside an event."""
    CUT_MID_UTF8 = "cut_mid_utf8"
    """The connection closes inside a character of several bytes."""
    END_MID_EVENT = "end_mid_event"
    """HTTP ends cleanly, inside an event."""
    CUT_BEFORE_DONE = "cut_before_done"
    """HTTP ends cleanly, without [DONE]."""
    CLOSE_BEFORE_DONE = "close_before_done"
    """The connection closes without [DONE]."""
    SINGLE_BYTES = "single_bytes"
    """Every byte of the answer in a write of its own. Nothing is wrong with them."""

    # Bodies
    ERROR_EVENT = "error_event"
    """An error object as an event after `after_events`, then the end."""
    ERROR_IN_200 = "error_in_200"
    HTML_200 = "html_200"
    EMPTY_BODY = "empty_body"
    WRONG_MODEL = "wrong_model"
    TRAILING_AFTER_DONE = "trailing_after_done"
    HUGE_LINE = "huge_line"
    """`count` (4 MiB) bytes of data without a line end."""
    BIG_EVENT = "big_event"
    """One event of `count` (1 MiB) bytes, well formed."""
    TEN_THOUSAND_COMMENTS = "ten_thousand_comments"
    """`count` (10,000) comments before the first event."""
    KEEPALIVES_THEN_ANSWER = "keepalives_then_answer"
    """`count` (5) keep-alives, `seconds` (0) apart, before the answer."""
    GZIP_BODY = "gzip_body"
    """A gzip-encoded body that nobody asked for."""
    FOREIGN_FRAME = "foreign_frame"
    """A cost frame of another family after the usage."""
    CHANGE_ID = "change_id"
    """Another id from the middle of a stream on."""
    DROP_FINISH = "drop_finish"
    """A stream without its finish reason."""
    REPEAT_ROLE = "repeat_role"
    """The role on every delta of a stream, as text."""
    FALSE_DONE = "false_done"
    """A stream cut after `after_events` that ends as if it were whole."""
    GARBLE_UTF8 = "garble_utf8"
    """Every character of several bytes arrives as U+FFFD: what decoding each read by itself does."""
    LEAK_UPSTREAM = "leak_upstream"
    """An error that quotes the address, the key and a file of what is behind."""
    HIDE_MODELS = "hide_models"
    """An empty list of models."""

    # What is made of the request before it is answered
    DROP_CONTROL = "drop_control"
    """The parameter `control`, or each but the model, the messages and the stream, is dropped."""
    REJECT_CONTROL = "reject_control"
    """A request with the parameter `control` is refused with 400."""
    DROP_SYSTEM = "drop_system"
    """The messages of the system are dropped."""
    DROP_HISTORY = "drop_history"
    """All messages but the system's and the last are dropped."""
    ACCEPT_ANY_KEY = "accept_any_key"
    """Wrong and missing keys are taken."""
    ACCEPT_ANY_VALUE = "accept_any_value"
    """A request that would be refused with 400 or 422 is answered as a greeting would be."""
    CRASH_ON_BAD_VALUE = "crash_on_bad_value"
    """A request that would be refused with 400 or 422 gets 500."""
    FALL_BACK_MODEL = "fall_back_model"
    """An unknown model is answered by a known one, under the name that was asked for."""

    # What the model does with a request, or who serves it with the answer
    CUT_MIDDLE = "cut_middle"
    """The middle third of a long message is not read."""
    DROP_TOOL_RESULTS = "drop_tool_results"
    """What a tool has answered is not read."""
    CALL_ALWAYS = "call_always"
    """A tool is called where none fits."""
    NEVER_CALL = "never_call"
    """No tool is ever called."""
    SCHEMA_AS_OBJECT = "schema_as_object"
    """A JSON schema is taken for any JSON object."""
    REJECT_REASONING = "reject_reasoning"
    """A request that returns the reasoning of an earlier turn is refused with 400."""
    CUT_ARGUMENTS = "cut_arguments"
    """The arguments of tool calls lack their last character."""
    MISFIT_ARGUMENTS = "misfit_arguments"
    """The arguments of tool calls are of other types than the schema says."""
    ENCODE_ARGUMENTS_TWICE = "encode_arguments_twice"
    """Objects and lists among the arguments are JSON text."""
    RENAME_TOOL = "rename_tool"
    """Tool calls name a tool that was not offered."""
    SHARE_CALL_ID = "share_call_id"
    """All tool calls of an answer have one id."""
    CROSS_CALLS = "cross_calls"
    """The tool calls of an answer have each other's arguments."""
    CUT_JSON = "cut_json"
    """The content lacks its last character, and is said to be whole."""
    FENCE_JSON = "fence_json"
    """The content stands in a Markdown fence."""
    EMPTY_CONTENT = "empty_content"
    """The content is empty; reasoning is not."""
    THINK_IN_CONTENT = "think_in_content"
    """The reasoning stands in the content, between think tags."""
    HIDE_LENGTH = "hide_length"
    """An answer that was cut at its limit says that it has stopped."""

    # Usage
    MISSING_USAGE = "missing_usage"
    NEGATIVE_USAGE = "negative_usage"
    ABSURD_USAGE = "absurd_usage"
    """More tokens than 64 bits hold."""
    INCONSISTENT_USAGE = "inconsistent_usage"
    """More cached tokens than prompt tokens."""
    DUPLICATE_USAGE = "duplicate_usage"
    WRONG_TOTAL = "wrong_total"
    """The total is 7 more than its parts."""
    INFLATE_PROMPT = "inflate_prompt"
    """`count` (150) percent of the prompt's tokens."""
    INJECT_PROMPT = "inject_prompt"
    """`count` (500) tokens more than the prompt has."""
    INFLATE_COMPLETION = "inflate_completion"
    """`count` (200) percent of the completion's tokens."""
    PHANTOM_CACHE = "phantom_cache"
    """Every whole block of a prompt counts as cached, whatever came before."""
    NO_CACHE = "no_cache"
    """Nothing is ever cached."""

    # Memory: of the requests that they strike
    REPLAY_ANSWER = "replay_answer"
    """Every request gets the first answer again, with its id."""
    SHARED_CACHE = "shared_cache"
    """What any key has sent is a cache hit for all."""
    LEAK_TENANT = "leak_tenant"
    """An answer holds what another key asked last."""
    LEAK_KEY = "leak_key"
    """An answer holds the key that it was asked with."""
    OVERCHARGE = "overcharge"
    """DeepSeek: each request takes a dollar off the balance."""

    # Framing
    MALFORMED_CHUNK = "malformed_chunk"
    """After `after_events` a chunk size that is no number, then the connection closes."""
    CONTENT_LENGTH_TOO_LONG = "content_length_too_long"
    """Ten bytes more announced than sent, then the connection closes."""
    CONTENT_LENGTH_TOO_SHORT = "content_length_too_short"
    """Ten bytes fewer announced than sent, on a connection that stays open."""

    # Refusals, in the provider's own words
    BILLING = "billing"
    CONTENT_POLICY = "content_policy"
    CONTEXT_LENGTH = "context_length"
    STATUS_400 = "status_400"
    STATUS_401 = "status_401"
    STATUS_402 = "status_402"
    STATUS_403 = "status_403"
    STATUS_404 = "status_404"
    STATUS_408 = "status_408"
    STATUS_422 = "status_422"
    STATUS_429 = "status_429"
    """With `retry-after: seconds` (1)."""
    STATUS_500 = "status_500"
    STATUS_502 = "status_502"
    STATUS_503 = "status_503"
    STATUS_504 = "status_504"

    # Of a gateway in front of providers only
    DROP_REASONING = "drop_reasoning"
    COLLAPSE_TO_JSON = "collapse_to_json"
    """A stream is answered with one JSON body."""
    COLLAPSE_TO_EVENT = "collapse_to_event"
    """A stream is answered with one giant event."""
    SUBSTITUTE_MODEL = "substitute_model"
    """An unknown model is answered by another."""
    MARK_UP = "mark_up"
    """Charges half as much again as its price list says."""


GATEWAY_FAULTS = frozenset(
    {
        Fault.DROP_REASONING,
        Fault.COLLAPSE_TO_JSON,
        Fault.COLLAPSE_TO_EVENT,
        Fault.SUBSTITUTE_MODEL,
        Fault.MARK_UP,
    }
)
REFUSALS = frozenset(
    fault
    for fault in Fault
    if fault.startswith("status_") or fault in (Fault.BILLING, Fault.CONTENT_POLICY, Fault.CONTEXT_LENGTH)
)


class UnknownFaultError(Exception):
    """A fault was asked for that does not exist, or with a value that can't be read."""


class FaultCall(msgspec.Struct, frozen=True, kw_only=True):
    """A fault to commit, and where or how much. None: the fault's own default."""

    fault: Fault
    after_events: int | None = None
    """Whole events sent before it strikes; by default half of them."""
    seconds: float | None = None
    count: int | None = None
    control: str | None = None
    """A request parameter."""


def fault_named(name: str) -> Fault:
    """The fault of that name. Raises UnknownFaultError, listing the names."""
    try:
        return Fault(name)
    except ValueError:
        known = ", ".join(sorted(Fault))
        raise UnknownFaultError(f"the simulator has no fault {name!r}; it has {known}") from None


def parse_fault_call(text: str) -> FaultCall:
    """Read `NAME` or `NAME;after_events=3;seconds=0.5;count=9;control=stop`, as in the header `x-sim-fault`.

    Raises UnknownFaultError.
    """
    name, *settings = (part.strip() for part in text.split(";"))
    values: dict[str, object] = {"fault": fault_named(name)}
    for setting in settings:
        key, _, value = setting.partition("=")
        pattern = _SETTINGS.get(key)
        if pattern is None or pattern.fullmatch(value) is None:
            raise UnknownFaultError(
                f"can't read {setting!r}; write after_events=3, seconds=0.5, count=9 or control=stop"
            )
        values[key] = float(value) if key == "seconds" else value if key == "control" else int(value)
    return msgspec.convert(values, FaultCall)


_SETTINGS = {
    "after_events": re.compile(r"\d{1,6}"),
    "seconds": re.compile(r"\d{1,4}(\.\d{1,6})?"),
    "count": re.compile(r"\d{1,9}"),
    "control": re.compile(r"[a-z_]{1,40}"),
}
