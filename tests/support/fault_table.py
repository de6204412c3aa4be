"""What a client sees, and what its row says, of each thing that can go wrong at a provider with no other route."""

from typing import NamedTuple

from routeproof.simulator.faults import Fault


class Visible(NamedTuple):
    """One way for an exchange to end."""

    status: int
    complete: bool
    """The answer comes to the end that its framing announced; a stream's last event is no error."""
    outcome: str
    error_code: str | None
    """Of the row; also of the error event or error body where it is one of ours."""


WHOLE = Visible(200, True, "ok", None)


def refused(status: int, code: str, outcome: str = "upstream_error") -> Visible:
    """An error answer with that status."""
    return Visible(status, True, outcome, code)


def broken(code: str, outcome: str = "truncated") -> Visible:
    """An answer that began and breaks off: a stream with an error event, a body short of its framing."""
    return Visible(200, False, outcome, code)


NO_ANSWER = refused(502, "upstream_reset")
UNREADABLE = refused(502, "upstream_invalid_response")
CUT_SHORT = refused(502, "upstream_truncated")
BREAKS_OFF = broken("upstream_truncated")
TOO_LATE = refused(504, "upstream_first_byte_timeout")
ERROR_BODY = refused(502, "upstream_stream_error")


def both(visible: Visible) -> tuple[Visible, Visible]:
    """The same for a plain answer and for a stream."""
    return visible, visible


VISIBLE: dict[Fault, tuple[Visible, Visible]] = {
    # The connection
    Fault.REFUSE: both(NO_ANSWER),
    Fault.RESET: both(NO_ANSWER),
    Fault.STALL_BEFORE_HEADERS: both(TOO_LATE),
    Fault.STALL_MID_STREAM: (TOO_LATE, broken("upstream_idle_timeout")),
    Fault.HALF_CLOSE: (CUT_SHORT, BREAKS_OFF),
    Fault.RESET_MID_STREAM: (CUT_SHORT, BREAKS_OFF),
    Fault.CLOSE_AFTER_RESPONSE: both(WHOLE),
    Fault.CLOSE_ON_REUSE: both(WHOLE),
    Fault.CLOSE_WHILE_IDLE: both(WHOLE),
    # Cuts
    Fault.CUT_MID_EVENT: (CUT_SHORT, BREAKS_OFF),
    Fault.CUT_MID_UTF8: (CUT_SHORT, BREAKS_OFF),
    Fault.END_MID_EVENT: (UNREADABLE, BREAKS_OFF),
    Fault.CUT_BEFORE_DONE: (UNREADABLE, BREAKS_OFF),
    Fault.CLOSE_BEFORE_DONE: (CUT_SHORT, BREAKS_OFF),
    Fault.SINGLE_BYTES: both(WHOLE),
    # Bodies
    Fault.ERROR_EVENT: (ERROR_BODY, broken("upstream_stream_error", "upstream_error")),
    Fault.ERROR_IN_200: both(ERROR_BODY),
    Fault.HTML_200: both(UNREADABLE),
    Fault.EMPTY_BODY: (UNREADABLE, CUT_SHORT),
    Fault.WRONG_MODEL: both(WHOLE),
    Fault.TRAILING_AFTER_DONE: (UNREADABLE, WHOLE),
    Fault.HUGE_LINE: (broken("upstream_invalid_response"), broken("upstream_event_too_large")),
    Fault.BIG_EVENT: (broken("upstream_invalid_response"), WHOLE),
    Fault.TEN_THOUSAND_COMMENTS: both(WHOLE),
    Fault.KEEPALIVES_THEN_ANSWER: both(WHOLE),
    Fault.GZIP_BODY: both(UNREADABLE),
    Fault.FOREIGN_FRAME: both(WHOLE),
    Fault.CHANGE_ID: both(WHOLE),
    Fault.DROP_FINISH: both(WHOLE),
    Fault.REPEAT_ROLE: both(WHOLE),
    Fault.FALSE_DONE: both(WHOLE),
    Fault.GARBLE_UTF8: both(WHOLE),
    Fault.LEAK_UPSTREAM: both(WHOLE),
    Fault.HIDE_MODELS: both(WHOLE),
    # The request: what is answered is whole, though not what was asked
    Fault.DROP_CONTROL: both(WHOLE),
    Fault.REJECT_CONTROL: both(WHOLE),
    Fault.DROP_SYSTEM: both(WHOLE),
    Fault.DROP_HISTORY: both(WHOLE),
    Fault.ACCEPT_ANY_KEY: both(WHOLE),
    Fault.ACCEPT_ANY_VALUE: both(WHOLE),
    Fault.CRASH_ON_BAD_VALUE: both(WHOLE),
    Fault.FALL_BACK_MODEL: both(WHOLE),
    # The model: an answer in order that is not what was asked for
    Fault.CUT_MIDDLE: both(WHOLE),
    Fault.DROP_TOOL_RESULTS: both(WHOLE),
    Fault.CALL_ALWAYS: both(WHOLE),
    Fault.NEVER_CALL: both(WHOLE),
    Fault.SCHEMA_AS_OBJECT: both(WHOLE),
    Fault.REJECT_REASONING: both(WHOLE),
    Fault.CUT_ARGUMENTS: both(WHOLE),
    Fault.MISFIT_ARGUMENTS: both(WHOLE),
    Fault.ENCODE_ARGUMENTS_TWICE: both(WHOLE),
    Fault.RENAME_TOOL: both(WHOLE),
    Fault.SHARE_CALL_ID: both(WHOLE),
    Fault.CROSS_CALLS: both(WHOLE),
    Fault.CUT_JSON: both(WHOLE),
    Fault.FENCE_JSON: both(WHOLE),
    Fault.EMPTY_CONTENT: both(WHOLE),
    Fault.THINK_IN_CONTENT: both(WHOLE),
    Fault.HIDE_LENGTH: both(WHOLE),
    # Usage: the answer is the client's all the same, only its cost is not known
    Fault.MISSING_USAGE: both(WHOLE),
    Fault.NEGATIVE_USAGE: both(WHOLE),
    Fault.ABSURD_USAGE: both(WHOLE),
    Fault.INCONSISTENT_USAGE: both(WHOLE),
    Fault.DUPLICATE_USAGE: both(WHOLE),
    Fault.WRONG_TOTAL: both(WHOLE),
    Fault.INFLATE_PROMPT: both(WHOLE),
    Fault.INJECT_PROMPT: both(WHOLE),
    Fault.INFLATE_COMPLETION: both(WHOLE),
    Fault.PHANTOM_CACHE: both(WHOLE),
    Fault.NO_CACHE: both(WHOLE),
    # Memory: an answer that is whole, and another's
    Fault.REPLAY_ANSWER: both(WHOLE),
    Fault.SHARED_CACHE: both(WHOLE),
    Fault.LEAK_TENANT: both(WHOLE),
    Fault.LEAK_KEY: both(WHOLE),
    Fault.OVERCHARGE: both(WHOLE),
    # Framing
    Fault.MALFORMED_CHUNK: (UNREADABLE, broken("upstream_invalid_response")),
    Fault.CONTENT_LENGTH_TOO_LONG: (CUT_SHORT, BREAKS_OFF),
    Fault.CONTENT_LENGTH_TOO_SHORT: (UNREADABLE, BREAKS_OFF),
    # Refusals: the provider's status and words, where it has any
    Fault.BILLING: both(refused(402, "upstream_billing")),
    Fault.CONTENT_POLICY: both(refused(400, "upstream_content_policy", "client_error")),
    Fault.CONTEXT_LENGTH: both(refused(400, "upstream_context_length", "client_error")),
    Fault.STATUS_400: both(refused(400, "upstream_bad_request", "client_error")),
    Fault.STATUS_401: both(refused(401, "upstream_auth_failed")),
    Fault.STATUS_402: both(refused(402, "upstream_billing")),
    Fault.STATUS_403: both(refused(403, "upstream_permission_denied")),
    Fault.STATUS_404: both(refused(404, "upstream_model_not_found")),
    Fault.STATUS_408: both(refused(408, "upstream_timeout")),
    Fault.STATUS_422: both(refused(422, "upstream_bad_request", "client_error")),
    Fault.STATUS_429: both(refused(429, "upstream_rate_limited")),
    Fault.STATUS_500: both(refused(500, "upstream_server_error")),
    Fault.STATUS_502: both(refused(502, "upstream_server_error")),
    Fault.STATUS_503: both(refused(503, "upstream_busy")),
    Fault.STATUS_504: both(refused(504, "upstream_timeout")),
    # Of a gateway in front of providers
    Fault.DROP_REASONING: both(WHOLE),
    Fault.COLLAPSE_TO_JSON: (WHOLE, UNREADABLE),
    Fault.COLLAPSE_TO_EVENT: both(WHOLE),
    Fault.SUBSTITUTE_MODEL: both(WHOLE),
    Fault.MARK_UP: both(WHOLE),
}

COST_NOTES: dict[Fault, str] = {
    Fault.WRONG_MODEL: "no_price_in_force",
    Fault.MISSING_USAGE: "usage_missing",
    Fault.NEGATIVE_USAGE: "usage_negative",
    Fault.ABSURD_USAGE: "usage_too_large",
    Fault.INCONSISTENT_USAGE: "usage_part_exceeds_whole",
    Fault.WRONG_TOTAL: "usage_total_mismatch",
}
"""Why an answer that came whole has no cost."""

CONNECTION_SPENT = frozenset(
    (
        Fault.REFUSE,
        Fault.RESET,
        Fault.STALL_BEFORE_HEADERS,
        Fault.STALL_MID_STREAM,
        Fault.HALF_CLOSE,
        Fault.RESET_MID_STREAM,
        Fault.CLOSE_AFTER_RESPONSE,
        Fault.CLOSE_ON_REUSE,
        Fault.CUT_MID_EVENT,
        Fault.CUT_MID_UTF8,
        Fault.CLOSE_BEFORE_DONE,
        Fault.MALFORMED_CHUNK,
        Fault.CONTENT_LENGTH_TOO_LONG,
        Fault.CONTENT_LENGTH_TOO_SHORT,
    )
)
"""Faults after which no other request may go over the same connection."""
